"""The SELECT of a batch, and the proof that a filter is one condition."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from lake_ingest.errors import FatalError
from lake_ingest.sources.postgresql.literal import point, relation, typed
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.source import Request
from lake_ingest.sources.sql.key_ranges import cuts_statement, key_of, range_condition
from lake_ingest.sources.sql.table import Table, TableColumn
from lake_ingest.sources.sql.window import window_condition
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.key_range import Key, KeyRange
from lake_ingest.spec.table_name import TableName, parse_table_name


def table_of(object_name: str) -> TableName:
    """The table that a spec names.

    Raises:
        FatalError: it is not `schema.table`.
    """
    try:
        return parse_table_name(object_name)
    except ValueError as error:
        raise FatalError(f"object: {error}") from None


def statement(request: Request) -> str:
    """What reads all columns of a batch."""
    columns = ", ".join(column.path for column in request.selection.columns)
    conditions = _conditions(request)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    limit = "" if request.limit is None else f" LIMIT {request.limit}"
    return f"SELECT {columns} FROM {relation(table_of(request.ingestion.object))}{where}{limit}"


def check_filter(session: Session, table: TableName, condition: str) -> None:
    """Let the server read a filter by itself, between brackets that it cannot close.

    A text that closes a round bracket is no list in square ones, and the other way round; a second statement, or a comment
    without an end, is neither.

    Raises:
        FatalError: it is not one condition over the table's columns.
    """
    for opening, closing in ("ARRAY[", "] IS NOT NULL"), ("NOT (", ")"):
        proof = f"SELECT FROM {relation(table)} WHERE {opening}\n{condition}\n{closing}"
        session.check(proof, "read the filter")


def cuts(
    session: Session, table: Table, key: Sequence[TableColumn], rows: int, condition: str | None
) -> tuple[Key, ...]:
    """The keys at which a table is cut into batches of so many rows, by one scan in their order.

    Raises:
        FatalError, RetriableError: the server refused, or took too long.
    """
    texts = [f"{column.written}::pg_catalog.text" for column in key]
    sql = cuts_statement(relation(table.name), key, texts, rows, condition)
    return tuple(key_of(row) for row in session.rows(sql, f"cut {table.name} into batches"))


def _conditions(request: Request) -> list[str]:
    conditions = []
    cursor = request.selection.notes.get("cursor")
    if isinstance(request.batch, KeyRange):
        conditions += range_condition(request.selection.notes["key"], request.batch, typed)
    elif cursor and request.batch != Interval(None, None):
        zone = ZoneInfo(cursor["zone"])
        conditions += window_condition(cursor["written"], cursor["clock"], request.batch, zone, point)
    if request.ingestion.filter is not None:
        conditions.append(f"(\n{request.ingestion.filter}\n)")  # a comment in it ends with its line
    return conditions
