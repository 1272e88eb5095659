"""What a query says of deleted rows."""

from lake_ingest.sources.salesforce.soql.api_names import FLAG
from lake_ingest.sources.salesforce.soql.nodes import Call, Comparison, Condition, Path, Query
from lake_ingest.sources.salesforce.soql.walk import child_queries, leaves_that_hold


def unmarked(query: Query, relationship: str | None = None) -> Query | None:
    """A query whose deleted rows nothing marks: the written one, or one of its child queries.

    Rows are marked by the flag, or by a condition that leaves one kind of them. With a relationship, the rows are its own alone.
    """
    children = tuple(child_queries(query))
    rows = (query, *children)
    if relationship is not None:
        rows = tuple(child for child in children if child.object.text.lower() == relationship.lower())
    return next((one for one in rows if not _marks(one)), None)


def wants_deleted_only(condition: Condition | None) -> bool:
    """Whether only deleted rows fulfil a condition."""
    return any(
        (leaf.operator == "=") == (leaf.right.text.lower() == "true") for leaf in _flag_comparisons(condition)
    )


def _marks(query: Query) -> bool:
    selected = any(_is_flag(item.expression) for item in query.items if isinstance(item.expression, Path))
    return selected or bool(_flag_comparisons(query.where))


def _flag_comparisons(condition: Condition | None) -> list[Comparison]:
    return [
        leaf
        for leaf in leaves_that_hold(condition)
        if isinstance(leaf, Comparison)
        and leaf.operator in ("=", "!=")
        and leaf.right.kind == "boolean"
        and _is_flag(leaf.left)
    ]


def _is_flag(expression: Path | Call) -> bool:
    return isinstance(expression, Path) and expression.text.lower() == FLAG.lower()
