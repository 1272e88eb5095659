"""What a run writes: one column a field, with its kind and protection, chosen once from spec and describe."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.describe import Describer, Field
from lake_ingest.sources.salesforce.soql import Selected, needs_rest, parse_select
from lake_ingest.spec.ingestion import Ingestion

TIME_ADDED = "time_fetched_from_salesforce"  # the name that Airflow's Salesforce hook gives it
MOMENTS = ("date", "datetime")
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


@dataclass(frozen=True)
class Column:
    """One column of the published data.

    Attributes:
        name: the column's name, as the spec writes it.
        path: where REST finds the value below a record; a dotted path goes through parents.
        kind: text, boolean, integer, number, date, datetime, time or json.
        type: the field's type as Salesforce names it; empty for an expression.
        protect: None, hash or mask; a dropped field is no column.
        bulk: whether Bulk API 2.0 can read it.
    """

    name: str
    path: str
    kind: str
    type: str = ""
    protect: str | None = None
    bulk: bool = True

    @property
    def written_as(self) -> str:
        """The kind that is written: a protected value is text whatever it was."""
        return "text" if self.protect or self.kind == "json" else self.kind

    def to_dict(self) -> dict[str, Any]:
        """For plan and manifest."""
        return {
            "name": self.name,
            "path": self.path,
            "kind": self.kind,
            "type": self.type,
            "protect": self.protect,
            "bulk": self.bulk,
        }


@dataclass(frozen=True)
class Selection:
    """The columns of a run, and why Bulk cannot serve them (None where it can)."""

    columns: tuple[Column, ...]
    not_bulk: str | None = None


def select_columns(describer: Describer, ingestion: Ingestion) -> Selection:
    """Choose the columns of an ingestion.

    Raises:
        FatalError: the object or a field does not exist or cannot be read, or nothing is left to read.
    """
    if ingestion.query is not None:
        return _of_query(describer, ingestion)
    description = describer.describe(ingestion.object)
    if ingestion.fields is None:
        columns = tuple(
            _column(field.name, field, None) for field in description.fields if field.readable_in_bulk
        )
    else:
        columns = tuple(
            _column(choice.name, describer.find(ingestion.object, choice.name), choice.protect)
            for choice in ingestion.fields
            if choice.protect != "drop"
        )
    return Selection(_some(columns, ingestion), _why_not_bulk(columns))


def written_columns(
    columns: Sequence[Column], *, time_added: bool, coerce_to_timestamp: bool
) -> tuple[Column, ...]:
    """The columns as they are written, after conversion and addition."""
    written = [
        replace(column, kind="integer") if coerce_to_timestamp and column.written_as in MOMENTS else column
        for column in columns
    ]
    return (*written, Column(TIME_ADDED, "", "integer")) if time_added else tuple(written)


def cursor_is_date(describer: Describer, ingestion: Ingestion) -> bool:
    """Whether the cursor is of type date, which takes other literals than a datetime.

    Raises:
        FatalError: the cursor does not exist, cannot be filtered, or is no date or datetime.
    """
    field = describer.find(ingestion.object, ingestion.cursor)
    if field.type not in ("date", "datetime") or not field.filterable:
        raise FatalError(
            f"cursor {ingestion.cursor} of {ingestion.object} is of type {field.type}; it must be a date or datetime"
            " that can be filtered. Name another cursor in the spec."
        )
    return field.type == "date"


def _of_query(describer: Describer, ingestion: Ingestion) -> Selection:
    items, object_name = _parsed(ingestion)
    description = describer.describe(object_name)
    if ingestion.relationship_object is None:
        columns = tuple(
            _selected(describer, description.name, item, index) for index, item in enumerate(items)
        )
        special = any(item.kind != "field" for item in items) or needs_rest(ingestion.query or "")
        return Selection(
            columns, "the query does more than select fields" if special else _why_not_bulk(columns)
        )
    wanted = ingestion.relationship_object.lower()
    child = next(
        (item for item in items if item.kind == "child" and (item.text or "").lower() == wanted), None
    )
    target = description.children.get(wanted)
    if child is None or target is None:
        raise FatalError(
            f"relationship_object '{ingestion.relationship_object}' is no child relationship of {description.name} that"
            " the query selects. Write the name that stands after FROM in the inner query."
        )
    columns = tuple(_selected(describer, target, item, index) for index, item in enumerate(child.items))
    return Selection(columns, "child relationships are read by REST only")


def _parsed(ingestion: Ingestion) -> tuple[tuple[Selected, ...], str]:
    try:
        return parse_select(ingestion.query or "")
    except ValueError as error:
        raise FatalError(f"query of {ingestion.dataset}: {error}") from None


def _selected(describer: Describer, object_name: str, item: Selected, index: int) -> Column:
    if item.kind == "field" and item.text:
        return _column(item.text, describer.find(object_name, item.text), None)
    if item.kind == "child" and item.text:
        return Column(item.text, item.text, "json", bulk=False)
    name = item.text or f"expr{index}"
    return Column(name, name, "text", bulk=False)


def _column(name: str, field: Field, protect: str | None) -> Column:
    return Column(name, name, _KINDS.get(field.type, "text"), field.type, protect, field.readable_in_bulk)


def _why_not_bulk(columns: tuple[Column, ...]) -> str | None:
    refused = [column.name for column in columns if not column.bulk]
    return f"Bulk API 2.0 does not read {', '.join(refused)}" if refused else None


def _some(columns: tuple[Column, ...], ingestion: Ingestion) -> tuple[Column, ...]:
    if not columns:
        raise FatalError(f"{ingestion.dataset} reads no field: every field is dropped or cannot be read")
    return columns
