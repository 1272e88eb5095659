"""The columns of a run, chosen from the spec and the org's descriptions."""

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.salesforce.describe import Describer, Field
from lake_ingest.sources.salesforce.field_column import field_column
from lake_ingest.sources.salesforce.options import cursor_of
from lake_ingest.sources.source import Selection
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.window import Full

ID = Column("Id", "text", "Id", "id", key=0)


Choice = tuple[str, Field, str | None]  # a column's name, its field, its protection


def select_columns(describer: Describer, ingestion: Ingestion) -> Selection:
    """Choose the columns of an ingestion.

    Raises:
        FatalError: the object or a field does not exist or cannot be read, or nothing is left to read.
    """
    if ingestion.query is not None:
        from lake_ingest.sources.salesforce.query_columns import (  # noqa: PLC0415 - the reader, where SOQL is written
            select_query_columns,
        )

        return select_query_columns(describer, ingestion)
    describer.describe(ingestion.object)
    chosen: list[Choice]
    if ingestion.fields is None:
        chosen = _every_field(describer, ingestion)
    else:
        chosen = [
            (choice.name, describer.find(ingestion.object, choice.name), choice.protect)
            for choice in ingestion.fields
            if choice.protect != "drop"
        ]
    if not chosen:
        raise FatalError(f"{ingestion.dataset} reads no field: every field is dropped or cannot be read")
    _check_files(ingestion, chosen)
    return _selection(chosen, in_days=_cursor_is_date(describer, ingestion))


def _check_files(ingestion: Ingestion, chosen: list[Choice]) -> None:
    """Refuse files that cannot be landed.

    Raises:
        FatalError: one is to be protected, or those of deleted records are wanted, which the org does not give.
    """
    files = [(name, protect) for name, field, protect in chosen if field.type == "base64"]
    for name, protect in files:
        if protect:
            raise FatalError(
                f"{ingestion.dataset} protects {name}, which holds files: they land as they are, or not at all"
            )
    if files and any(field.type == "id" and protect for _, field, protect in chosen):
        raise FatalError(
            f"{ingestion.dataset} protects its ids, by which the files of {files[0][0]} are named; read the Id unprotected"
        )
    if files and ingestion.include_deleted:
        raise FatalError(
            f"{ingestion.dataset} reads deleted rows and {files[0][0]}: Salesforce gives no files of deleted records. Write two specs."
        )


def _every_field(describer: Describer, ingestion: Ingestion) -> list[Choice]:
    """Every field, but for those that the spec drops; a name that is no field could leave personal data in the clear.

    Raises:
        FatalError: an exception is no field that would be read.
    """
    excepted = {}
    for choice in ingestion.exceptions:
        field = describer.find(ingestion.object, choice.name)
        if not field.readable_in_bulk or "." in choice.name:
            raise FatalError(
                f"{ingestion.dataset} excepts {choice.name}, which is not among the fields that are read; name a field of"
                f" {ingestion.object} that holds one value"
            )
        excepted[field.name] = choice.protect
    return [
        (field.name, field, excepted.get(field.name))
        for field in describer.describe(ingestion.object).fields
        if field.readable_in_bulk and excepted.get(field.name) != "drop"
    ]


def select_ids() -> Selection:
    """The ids of every row."""
    return Selection((ID,), {"not_bulk": None})


def _selection(chosen: list[Choice], *, in_days: bool = False, not_bulk: str | None = None) -> Selection:
    """Columns of fields; Bulk cannot serve them for the reason given, or where it does not read one of them."""
    refused = [name for name, field, _ in chosen if not field.readable_in_bulk]
    if refused and not not_bulk:
        not_bulk = f"Bulk API 2.0 does not read {', '.join(refused)}"
    columns = tuple(field_column(*choice) for choice in chosen)
    return Selection(columns, {"not_bulk": not_bulk}, in_days)


def _cursor_is_date(describer: Describer, ingestion: Ingestion) -> bool:
    """Whether windows are cut by a cursor of type date.

    Raises:
        FatalError: the cursor does not exist, cannot be filtered, or is not a date or datetime.
    """
    if isinstance(ingestion.window, Full):
        return False
    cursor = cursor_of(ingestion)
    try:
        field = describer.find(ingestion.object, cursor)
    except FatalError:
        if ingestion.cursor is not None:
            raise
        raise FatalError(
            f"object {ingestion.object} has no field {cursor} that the connection's user may read, by which windows are cut"
            " where the spec names no cursor. Name a cursor of type date or datetime, or write window: full."
        ) from None
    if field.type not in ("date", "datetime") or not field.filterable:
        raise FatalError(
            f"cursor {cursor} of {ingestion.object} is of type {field.type}; it must be a date or datetime"
            " that can be filtered. Name another cursor in the spec."
        )
    return field.type == "date"
