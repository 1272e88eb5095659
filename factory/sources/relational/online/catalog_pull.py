"""Tables as their database describes them, stored in the catalogue or held against it."""

import difflib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import click
from lake_ingest.errors import FatalError
from lake_ingest.spec.table_name import TableName, parse_schema, parse_table_name

from factory.command_failure import UsageFailure
from factory.sources.relational.catalog import FOLDER, CatalogTable, file_name
from factory.sources.relational.catalog_entry import reduce, to_text, without_sizes


class Describer(Protocol):
    """What a kind of database says of its tables. Both raise FatalError for what it does not have or hides."""

    def tables(self, schema: str) -> Sequence[TableName]:
        """Every table and view of a schema that the connection's user may read."""

    def describe(self, name: TableName) -> CatalogTable:
        """One table, without a judgement of what is personal."""


def check_id(connection: str) -> None:
    """A catalogue's folder is called by its connection.

    Raises:
        UsageFailure: it is a URI.
    """
    if "://" in connection:
        raise UsageFailure(
            "give the id of the connection, for the catalogue's folder is called by it, and set AIRFLOW_CONN_<ID> to its URI"
        )


def pull(configs: Path, connection: str, objects: Sequence[str], database: Describer) -> int:
    """Store what a database says of some tables, or of every table of `schema.*`; 1 where it refuses one."""
    folder = configs / FOLDER / connection
    folder.mkdir(parents=True, exist_ok=True)
    written, refused = 0, 0
    for text in objects:
        try:
            for name in _meant(text, database):
                path, before, after = _described(database, folder, name)
                if before != after:
                    path.write_text(after, encoding="utf-8", newline="\n")
                    written += 1
                    click.echo(f"{path} {'changed' if before else 'added'}")
        except FatalError as error:  # the others can be pulled all the same
            click.echo(f"{text}: {error}", err=True)
            refused += 1
    click.echo(f"{written} {'file' if written == 1 else 'files'} written.")
    return int(refused > 0)


def diff(configs: Path, connection: str, objects: Sequence[str], database: Describer) -> int:
    """Print how a database differs from the catalogue, column by column; 1 where it does. Sizes are not compared."""
    folder = configs / FOLDER / connection
    changed = False
    for text in objects:
        lines = list(_difference(database, folder, text))
        changed = changed or bool(lines)
        click.echo("".join(lines), nl=False)
    click.echo("The database differs from the catalogue." if changed else "The catalogue is up to date.")
    return int(changed)


def _difference(database: Describer, folder: Path, text: str) -> Iterator[str]:
    if text.endswith(".*"):
        return  # a table that nobody reads and the catalogue does not have is no difference
    try:
        path, before, after = _described(database, folder, parse_table_name(text))
    except FatalError as error:
        yield f"- {text}: {error}\n"
        return
    known, found = (to_text(without_sizes(json.loads(one))) if one else "" for one in (before, after))
    yield from difflib.unified_diff(
        known.splitlines(True), found.splitlines(True), str(path), f"database/{text}", n=0
    )


def _meant(text: str, database: Describer) -> Sequence[TableName]:
    try:
        return database.tables(parse_schema(text)) if text.endswith(".*") else [parse_table_name(text)]
    except ValueError as error:
        raise UsageFailure(str(error)) from None


def _described(database: Describer, folder: Path, name: TableName) -> tuple[Path, str, str]:
    path = folder / file_name(name)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    known: dict[str, Any] | None = json.loads(before) if before else None
    return path, before, to_text(reduce(database.describe(name), known))
