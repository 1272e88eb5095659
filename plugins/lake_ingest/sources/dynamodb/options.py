"""The keys of an ingestion that only DynamoDB knows, and what it asks of the others."""

import re
from dataclasses import dataclass

from lake_ingest.errors import FatalError
from lake_ingest.sources.dynamodb.field_types import parse_field_type
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.window import Full

ROUTES = ("auto", "export", "scan")
DELETED, WRITTEN_AT, ALL_OTHERS = "is_deleted", "written_at", "attributes"
_TABLE_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")


@dataclass(frozen=True)
class Options:
    """What only DynamoDB knows.

    Attributes:
        read_by: export, scan, or auto: by export where point-in-time recovery is on.
        read_capacity: read capacity units that a scan may use in a second; None for the table's own measure.
        other_attributes: the name of the column that takes every attribute which `fields` does not name, as one JSON object.
        written_at: whether a column says when a row was last written; it is null in a full read.
    """

    read_by: str = "auto"
    read_capacity: int | None = None
    other_attributes: str | None = None
    written_at: bool = False


def options_of(ingestion: Ingestion) -> Options:
    """Read and check what an ingestion says to DynamoDB.

    Raises:
        FatalError: a key or a name is not DynamoDB's. The compiler has refused it before, so this points at a compiled
            file that was edited by hand.
    """
    unknown = ingestion.options.keys() - Options.__dataclass_fields__
    if unknown:
        raise FatalError(f"{ingestion.dataset}: unknown key {sorted(unknown)}; render it again")
    options = Options(**{key: value for key, value in ingestion.options.items() if value is not None})
    problem = _problem(ingestion, options)
    if problem:
        raise FatalError(f"{ingestion.dataset}: {problem}")
    return options


def marks_deleted(ingestion: Ingestion) -> bool:
    """Whether deleted items are written, marked by a column; a full window has none."""
    return (
        ingestion.include_deleted and ingestion.deletes == "soft" and not isinstance(ingestion.window, Full)
    )


def is_table_name(text: str) -> bool:
    """Whether DynamoDB would take it as the name of a table."""
    return _TABLE_NAME.fullmatch(text) is not None


def _problem(ingestion: Ingestion, options: Options) -> str | None:
    if not is_table_name(ingestion.object):
        return f"'{ingestion.object}' is not the name of a DynamoDB table"
    if options.read_by not in ROUTES:
        return f"'{options.read_by}' is not a valid read_by; write one of {', '.join(ROUTES)}"
    if options.read_capacity is not None and options.read_capacity < 1:
        return "read_capacity is a number of units in a second, from 1"
    for key in ("filter", "query", "cursor"):
        if getattr(ingestion, key) is not None:
            return f"DynamoDB has no {key}: an export holds the whole table, or every change of its window"
    if ingestion.exceptions:
        return "DynamoDB has no list of the fields from which some could be excepted"
    if ingestion.table and ingestion.table.current and ingestion.window != Full() and not options.written_at:
        return "table: {current: true} needs written_at: true, which tells the newer of two rows of one item"
    return _wrong_field(ingestion, options)


def _wrong_field(ingestion: Ingestion, options: Options) -> str | None:
    names = [choice.called or choice.name for choice in ingestion.fields or () if choice.protect != "drop"]
    added = {
        DELETED: marks_deleted(ingestion),
        WRITTEN_AT: options.written_at,
        options.other_attributes or ALL_OTHERS: bool(options.other_attributes) or ingestion.fields is None,
    }
    for name, is_added in added.items():
        if is_added and names.count(name):
            return f"the column {name} is added to every row; a field cannot have its name"
    if sum(added.values()) != len([name for name, is_added in added.items() if is_added]):
        return f"other_attributes cannot be called {options.other_attributes}: another column has that name"
    for choice in ingestion.fields or ():
        try:
            parse_field_type(choice.type or "text")
        except ValueError as error:
            return f"field {choice.name}: {error}"
    return None
