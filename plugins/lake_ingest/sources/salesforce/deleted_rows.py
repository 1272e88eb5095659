"""Deleted rows: they are read where something marks them, and not asked for where they are not read."""

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.sources.salesforce.soql.api_names import FLAG
from lake_ingest.sources.source import Selection
from lake_ingest.spec.ingestion import Ingestion

_KINDS = "include_deleted reads deleted rows, and nothing marks them"


def check_deleted_rows(ingestion: Ingestion, selection: Selection) -> None:
    """Hold what an ingestion says of deleted rows against the columns that it reads.

    Raises:
        FatalError: deleted rows would land unmarked, or only such rows are wanted and none are read.
    """
    problem = _of_query(ingestion) if ingestion.query is not None else _of_fields(ingestion, selection)
    if problem:
        raise FatalError(f"{ingestion.dataset}: {problem}")


def deleted_flag(ingestion: Ingestion, selection: Selection) -> str | None:
    """The column that marks the deleted rows of an ingestion; None where it reads none."""
    if not ingestion.include_deleted or ingestion.deletes == "ignore":
        return None
    return next((column.name for column in selection.columns if column.name.lower() == FLAG.lower()), None)


def _of_query(ingestion: Ingestion) -> str | None:
    from lake_ingest.sources.salesforce.query_columns import written_query  # noqa: PLC0415 - the reader, where SOQL is written
    from lake_ingest.sources.salesforce.soql.deleted import unmarked, wants_deleted_only  # noqa: PLC0415

    query = written_query(ingestion)
    if not ingestion.include_deleted:
        return _in_vain("query") if wants_deleted_only(query.where) else None
    if ingestion.deletes == "ignore":
        return f"deletes: ignore has no effect beside a query; write the condition {FLAG} = false into it"
    found = unmarked(query, options_of(ingestion).relationship_object)
    return f"{_KINDS}; select {FLAG} from {found.object.text} in the query" if found else None


def _of_fields(ingestion: Ingestion, selection: Selection) -> str | None:
    if not ingestion.include_deleted or ingestion.deletes == "ignore":
        only = ingestion.filter is not None and _wants_deleted_only(ingestion.filter, ingestion.object)
        return _in_vain("filter") if only else None
    clear = {column.name.lower() for column in selection.columns if not column.protect}
    return None if FLAG.lower() in clear else f"{_KINDS}; read the field {FLAG}, unprotected"


def _wants_deleted_only(text: str, object_name: str) -> bool:
    from lake_ingest.sources.salesforce.soql.deleted import wants_deleted_only  # noqa: PLC0415 - the reader, where SOQL is written
    from lake_ingest.sources.salesforce.soql.reader import read_condition  # noqa: PLC0415

    return wants_deleted_only(read_condition(text, object_name))


def _in_vain(where: str) -> str:
    return f"the {where} asks for deleted rows alone, and they are not read; write include_deleted: true"
