"""A described table as an entry of the catalogue, reduced to what the compiler needs."""

import json
from collections.abc import Mapping
from math import floor, log10
from typing import Any

from factory.sources.relational.catalog import CatalogColumn, CatalogTable
from factory.sources.relational.personal_names import personal_sort


def reduce(table: CatalogTable, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The entry of a table as the database describes it, in the order of its columns.

    No database says what is personal data, so names, types and comments are judged. A `personal` that was set by hand in the entry of
    `before` stays.
    """
    known = (before or {}).get("columns", {})
    entry: dict[str, Any] = {
        "name": str(table.name),
        "what": table.what,
        "comment": table.comment,
        "key": list(table.key),
        "indexed": sorted(table.indexed),
        "rows": _about(table.rows),
        "megabytes": _about(table.megabytes),
        "columns": {
            column.name: _column(table, column, known.get(column.name, {}))
            for column in table.columns.values()
        },
    }
    usual: tuple[object, ...] = ("table", "", [], None)
    return {key: value for key, value in entry.items() if value not in usual}


def without_sizes(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what changes as rows come and go."""
    return {key: value for key, value in entry.items() if key not in ("rows", "megabytes")}


def to_text(entry: Mapping[str, Any]) -> str:
    """A catalogue file: one line a column, so that a diff shows columns."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in entry.items()
        if key != "columns"
    ]
    columns = ",\n".join(
        f"    {json.dumps(name, ensure_ascii=False)}: {json.dumps(one, ensure_ascii=False)}"
        for name, one in entry["columns"].items()
    )
    return "{\n" + ",\n".join([*lines, f'  "columns": {{\n{columns}\n  }}']) + "\n}\n"


def _column(table: CatalogTable, column: CatalogColumn, known: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": column.type}
    if column.nullable:
        entry["nullable"] = True
    if column.clock:
        entry["clock"] = column.clock
    if column.comment:
        entry["comment"] = column.comment
    guessed = personal_sort(table.name.table, column.name, column.type, column.comment)
    personal = known.get("personal", guessed)
    if personal or "personal" in known:
        entry["personal"] = personal
    return entry


def _about(number: int | None) -> int | None:
    """A number by its first digit, so that the entry does not change with every row."""
    if not number:
        return None
    size = int(10 ** floor(log10(number)))
    return round(number / size) * size
