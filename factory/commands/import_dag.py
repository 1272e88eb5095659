"""`factory import-dag`."""

from pathlib import Path
from typing import Any

import click
import yaml

from factory.authoring.scaffold import modeline, quoted
from factory.command_failure import Failure, UsageFailure
from factory.legacy import Found, read_dag
from factory.vocabulary.schemas import schema


def run(file: Path, unit: str, out: Path | None) -> int:
    """Print or write a spec for each operator, and report what could not be carried over."""
    try:
        found = read_dag(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageFailure(f"{file} cannot be read: {error.strerror}") from None
    except (SyntaxError, ValueError) as error:
        raise Failure(f"{file} is not Python: {error}") from None
    if not found:
        raise Failure(f"{file} calls no SalesforceToS3Operator")
    for one in found:
        _place(one, unit, out)
    for one in found:
        click.echo(f"{unit}.{one.name}, from line {one.line}: {_listed(one)}", err=True)
        for note in one.notes:
            click.echo(f"  - {note}", err=True)
    return 0


def _place(one: Found, unit: str, out: Path | None) -> None:
    text = modeline("ingestion", 2) + _yaml(one.values)
    if out is None:
        click.echo(f"# {unit}/{one.name}.yaml\n{text}")
        return
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{one.name}.yaml"
    if path.exists():
        raise UsageFailure(f"{path} exists; nothing is overwritten")
    path.write_text(text, encoding="utf-8")
    click.echo(f"{path} written")


def _yaml(values: dict[str, Any]) -> str:
    order = [key for key in schema("ingestion")["properties"] if key in values]
    return "".join(f"{key}: {_value(values[key])}\n" for key in order)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    text: str = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True)
    return text.removesuffix("...\n").strip()


def _listed(one: Found) -> str:
    carried = ", ".join(key for key in schema("ingestion")["properties"] if key in one.values)
    return f"carried over {carried}" if carried else "nothing could be carried over"
