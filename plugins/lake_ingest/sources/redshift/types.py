"""Each type of Redshift as a column, and the expression that reads it exactly.

| type | column | unloaded as |
|---|---|---|
| smallint, integer, bigint, boolean, real, double precision, date | integer, boolean, float, date | itself |
| numeric(p, s), to 38 digits | number(p, s) | decimal |
| varchar, text | text | itself |
| char(n) | text | varchar, without the blanks that fill it up |
| timestamp | datetime(us), no zone | INT96, which is read as microseconds |
| timestamptz | datetime(us) | `AT TIME ZONE 'UTC'`, so that no setting of the session has a say |
| time, timetz | time(us), text | its text: no page of AWS says what Parquet becomes of them |
| super | json | JSON, https://docs.aws.amazon.com/redshift/latest/dg/unload-super-parquet.html |
| varbyte | binary | hexadecimal text, for the same reason as time |
| geometry, geography, hllsketch, intervals, any other | none | refused by the column's name |
"""

from dataclasses import dataclass

from lake_ingest.rows.column import DOUBLE, SINGLE
from lake_ingest.sources.sql.reading_of_types import UNKNOWN, Read
from lake_ingest.sources.sql.table import DAY, INSTANT, WALL_CLOCK

_INTEGERS = ("smallint", "integer", "bigint", "int2", "int4", "int8", "int")
_TEXTS = ("character varying", "varchar", "text", "nvarchar")
_PADDED = ("character", "char", "nchar", "bpchar")
_NUMBERS = ("numeric", "decimal")
_CLOCKED = {
    "date": ("date", None, True, "{0}", DAY),
    "timestamp without time zone": ("datetime", "us", False, "{0}", WALL_CLOCK),
    "timestamp": ("datetime", "us", False, "{0}", WALL_CLOCK),
    "timestamp with time zone": ("datetime", "us", True, "({0} AT TIME ZONE 'UTC')", INSTANT),
    "timestamptz": ("datetime", "us", True, "({0} AT TIME ZONE 'UTC')", INSTANT),
    "time without time zone": ("time", "us", False, "{0}::varchar(32)", None),
    "time": ("time", "us", False, "{0}::varchar(32)", None),
}
_SHORT, _LONGEST_CHAR = "{0}::varchar(32)", "{0}::varchar(4096)"


@dataclass(frozen=True)
class RsType:
    """A column's type in svv_all_columns; precision and scale are of a numeric."""

    name: str
    precision: int | None = None
    scale: int | None = None

    @property
    def shown(self) -> str:
        """As people write it."""
        if self.name in _NUMBERS and self.precision is not None:
            return f"{self.name}({self.precision},{self.scale or 0})"
        return self.name


def read_as(rs: RsType) -> Read:
    """How a type is read; UNKNOWN where nobody knows whether it would land exactly."""
    if rs.name in _CLOCKED:
        kind, unit, zoned, expression, clock = _CLOCKED[rs.name]
        return Read(kind, expression, unit=unit, zoned=zoned, clock=clock)
    if rs.name in _INTEGERS:
        return Read("integer")
    if rs.name in _NUMBERS and rs.precision is not None:
        return Read("number", precision=rs.precision, scale=rs.scale or 0)
    if rs.name in _TEXTS:
        return Read("text")
    if rs.name in _PADDED:
        return Read("text", _LONGEST_CHAR)
    return _SPECIAL.get(rs.name, Read(UNKNOWN))


_SPECIAL = {
    "boolean": Read("boolean"),
    "bool": Read("boolean"),
    "real": Read("float", precision=SINGLE),
    "float4": Read("float", precision=SINGLE),
    "double precision": Read("float", precision=DOUBLE),
    "float8": Read("float", precision=DOUBLE),
    "time with time zone": Read("text", _SHORT),
    "timetz": Read("text", _SHORT),
    "super": Read("json"),
    "binary varying": Read("binary", "from_varbyte({0}, 'hex')"),
    "varbyte": Read("binary", "from_varbyte({0}, 'hex')"),
    "varbinary": Read("binary", "from_varbyte({0}, 'hex')"),
}
