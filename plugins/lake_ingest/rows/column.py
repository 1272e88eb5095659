"""One column of the published data: what every step between a source and a file knows of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

MOMENTS = ("date", "datetime")
TEXT_KINDS = ("text", "json")
SINGLE, DOUBLE = 24, 53  # bits of a float's precision, IEEE 754


@dataclass(frozen=True)
class Column:
    """One column of the published data.

    Attributes:
        name: the column's name, as the spec writes it.
        kind: text, boolean, integer, number, float, date, datetime, time, json or binary.
        path: where the source finds the value; its own affair.
        source_type: the type as the source names it; empty where it has none.
        protect: None, hash or mask; a dropped field is not a column.
        precision: decimal digits of a number, None where the source gives no bound; bits of a float, 24 or 53.
        scale: those behind the point.
        unit: the finest fraction of a datetime or time: s, ms, us or ns.
        zoned: whether a datetime is an instant (in UTC) and not a wall clock's.
        distinguishes_empty: whether null and an empty text are two values.
        key: the column's place in the table's key, from 0; None for any other column.
        verbatim: whether a text that the source sends is canonical as it is.
        refers_to_file: whether the source sends where a file can be read, and the files hold the key of its own object.
        length_in: the column that says how many bytes such a file has; empty where none does.
    """

    name: str
    kind: str
    path: str = ""
    source_type: str = ""
    protect: str | None = None
    precision: int | None = None
    scale: int | None = None
    unit: str | None = None
    zoned: bool = True
    distinguishes_empty: bool = False
    key: int | None = None
    verbatim: bool = False
    refers_to_file: bool = False
    length_in: str = ""

    @property
    def written_as(self) -> str:
        """The kind that is written: a protected value is text, whatever it was."""
        return "text" if self.protect or self.kind == "json" else self.kind

    @property
    def shape(self) -> str:
        """The kind with its measures, as two publications are compared by it: `number(38,18)`, `datetime(ms)`."""
        kind = self.written_as
        if kind == "number" and self.precision is not None:
            return f"number({self.precision},{self.scale or 0})"
        if kind == "float":
            return f"float({self.precision or DOUBLE})"
        if kind in ("datetime", "time"):
            return f"{kind}({self.unit}{'' if self.zoned else ', no zone'})"
        return kind

    def to_dict(self) -> dict[str, Any]:
        """For the frozen plan; `Column(**value)` reads it."""
        return dict(vars(self))


def written_columns(
    columns: Sequence[Column],
    *,
    time_added: str | None,
    coerce_to_timestamp: bool,
    names: Mapping[str, str] | None = None,
) -> tuple[Column, ...]:
    """The columns as they are written.

    Args:
        columns: as they are read.
        time_added: the name of the column that holds the time of reading; None without one.
        coerce_to_timestamp: whether dates and datetimes become whole seconds since 1970.
        names: of columns that are called otherwise than their fields.
    """
    named = [replace(column, name=(names or {}).get(column.name, column.name)) for column in columns]
    written = [
        replace(column, kind="integer") if coerce_to_timestamp and column.written_as in MOMENTS else column
        for column in named
    ]
    return (*written, Column(time_added, "integer")) if time_added else tuple(written)
