"""The columns of a written query: Salesforce's own names, and the types of what its expressions give."""

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.salesforce.describe import Describer
from lake_ingest.sources.salesforce.field_column import typed_column
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.sources.salesforce.soql.functions import result_type
from lake_ingest.sources.salesforce.soql.nodes import Item, Path, Query, TypeOf
from lake_ingest.sources.salesforce.soql.reader import read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.walk import child_queries, not_in_bulk
from lake_ingest.sources.source import Selection
from lake_ingest.spec.ingestion import Ingestion

_CHILDREN = "child relationships are read by REST only"


def select_query_columns(describer: Describer, ingestion: Ingestion) -> Selection:
    """Choose the columns of an ingestion with a written query.

    Raises:
        FatalError: the query cannot be read, or selects what the org does not have.
    """
    query = written_query(ingestion)
    description = describer.describe(query.object.text)
    relationship = options_of(ingestion).relationship_object
    if relationship is None:
        columns, refused = _columns(describer, description.name, query)
        feature = next(not_in_bulk(query), None)
        reason = f"Bulk API 2.0 does not run {feature.text}" if feature else None
        if refused and not reason:
            reason = f"Bulk API 2.0 does not read {', '.join(refused)}"
        return Selection(columns, {"not_bulk": reason})
    child = selected_child(query, relationship)
    target = description.children.get(relationship.lower())
    if child is None or target is None:
        raise FatalError(
            f"relationship_object '{relationship}' is not a child relationship of {description.name} that"
            " the query selects. Write the name that stands after FROM in the inner query."
        )
    columns, _ = _columns(describer, target, child)
    return Selection(columns, {"not_bulk": _CHILDREN})


def written_query(ingestion: Ingestion) -> Query:
    """The query of an ingestion that has one.

    Raises:
        FatalError: it cannot be read.
    """
    try:
        return read_query(ingestion.query or "")
    except SoqlError as error:
        raise FatalError(f"query of {ingestion.dataset}, at character {error.start + 1}: {error}") from None


def selected_child(query: Query, relationship: str) -> Query | None:
    """The child query of a relationship, by its name in any case."""
    wanted = relationship.lower()
    return next((child for child in child_queries(query) if child.object.text.lower() == wanted), None)


def _columns(describer: Describer, object_name: str, query: Query) -> tuple[tuple[Column, ...], list[str]]:
    """The columns of a query that begins at an object, and the names of those that Bulk does not read."""
    columns, refused = [], []
    for item in query.items:
        column, in_bulk = _column(describer, object_name, item, plain=not query.aggregates)
        columns.append(column)
        if not in_bulk:
            refused.append(column.name)
    return tuple(columns), refused


def _column(describer: Describer, object_name: str, item: Item, *, plain: bool) -> tuple[Column, bool]:
    expression, name = item.expression, ".".join(item.key_below(object_name))
    if isinstance(expression, Query | TypeOf):
        return Column(name, "json", name), False
    if isinstance(expression, Path):
        field = describer.find(object_name, expression.below(object_name).text)
        own_id = plain and field.type == "id" and name.lower() == "id"
        return typed_column(name, name, field.type, key=0 if own_id else None), field.readable_in_bulk
    given = result_type(
        expression, lambda path: describer.find(object_name, path.below(object_name).text).type
    )
    return typed_column(name, name, given), False
