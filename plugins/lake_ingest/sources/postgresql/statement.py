"""How statements are written for PostgreSQL, and the proof that a filter is one condition."""

from lake_ingest.sources.postgresql.literal import point, relation, typed
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.sql.statement import Writing
from lake_ingest.sources.sql.table import TableColumn
from lake_ingest.spec.table_name import TableName


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


def _key_text(column: TableColumn) -> str:
    return f"{column.written}::pg_catalog.text"


WRITING = Writing(relation, point, _key_text, typed)
