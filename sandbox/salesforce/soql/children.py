"""Child subqueries: the children of each row as one JSON text, joined to it."""

from typing import Final

from sandbox.salesforce.data.sql import quoted
from sandbox.salesforce.schema.model import ChildRelationship, Field
from sandbox.salesforce.soql.clauses import Clauses
from sandbox.salesforce.soql.errors import SoqlError, located
from sandbox.salesforce.soql.names import Scope, unknown_relationship
from sandbox.salesforce.soql.source import Source
from sandbox.salesforce.soql.syntax import Query

MAXIMUM_NESTING: Final = 5  # levels, the outermost query among them; from version 58 up


def child_of(parent: Scope, query: Query, depth: int) -> ChildRelationship:
    """The relationship that a subquery's FROM names.

    Raises:
        SoqlError: there is none, or the query nests too deep.
    """
    if depth >= MAXIMUM_NESTING:
        raise SoqlError("MALFORMED_QUERY", f"queries nest {MAXIMUM_NESTING} levels at most")
    wanted = query.source.parts[-1]
    for relation in parent.schema.children(parent.object):
        if relation.name.lower() == wanted.lower():
            return relation
    reason = unknown_relationship(wanted, "FROM part of query call")
    raise located("INVALID_TYPE", query.text, query.source.at, reason)


def children_sql(outer: Source, inner: Clauses, via: Field, record: str) -> str:
    """Join the children to the outer query; returns the SQL of their JSON, `null` where there are none.

    Args:
        outer: what the parents come from.
        inner: the subquery.
        via: the children's reference to their parent.
        record: the SQL of a child's JSON.
    """
    foreign = f"{inner.source.alias}.{quoted(via.name)}"
    where, order = inner.where(), inner.order()
    place = f"row_number() OVER (PARTITION BY {foreign} {order})"
    rows = (
        f"SELECT {foreign} AS parent, {record} AS record, {place} AS place "
        f"{inner.source.sql()} {where} AND {foreign} IS NOT NULL"
    )
    first, limit = inner.query.offset or 0, inner.query.limit
    bounds = f"WHERE place > {first}" + (f" AND place <= {first + limit}" if limit is not None else "")
    grouped = (
        'SELECT parent, \'{"totalSize":\' || count(*) || \',"done":true,"records":[\' '
        f"|| string_agg(record, ',' ORDER BY place) || ']}}' AS records FROM ({rows}) {bounds} GROUP BY parent"
    )
    alias = f"{inner.source.alias}_children"
    outer.join(f'LEFT JOIN ({grouped}) {alias} ON {alias}.parent = {outer.alias}."Id"')
    return f"coalesce({alias}.records, 'null')"
