"""Each type of MySQL and MariaDB as a column, and the expression that reads it exactly.

| type | column | read |
|---|---|---|
| tinyint … bigint, year, bit(n) to 63 bits | integer; `tinyint(1)` too, as it holds more than 0 and 1 | as it is; bits as their number |
| bigint unsigned, bit(64) | number(20, 0) | all its digits |
| bit(1) | boolean | its number |
| decimal(p, s) | number(p, s), up to 65 digits | its own digits |
| float, double | float | as it is |
| date, datetime, timestamp, time | date, datetime(us), time(us) | as it is; zero dates, and times outside a day, are refused |
| char, varchar, text, enum, set, uuid, inet4, inet6 | text | as it is, in UTF-8 |
| json | json | the server's text |
| binary, varbinary, blob, vector | binary | as it is |
| geometry | binary | well-known binary, without its reference system |
| any other | none | refused by the column's name |
"""

from dataclasses import dataclass

from lake_ingest.rows.column import DOUBLE, SINGLE
from lake_ingest.sources.sql.reading_of_types import UNKNOWN, Read
from lake_ingest.sources.sql.table import DAY, INSTANT, WALL_CLOCK

_INTEGERS = ("tinyint", "smallint", "mediumint", "int", "bigint")
_UNSIGNED_DIGITS = 20  # of 2^64 - 1
_TEXTS = (
    "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "uuid", "inet4", "inet6",
)  # fmt: skip
_BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector")
_SHAPES = (
    "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection",
)  # fmt: skip
# A column filled with zeros, a year and bits as their numbers.
_AS_NUMBER = "({0} + 0)"


@dataclass(frozen=True)
class MyType:
    """A column's type in information_schema.

    Attributes:
        name: `DATA_TYPE`, in small letters.
        shown: `COLUMN_TYPE`, as people write it.
        precision: decimal digits, or bits.
        scale: digits behind the point.
    """

    name: str
    shown: str
    precision: int | None = None
    scale: int | None = None

    @property
    def unsigned(self) -> bool:
        """Whether it holds no negative numbers; a column filled with zeros never does."""
        return "unsigned" in self.shown or self.filled

    @property
    def filled(self) -> bool:
        """Whether it is shown with zeros in front."""
        return "zerofill" in self.shown


def read_as(my: MyType) -> Read:
    """How a type is read; UNKNOWN where nobody knows whether it would land exactly."""
    if my.name in _TEXTS:
        return Read("text")
    if my.name in _BYTES:
        return Read("binary")
    if my.name in _SHAPES:
        return Read("binary", "ST_AsBinary({0})")
    if my.name in ("date", "datetime", "timestamp", "time"):
        return _moment(my.name)
    if my.name == "json":
        return Read("json")
    return _number(my)


def _moment(name: str) -> Read:
    if name == "date":
        return Read("date", clock=DAY)
    if name == "time":
        return Read("time", unit="us", zoned=False)
    zoned = name == "timestamp"
    return Read("datetime", unit="us", zoned=zoned, clock=INSTANT if zoned else WALL_CLOCK)


def _number(my: MyType) -> Read:
    shown = _AS_NUMBER if my.filled else "{0}"
    if my.name == "bigint" and my.unsigned:
        return Read("number", shown, precision=_UNSIGNED_DIGITS, scale=0)
    if my.name in _INTEGERS:
        return Read("integer", shown)
    if my.name == "year":
        return Read("integer", _AS_NUMBER)
    if my.name == "bit":
        return _bits(my.precision or 1)
    if my.name == "decimal":
        return Read("number", shown, precision=my.precision, scale=my.scale)
    if my.name in ("float", "double"):
        return Read("float", precision=SINGLE if my.name == "float" else DOUBLE)
    return Read(UNKNOWN)


def _bits(bits: int) -> Read:
    if bits == 1:
        return Read("boolean", _AS_NUMBER)
    if bits == 64:
        return Read("number", _AS_NUMBER, precision=_UNSIGNED_DIGITS, scale=0)
    return Read("integer", _AS_NUMBER)
