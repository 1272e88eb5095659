"""The columns of a written query: the server says their names and types, and runs nothing.

It does not say how many digits its numerics have, so they land as numbers without a bound, with every digit. A view says it.
"""

from lake_ingest.sources.postgresql.catalogue import columns_of
from lake_ingest.sources.postgresql.literal import quoted
from lake_ingest.sources.postgresql.session import Session
from lake_ingest.sources.sql.table import TableColumn
from lake_ingest.sources.sql.written_query import check_names

# A query that is joined on a condition which is never true: one row, whose values are null and have their types.
_TYPES = "SELECT {types} FROM (SELECT) AS one LEFT JOIN (\n{query}\n) AS lake_query ON false"
# A domain's type is followed down to its base; the first modifier on the way holds.
_BASES = """
WITH RECURSIVE below(place, asked, type, modifier) AS (
  SELECT v.place, v.type, v.type, -1 FROM (VALUES {types}) AS v(place, type)
  UNION ALL
  SELECT b.place, b.asked, t.typbasetype, CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END
  FROM below b JOIN pg_catalog.pg_type t ON t.oid = b.type WHERE t.typtype = 'd'
)
SELECT b.place AS number, pg_catalog.format_type(b.asked, NULL) AS shown, t.typname::pg_catalog.text AS type, b.modifier,
       t.typtype::pg_catalog.text AS kind, t.typcategory::pg_catalog.text AS category,
       t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AS built_in
FROM below b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd' ORDER BY b.place
"""
_OF_NO_TABLE = {"nullable": True, "readable": True, "place": None}
_DOING = "read the query"


def describe_query(session: Session, query: str) -> tuple[TableColumn, ...]:
    """What the server says of the columns of a query.

    Raises:
        FatalError: it is not one SELECT, or gives columns that cannot be told apart.
        RetriableError: the server could not be asked.
    """
    names = session.described(query, _DOING)
    check_names(names)
    types = ", ".join(
        f"pg_catalog.pg_typeof(lake_query.{quoted(name)})::pg_catalog.oid::pg_catalog.int8 AS t{place}"
        for place, name in enumerate(names)
    )
    (oids,) = session.rows(_TYPES.format(types=types, query=query), _DOING)
    values = ", ".join(f"({place}, {oids[f't{place}']}::pg_catalog.oid)" for place in range(len(names)))
    rows = session.rows(_BASES.format(types=values), _DOING)
    return columns_of(session, [{**row, **_OF_NO_TABLE, "name": names[row["number"]]} for row in rows])
