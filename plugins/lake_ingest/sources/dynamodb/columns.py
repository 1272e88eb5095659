"""The columns of a run, chosen from the spec and the table's key."""

from collections.abc import Mapping, Sequence
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.dynamodb.field_types import DEFAULT, OF_KEY, FieldType, parse_field_type
from lake_ingest.sources.dynamodb.options import ALL_OTHERS, DELETED, WRITTEN_AT, marks_deleted, options_of
from lake_ingest.sources.dynamodb.table import Table
from lake_ingest.spec.ingestion import FieldChoice, Ingestion

NO_ATTRIBUTE = ""  # the `path` of a column that is added; its kind says which: json, datetime, boolean


def select_columns(ingestion: Ingestion, table: Table) -> tuple[Column, ...]:
    """The fields that the spec names, and the columns that it asks for besides; without fields, the key and all others as JSON.

    Raises:
        FatalError: nothing is left to read, or the key is given a type that the table contradicts.
    """
    options = options_of(ingestion)
    chosen = ingestion.fields or tuple(FieldChoice(name) for name, _ in table.key)
    columns = [_attribute(ingestion, choice, table) for choice in chosen if choice.protect != "drop"]
    others = options.other_attributes or (ALL_OTHERS if ingestion.fields is None else None)
    if others:
        columns.append(_column(others, NO_ATTRIBUTE, FieldType("json")))
    if not columns:
        raise FatalError(f"{ingestion.dataset} reads no field: every field is dropped")
    lacking = [
        name for place, (name, _) in enumerate(table.key) if place not in {column.key for column in columns}
    ]
    if ingestion.tells_rows_apart and lacking:
        raise FatalError(
            f"{ingestion.dataset} tells items apart by their key, and {', '.join(lacking)} of {table.name} is not among the fields in"
            " the clear: add it"
        )
    if options.written_at:
        columns.append(Column(WRITTEN_AT, "datetime", NO_ATTRIBUTE, unit="us"))
    if marks_deleted(ingestion):
        columns.append(Column(DELETED, "boolean", NO_ATTRIBUTE))
    return tuple(columns)


def select_key(table: Table) -> tuple[Column, ...]:
    """The columns of the table's key."""
    return tuple(_column(name, name, OF_KEY[kind], key=place) for place, (name, kind) in enumerate(table.key))


def named(ingestion: Ingestion, key: Sequence[str]) -> frozenset[str]:
    """The attributes that need no column of others: those that the spec names, dropped ones too."""
    return frozenset(choice.name for choice in ingestion.fields) if ingestion.fields else frozenset(key)


def _attribute(ingestion: Ingestion, choice: FieldChoice, table: Table) -> Column:
    key = {name: (place, OF_KEY[kind]) for place, (name, kind) in enumerate(table.key)}
    declared = parse_field_type(choice.type) if choice.type else None
    if choice.name not in key:
        return _column(choice.name, choice.name, declared or DEFAULT, choice.protect)
    place, own = key[choice.name]
    if declared and declared.kind not in _FITTING[own.kind]:
        raise FatalError(
            f"{ingestion.dataset}: the key attribute {choice.name} of {table.name} is of type {own}, and the spec says {declared}"
        )
    return _column(
        choice.name, choice.name, declared or own, choice.protect, None if choice.protect else place
    )


def _column(
    name: str, path: str, kind: FieldType, protect: str | None = None, key: int | None = None
) -> Column:
    measures: Mapping[str, Any] = {"unit": "us"} if kind.kind == "datetime" else {}
    return Column(
        name,
        kind.kind,
        path,
        str(kind),
        protect,
        precision=kind.precision,
        scale=kind.scale,
        distinguishes_empty=True,
        key=key,
        verbatim=True,
        **measures,
    )


_FITTING = {
    "text": ("text", "date", "datetime", "json"),
    "number": ("number", "integer", "json"),
    "binary": ("binary", "json"),
}
