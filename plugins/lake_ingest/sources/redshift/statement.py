"""How statements are written for Redshift, and the proof that a filter is one condition."""

from collections.abc import Mapping

from lake_ingest.errors import FatalError
from lake_ingest.sources.redshift.literal import point, relation
from lake_ingest.sources.redshift.one_condition import why_not_one
from lake_ingest.sources.redshift.session import Session
from lake_ingest.sources.sql.statement import Writing
from lake_ingest.sources.sql.table import TableColumn
from lake_ingest.spec.table_name import TableName


def check_filter(session: Session, table: TableName, condition: str) -> None:
    """See that a filter ends nothing that was begun around it, and let the warehouse plan it by itself.

    Raises:
        FatalError: it is not one condition over the table's columns.
    """
    why = why_not_one(condition)
    if why is not None:
        raise FatalError(f"the filter is not one condition: {why}")
    session.check(f"SELECT 1 FROM {relation(table)} WHERE NOT (\n{condition}\n)", "read the filter")


def _no_ranges(column: TableColumn) -> str:
    raise FatalError(
        f"Redshift reads no ranges of {column.name}: an UNLOAD is written by every node at once; leave batch_size out"
    )


def _typed(value: str, column: Mapping[str, str]) -> str:
    raise AssertionError((value, column))  # of ranges, of which there are none


WRITING = Writing(relation, point, _no_ranges, _typed)
