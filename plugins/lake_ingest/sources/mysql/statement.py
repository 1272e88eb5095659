"""How statements are written for MySQL, and the proof that a filter is one condition."""

from lake_ingest.errors import FatalError
from lake_ingest.sources.mysql.literal import point, relation, typed
from lake_ingest.sources.mysql.session import Session
from lake_ingest.sources.sql.statement import Writing
from lake_ingest.sources.sql.table import TableColumn
from lake_ingest.spec.table_name import TableName

_ORDERED_BY_PLACE = ("enum", "set")  # and compared as texts


def check_filter(session: Session, table: TableName, condition: str) -> None:
    """Let the server read a filter by itself, between brackets that it cannot close.

    A text that closes a round bracket ends no CASE, and the other way round; a second statement, or a comment without an
    end, is neither.

    Raises:
        FatalError: it is not one condition over the table's columns.
    """
    for opening, closing in ("CASE WHEN", "THEN 1 END = 1"), ("NOT (", ")"):
        proof = f"SELECT 1 FROM {relation(table)} WHERE {opening}\n{condition}\n{closing}"
        session.check(proof, "read the filter")


def _key_text(column: TableColumn) -> str:
    kind = column.column.source_type.lower()
    if kind.startswith(_ORDERED_BY_PLACE):
        raise FatalError(
            f"{column.name} is of type {kind.split('(')[0]}, whose order is not that of its values, so that no range of it can be read; leave batch_size out"
        )
    return f"HEX({column.written})" if column.column.kind == "binary" else column.column.path


WRITING = Writing(relation, point, _key_text, typed)
