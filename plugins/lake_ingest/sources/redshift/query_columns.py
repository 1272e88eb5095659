"""The columns of a written query, as the Data API describes an answer of it without rows."""

from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.redshift.catalogue import column_of
from lake_ingest.sources.redshift.one_condition import why_not_one
from lake_ingest.sources.redshift.session import Session
from lake_ingest.sources.redshift.types import RsType
from lake_ingest.sources.sql.table import TableColumn
from lake_ingest.sources.sql.written_query import check_names


def describe_query(session: Session, query: str) -> tuple[TableColumn, ...]:
    """What the warehouse says of the columns of a query.

    Raises:
        FatalError: it ends something that was begun around it, or the warehouse refuses it.
        RetriableError: the warehouse could not be asked.
    """
    why = why_not_one(query)
    if why is not None:
        raise FatalError(f"the query is not one SELECT: {why}")
    session.check(query, "read the query")
    found = session.described(query, "read the query")
    names = [str(one.get("label") or one["name"]) for one in found]
    check_names(names)
    return tuple(_column(name, one) for name, one in zip(names, found, strict=True))


def _column(name: str, said: dict[str, Any]) -> TableColumn:
    return column_of(
        name, RsType(str(said["typeName"]).lower(), said.get("precision") or None, said.get("scale"))
    )
