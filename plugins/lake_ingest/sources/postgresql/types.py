"""Each type of PostgreSQL as a column, and the expression that reads it exactly.

| type | column | read |
|---|---|---|
| boolean, smallint, integer, bigint, real, double precision, bytea | boolean, integer, float, binary | as it is |
| numeric(p, s) | number(p, s); NaN lands in text formats only | the server's text, which the client library is four times as fast to take |
| numeric | number without a bound: text in Parquet | the server's text |
| money | number(19, digits of the currency) | `::numeric::text` |
| date, timestamp, timestamptz, time | date, datetime(us), time(us) | as it is; infinity, years outside 1 to 9999, 24:00 are refused |
| text, varchar, char(n) | text | as it is |
| json, jsonb | json | as it is |
| arrays, composites | json | `to_json`: nested, with every digit |
| any other: uuid, interval, timetz, inet, ranges, enum, bit, xml, geometry, types of extensions … | text | the server's text |
"""

from dataclasses import dataclass

from lake_ingest.rows.column import DOUBLE, SINGLE
from lake_ingest.sources.sql.reading_of_types import Read
from lake_ingest.sources.sql.table import DAY, INSTANT, WALL_CLOCK

_VARLENA_HEADER = 4  # of a numeric's modifier, utils/adt/numeric.c
_SCALE_BITS = 0x7FF
_SCALE_SIGN = 1024
_MONEY_DIGITS = 19  # of 2^63
_CLOCKS = {"date": DAY, "timestamp": WALL_CLOCK, "timestamptz": INSTANT}
_PLAIN = {
    "bool": "boolean",
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "bytea": "binary",
    "date": "date",
    "text": "text",
    "varchar": "text",
    "bpchar": "text",
    "json": "json",
    "jsonb": "json",
}
_TEXT, _NUMERIC = "{0}::pg_catalog.text", "{0}::pg_catalog.numeric"
_INET_TEXT = "pg_catalog.textin(pg_catalog.inet_out({0}))"  # a cast would add /32 to a single host


@dataclass(frozen=True)
class PgType:
    """A column's type in pg_type, below its domains.

    Attributes:
        name: `typname`.
        modifier: of the column, or of the domain that has one; -1 without.
        kind: `typtype`: b base, c composite, e enum, r range, m multirange.
        category: `typcategory`: A for an array.
        shown: the type as people write it, domains included.
        built_in: whether it lies in pg_catalog.
    """

    name: str
    modifier: int
    kind: str
    category: str
    shown: str
    built_in: bool


def read_as(pg: PgType, money_digits: int = 2) -> Read:
    """How a type is read; every type has a way."""
    if pg.category == "A" or pg.kind == "c":
        return Read("json", "pg_catalog.to_json({0})::pg_catalog.text")
    if not pg.built_in or pg.kind != "b":
        return Read("text", _TEXT)
    clock = _CLOCKS.get(pg.name)
    if pg.name in ("timestamp", "timestamptz"):
        return Read("datetime", unit="us", zoned=pg.name == "timestamptz", clock=clock)
    if pg.name in _PLAIN:
        return Read(_PLAIN[pg.name], clock=clock)
    return _special(pg, money_digits)


def numeric_measures(modifier: int) -> tuple[int | None, int | None]:
    """Precision and scale of a numeric's modifier, for a decimal: a scale is neither negative nor above the precision.

    `numeric(3,-2)` holds whole hundreds of up to five digits; `numeric(2,5)` holds 0.00099 at most.
    """
    if modifier < 0:
        return None, None
    packed = modifier - _VARLENA_HEADER
    precision = packed >> 16 & 0xFFFF
    scale = ((packed & _SCALE_BITS) ^ _SCALE_SIGN) - _SCALE_SIGN
    return max(precision, scale, precision - scale if scale < 0 else 0), max(scale, 0)


def _special(pg: PgType, money_digits: int) -> Read:
    if pg.name == "numeric":
        precision, scale = numeric_measures(pg.modifier)
        return Read("number", _TEXT, precision=precision, scale=scale, verbatim=True)
    if pg.name == "money":
        return Read(
            "number",
            f"{_NUMERIC}::pg_catalog.text",
            precision=_MONEY_DIGITS,
            scale=money_digits,
            verbatim=True,
        )
    if pg.name in ("float4", "float8"):
        return Read("float", precision=SINGLE if pg.name == "float4" else DOUBLE)
    if pg.name == "time":
        return Read("time", unit="us", zoned=False)
    if pg.name == "oid":
        return Read("integer", "{0}::pg_catalog.int8")
    return Read("text", _INET_TEXT if pg.name == "inet" else _TEXT)
