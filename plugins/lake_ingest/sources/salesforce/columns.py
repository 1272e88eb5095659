"""The columns of a run, chosen from the spec and the org's descriptions."""

from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.salesforce.describe import Describer, Field
from lake_ingest.sources.salesforce.options import cursor_of, options_of
from lake_ingest.sources.salesforce.soql import Selected, needs_rest, parse_select
from lake_ingest.sources.source import Selection
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.window import Full

# Salesforce's field types that are no text. Whatever is not named here is text.
_KINDS = {
    "boolean": "boolean",
    "int": "integer",
    "long": "integer",
    "double": "number",
    "currency": "number",
    "percent": "number",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "address": "json",
    "location": "json",
    "complexvalue": "json",
}
# Numbers have at most 18 digits before and after the point (SOAP API developer guide, field types).
_MEASURES: dict[str, dict[str, Any]] = {
    "number": {"precision": 38, "scale": 18},
    "datetime": {"unit": "ms"},
    "time": {"unit": "ms"},
}
# Types whose values are nearly all different.
_DISTINCT = frozenset(
    ("id", "datetime", "time", "currency", "double", "email", "phone", "url", "textarea", "encryptedstring")
)
ID = Column("Id", "text", "Id", "id", distinct=True, key=0)


Choice = tuple[str, Field, str | None]  # a column's name, its field, its protection


def select_columns(describer: Describer, ingestion: Ingestion) -> Selection:
    """Choose the columns of an ingestion.

    Raises:
        FatalError: the object or a field does not exist or cannot be read, or nothing is left to read.
    """
    if ingestion.query is not None:
        return _of_query(describer, ingestion)
    description = describer.describe(ingestion.object)
    if ingestion.fields is None:
        chosen: list[Choice] = [
            (field.name, field, None) for field in description.fields if field.readable_in_bulk
        ]
    else:
        chosen = [
            (choice.name, describer.find(ingestion.object, choice.name), choice.protect)
            for choice in ingestion.fields
            if choice.protect != "drop"
        ]
    if not chosen:
        raise FatalError(f"{ingestion.dataset} reads no field: every field is dropped or cannot be read")
    return _selection(chosen, cursor_is_date=_cursor_is_date(describer, ingestion))


def select_ids() -> Selection:
    """The ids of every row."""
    return Selection((ID,), {"not_bulk": None, "cursor_is_date": False})


def _selection(
    chosen: list[Choice], *, cursor_is_date: bool = False, not_bulk: str | None = None
) -> Selection:
    """Columns of fields; Bulk cannot serve them for the reason given, or where it does not read one of them."""
    refused = [name for name, field, _ in chosen if not field.readable_in_bulk]
    if refused and not not_bulk:
        not_bulk = f"Bulk API 2.0 does not read {', '.join(refused)}"
    columns = tuple(_column(*choice) for choice in chosen)
    return Selection(columns, {"not_bulk": not_bulk, "cursor_is_date": cursor_is_date})


def _cursor_is_date(describer: Describer, ingestion: Ingestion) -> bool:
    """Whether windows are cut by a cursor of type date, which takes other literals than a datetime.

    Raises:
        FatalError: the cursor does not exist, cannot be filtered, or is not a date or datetime.
    """
    if isinstance(ingestion.window, Full):
        return False
    cursor = cursor_of(ingestion)
    field = describer.find(ingestion.object, cursor)
    if field.type not in ("date", "datetime") or not field.filterable:
        raise FatalError(
            f"cursor {cursor} of {ingestion.object} is of type {field.type}; it must be a date or datetime"
            " that can be filtered. Name another cursor in the spec."
        )
    return field.type == "date"


def _of_query(describer: Describer, ingestion: Ingestion) -> Selection:
    items, object_name = _parsed(ingestion)
    description = describer.describe(object_name)
    relationship = options_of(ingestion).relationship_object
    if relationship is None:
        columns = [_selected(describer, description.name, item, index) for index, item in enumerate(items)]
        special = any(item.kind != "field" for item in items) or needs_rest(ingestion.query or "")
        reason = "the query does more than select fields" if special else _why_not_bulk(columns)
        return Selection(
            tuple(column for column, _ in columns), {"not_bulk": reason, "cursor_is_date": False}
        )
    wanted = relationship.lower()
    child = next(
        (item for item in items if item.kind == "child" and (item.text or "").lower() == wanted), None
    )
    target = description.children.get(wanted)
    if child is None or target is None:
        raise FatalError(
            f"relationship_object '{relationship}' is not a child relationship of {description.name} that"
            " the query selects. Write the name that stands after FROM in the inner query."
        )
    columns = [_selected(describer, target, item, index) for index, item in enumerate(child.items)]
    return Selection(
        tuple(column for column, _ in columns),
        {"not_bulk": "child relationships are read by REST only", "cursor_is_date": False},
    )


def _parsed(ingestion: Ingestion) -> tuple[tuple[Selected, ...], str]:
    try:
        return parse_select(ingestion.query or "")
    except ValueError as error:
        raise FatalError(f"query of {ingestion.dataset}: {error}") from None


def _selected(describer: Describer, object_name: str, item: Selected, index: int) -> tuple[Column, bool]:
    """The column of one item, and whether Bulk reads it."""
    if item.kind == "field" and item.text:
        field = describer.find(object_name, item.text)
        return _column(item.text, field, None), field.readable_in_bulk
    if item.kind == "child" and item.text:
        return Column(item.text, "json", item.text), False
    name = item.text or f"expr{index}"
    return Column(name, "text", name), False


def _why_not_bulk(columns: list[tuple[Column, bool]]) -> str | None:
    refused = [column.name for column, bulk in columns if not bulk]
    return f"Bulk API 2.0 does not read {', '.join(refused)}" if refused else None


def _column(name: str, field: Field, protect: str | None) -> Column:
    kind = _KINDS.get(field.type, "text")
    own_id = field.type == "id" and name.lower() == "id" and not protect
    return Column(
        name,
        kind,
        name,
        field.type,
        protect,
        distinct=field.type in _DISTINCT,
        key=0 if own_id else None,
        **_MEASURES.get(kind, {}),
    )
