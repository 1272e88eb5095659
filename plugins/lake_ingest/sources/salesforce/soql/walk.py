"""What a query names, found wherever in it."""

from collections.abc import Iterator

from lake_ingest.sources.salesforce.soql.functions import paths_in
from lake_ingest.sources.salesforce.soql.id_bound import BOUND
from lake_ingest.sources.salesforce.soql.nodes import (
    Call,
    Comparison,
    Condition,
    Junction,
    Membership,
    Negation,
    Path,
    Query,
    SemiJoin,
    TypeOf,
    Word,
)

Leaf = Comparison | Membership | SemiJoin


def selected_paths(query: Query) -> Iterator[Path]:
    """Fields whose values a query gives, by themselves or inside functions; those of TYPEOF and of child queries not."""
    for item in query.items:
        yield from paths_in(item.expression)


def compared_paths(condition: Condition | None) -> Iterator[Path]:
    """Fields that a condition compares; those of a semi-join's own query not."""
    for leaf in leaves(condition):
        yield from paths_in(leaf.left)


def arranging_paths(query: Query) -> Iterator[Path]:
    """Fields of GROUP BY and ORDER BY."""
    for expression in (*query.groups, *(key.expression for key in query.ordering)):
        yield from paths_in(expression)


def leaves(condition: Condition | None) -> Iterator[Leaf]:
    """The comparisons of a condition, in order."""
    if isinstance(condition, Negation):
        yield from leaves(condition.term)
    elif isinstance(condition, Junction):
        for term in condition.terms:
            yield from leaves(term)
    elif condition is not None:
        yield condition


def comparisons(query: Query) -> Iterator[Comparison]:
    """Every comparison with one value, in WHERE and HAVING, of this query and of those inside it."""
    for condition in (query.where, query.having):
        yield from comparisons_of(condition)
    for child in child_queries(query):
        yield from comparisons(child)


def comparisons_of(condition: Condition | None) -> Iterator[Comparison]:
    """Every comparison with one value, those of semi-joins too."""
    for leaf in leaves(condition):
        if isinstance(leaf, SemiJoin):
            yield from comparisons(leaf.query)
        elif isinstance(leaf, Comparison):
            yield leaf


def child_queries(query: Query) -> Iterator[Query]:
    """The child queries of a SELECT list."""
    return (item.expression for item in query.items if isinstance(item.expression, Query))


def type_switches(query: Query) -> Iterator[TypeOf]:
    """The TYPEOFs of a SELECT list."""
    return (item.expression for item in query.items if isinstance(item.expression, TypeOf))


def semi_joins(condition: Condition | None) -> Iterator[Query]:
    """The queries whose ids a condition compares with."""
    return (leaf.query for leaf in leaves(condition) if isinstance(leaf, SemiJoin))


def not_in_bulk(query: Query) -> Iterator[Word]:
    """What Bulk API 2.0 does not run, or is not known to (its guide, SOQL considerations), as a person would name it."""
    for item in query.items:
        one = item.expression
        if isinstance(one, Call):
            yield Word(f"{one.name}()", one.start, one.end)
        elif isinstance(one, TypeOf):
            yield Word("TYPEOF", one.start, one.end)
        elif isinstance(one, Query):
            yield Word("a child relationship", one.start, one.end)
    yield from query.clauses


def ids_wanted(object_name: str, condition: Condition | None) -> tuple[str, ...]:
    """The fields of which a condition lacks one; none where it has one, or the object asks for none."""
    fields = next((fields for name, fields in BOUND.items() if name.lower() == object_name.lower()), ())
    named = {field.lower() for field in fields}
    given = any(
        path.text.lower() in named
        for leaf in leaves_that_hold(condition)
        if leaf.operator in {"=", "IN"}
        for path in paths_in(leaf.left)
    )
    return () if given else fields


def leaves_that_hold(condition: Condition | None) -> list[Leaf]:
    """The comparisons that every row fulfils: those joined by AND alone."""
    if isinstance(condition, Junction):
        if condition.operator == "OR":
            return []
        return [leaf for term in condition.terms for leaf in leaves_that_hold(term)]
    return [] if condition is None or isinstance(condition, Negation) else [condition]
