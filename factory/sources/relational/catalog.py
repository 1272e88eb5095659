"""The offline catalogue of databases: what they said of their tables, kept beside the specs.

One JSON file a table, below a folder for each connection, sorted and minimal, so that a changed table shows as a small diff. What has its
usual value is left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from lake_ingest.spec.table_name import TableName, parse_table_name

from factory.command_failure import Failure

FOLDER = "_catalog"
INSTANT, WALL_CLOCK, DAY = "instant", "wall clock", "day"
_SAFE = "$"  # what a file's name holds beside letters, digits, `_`, `-` and `.`


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """A column: its type as the database writes it, and what sort of personal data it holds; "" for none.

    `clock` says what a cursor of it holds: instants, the stamps of a wall clock, or days; "" where it cannot be one.
    """

    name: str
    type: str
    nullable: bool = False
    clock: str = ""
    personal: str = ""
    comment: str = ""


@dataclass(frozen=True)
class CatalogTable:
    """A table, or what can be read as one.

    `key` are the columns that identify a row. `indexed` are columns by which an index finds rows. `rows` and `megabytes` are what the database
    estimated when it was asked, rounded; None where it did not say.
    """

    name: TableName
    columns: Mapping[str, CatalogColumn] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    indexed: frozenset[str] = frozenset()
    what: str = "table"
    rows: int | None = None
    megabytes: int | None = None
    comment: str = ""


class Catalog:
    """The tables of every connection, each read when it is first asked for; a catalogue without a folder is empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names: dict[str, dict[TableName, Path]] = {}
        self._read: dict[Path, CatalogTable] = {}

    def names(self, connection: str) -> tuple[str, ...]:
        """Every table of a connection, as specs write it."""
        return tuple(str(name) for name in self._listed(connection))

    def table(self, connection: str, text: str) -> CatalogTable | None:
        """A table by its name; None where the catalogue does not have it, or the name cannot be one."""
        try:
            path = self._listed(connection).get(parse_table_name(text))
        except ValueError:
            return None
        if path is None:
            return None
        if path not in self._read:
            self._read[path] = _read_file(path)
        return self._read[path]

    def _listed(self, connection: str) -> dict[TableName, Path]:
        if connection not in self._names:
            folder = self.folder / connection
            paths = sorted(folder.glob("*.json")) if connection and folder.is_dir() else []
            self._names[connection] = {name: path for path in paths if (name := _name_of(path))}
        return self._names[connection]


def _name_of(path: Path) -> TableName | None:
    """The table of a file; None for a file of another name."""
    try:
        return parse_table_name(unquote(path.stem))
    except ValueError:
        return None


def open_catalog(configs: Path) -> Catalog:
    """The catalogue of a tree of configs, beside the units."""
    return Catalog(configs / FOLDER)


def file_name(name: TableName) -> str:
    """The file of a table; what no file system takes is written in hexadecimal."""
    return f"{quote(str(name), safe=_SAFE)}.json"


def _read_file(path: Path) -> CatalogTable:
    try:
        return read_table(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Failure(f"{path} cannot be read: pull the table again, with `factory catalog pull`") from None


def read_table(entry: Mapping[str, Any]) -> CatalogTable:
    """A table of the catalogue's own JSON."""
    return CatalogTable(
        name=parse_table_name(entry["name"]),
        columns={name: _read_column(name, one) for name, one in entry["columns"].items()},
        key=tuple(entry.get("key", ())),
        indexed=frozenset(entry.get("indexed", ())),
        what=entry.get("what", "table"),
        rows=entry.get("rows"),
        megabytes=entry.get("megabytes"),
        comment=entry.get("comment", ""),
    )


def _read_column(name: str, entry: Mapping[str, Any]) -> CatalogColumn:
    return CatalogColumn(
        name=name,
        type=entry["type"],
        nullable=entry.get("nullable", False),
        clock=entry.get("clock", ""),
        personal=entry.get("personal") or "",
        comment=entry.get("comment", ""),
    )
