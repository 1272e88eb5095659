"""Child subqueries: the children of each row as one JSON text, joined to it."""

from dataclasses import dataclass
from typing import Final

from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.schema.model import ChildRelationship, Field
from sandbox.salesforce.soql.clauses import Clauses
from sandbox.salesforce.soql.from_clause import Source
from sandbox.salesforce.soql.names import Scope, unknown_relationship
from sandbox.salesforce.soql.soql_error import SoqlError, located
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


@dataclass(frozen=True, slots=True)
class Children:
    """The SQL of a row's children: `records` is the expression in the row, `rest` a query for those of `$parent`.

    `key` begins the locators of further pages: the query's id and the number of the subquery.
    """

    records: str
    key: str
    rest: str


def join_children(outer: Source, inner: Clauses, via: Field, record: str) -> Children:
    """Join the children to the outer query; their JSON is `null` where there are none.

    Args:
        outer: what the parents come from.
        inner: the subquery.
        via: the children's reference to their parent.
        record: the SQL of a child's JSON.
    """
    alias = inner.source.alias
    key = f"{inner.dialect.query_id}{int(alias[1:]):02}"
    rows = _numbered(inner, f"{alias}.{quoted(via.name)}", record)
    first, limit = inner.query.offset or 0, inner.query.limit
    bounds = f"place > {first}" + (f" AND place <= {first + limit}" if limit is not None else "")
    path = literal(f'false,"nextRecordsUrl":"/services/data/v{inner.dialect.version}/query/{key}')
    page = inner.dialect.page
    done = f"CASE WHEN count(*) <= {page} THEN 'true' ELSE {path} || parent || '-{page}\"' END"
    kept = f"string_agg(record, ',' ORDER BY place) FILTER (WHERE place <= {first + page})"
    whole = f"'{{\"totalSize\":' || count(*) || ',\"done\":' || {done} || ',\"records\":[' || {kept} || ']}}'"
    grouped = f"SELECT parent, {whole} AS records FROM ({rows}) WHERE {bounds} GROUP BY parent"
    outer.join(f'LEFT JOIN ({grouped}) {alias}_children ON {alias}_children.parent = {outer.alias}."Id"')
    rest = f"SELECT record || ',' AS row FROM ({rows}) WHERE {bounds} AND parent = $parent ORDER BY place"
    return Children(f"coalesce({alias}_children.records, 'null')", key, rest)


def _numbered(inner: Clauses, foreign: str, record: str) -> str:
    """Each child with its parent's id and its place among that parent's children."""
    where, order = inner.where(), inner.order() or f'ORDER BY {inner.source.alias}."Id"'
    place = f"row_number() OVER (PARTITION BY {foreign} {order})"
    columns = f"{foreign} AS parent, {record} AS record, {place} AS place"
    return f"SELECT {columns} {inner.source.sql()} {where} AND {foreign} IS NOT NULL"
