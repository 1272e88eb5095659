"""The SELECT of a batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from lake_ingest.errors import FatalError
from lake_ingest.sources.source import Request
from lake_ingest.sources.sql.key_ranges import range_condition
from lake_ingest.sources.sql.table import TableColumn
from lake_ingest.sources.sql.window import window_condition
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.key_range import KeyRange
from lake_ingest.spec.table_name import TableName, parse_table_name


@dataclass(frozen=True)
class Writing:
    """How a database writes things.

    Attributes:
        relation: a table.
        point: a point in time: a date, an instant (with its zone) or a wall clock's stamp (without).
        key_text: the text of a key's column.
        typed: a value of such a column, from its text, and from what was noted of the column.
    """

    relation: Callable[[TableName], str]
    point: Callable[[date], str]
    key_text: Callable[[TableColumn], str]
    typed: Callable[[str, Mapping[str, str]], str]


def table_of(object_name: str) -> TableName:
    """The table that a spec names.

    Raises:
        FatalError: it is not `schema.table`.
    """
    try:
        return parse_table_name(object_name)
    except ValueError as error:
        raise FatalError(f"object: {error}") from None


def selected_from(ingestion: Ingestion, writing: Writing) -> str:
    """What a SELECT of an ingestion reads: its table, or its written query between brackets that it cannot close."""
    if ingestion.query is None:
        return writing.relation(table_of(ingestion.object))
    return f"(\n{ingestion.query}\n) AS lake_query"  # a comment in it ends with its line


def statement(request: Request, writing: Writing) -> str:
    """What reads all columns of a batch."""
    columns = ", ".join(column.path for column in request.selection.columns)
    conditions = _conditions(request, writing)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    limit = "" if request.limit is None else f" LIMIT {request.limit}"
    return f"SELECT {columns} FROM {selected_from(request.ingestion, writing)}{where}{limit}"


def _conditions(request: Request, writing: Writing) -> list[str]:
    conditions = []
    cursor = request.selection.notes.get("cursor")
    if isinstance(request.batch, KeyRange):
        conditions += range_condition(request.selection.notes["key"], request.batch, writing.typed)
    elif cursor and request.batch != Interval(None, None):
        zone = ZoneInfo(cursor["zone"])
        conditions += window_condition(cursor["written"], cursor["clock"], request.batch, zone, writing.point)
    if request.ingestion.filter is not None:
        conditions.append(f"(\n{request.ingestion.filter}\n)")  # a comment in it ends with its line
    return conditions
