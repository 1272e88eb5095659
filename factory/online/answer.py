"""The answer of a query, as a table for people, or as rows for programs."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
import pyarrow as pa
from pyarrow.parquet import ParquetWriter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from factory.command_failure import UsageFailure

_SHOWN = 200  # rows of a table; more are for a file


def print_answer(rows: pa.RecordBatchReader, output_format: str) -> None:
    """Print an answer in one of the `FORMS`, batch by batch but for a table.

    Raises:
        UsageFailure: Parquet does not go to a terminal.
    """
    FORMS[output_format](rows)


def _as_table(rows: pa.RecordBatchReader) -> None:
    table = Table()
    for name in rows.schema.names:
        table.add_column(name, overflow="fold")
    count = 0
    for row in _values(rows):
        count += 1
        if count <= _SHOWN:
            table.add_row(*(Text("" if value is None else _text(value)) for value in row))
    Console().print(table)
    more = f", of which {_SHOWN} are shown; write them to a file to have all" if count > _SHOWN else ""
    click.echo(f"{count:,} row{'s' * (count != 1)}{more}")


def _as_csv(rows: pa.RecordBatchReader) -> None:
    """As the lake's CSV: a null is nothing between two commas, an empty text `""`."""
    click.echo(",".join(_quoted(name) for name in rows.schema.names))
    for row in _values(rows):
        click.echo(",".join("" if value is None else _quoted(_text(value)) for value in row))


def _as_json(rows: pa.RecordBatchReader) -> None:
    """An object a line; a number has all its digits."""
    names = [json.dumps(name, ensure_ascii=False) for name in rows.schema.names]
    for row in _values(rows):
        pairs = (f"{name}: {_json(value)}" for name, value in zip(names, row, strict=True))
        click.echo("{" + ", ".join(pairs) + "}")


def _as_parquet(rows: pa.RecordBatchReader) -> None:
    if sys.stdout.isatty():
        raise UsageFailure("Parquet is not for a terminal: write it to a file, `> answer.parquet`.")
    with ParquetWriter(sys.stdout.buffer, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


FORMS: dict[str, Callable[[pa.RecordBatchReader], None]] = {
    "table": _as_table,
    "csv": _as_csv,
    "json": _as_json,
    "parquet": _as_parquet,
}


def _values(rows: pa.RecordBatchReader) -> Iterator[tuple[Any, ...]]:
    for batch in rows:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _json(value: Any) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, float) and value - value != 0:
        return "null"  # JSON has no infinity, and nothing that is not a number
    plain = value is None or isinstance(value, bool | int | float)
    return json.dumps(value if plain else _text(value), ensure_ascii=False)


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case list() | dict():
            return json.dumps(value, default=_text, ensure_ascii=False)
        case _:
            return str(value)


def _quoted(text: str) -> str:
    plain = text and not set(text) & set(',"\r\n')
    return text if plain else '"' + text.replace('"', '""') + '"'
