"""Columns of text as the server writes them, as the types that were planned. What no file can hold is refused, with its column's name."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.typed import arrow_type
from lake_ingest.sources.sql.settled import DAYS, MOMENTS, times_of

_AS_TEXT = ("text", "json", "number")
_ZERO_DATE = r"^0000-|-00"  # of 0000-00-00, and of a month or a day that is none
_OUTSIDE_A_DAY = r"^-|^\d{3,}:|^(2[4-9]|[3-9]\d):"
_ODD = {
    "date": (_ZERO_DATE, "a zero date, such as 0000-00-00", "NULLIF({0}, '0000-00-00')"),
    "datetime": (_ZERO_DATE, "a zero date, such as 0000-00-00", "NULLIF({0}, '0000-00-00')"),
    "time": (_OUTSIDE_A_DAY, "a time below 0 or of 24 hours and more", "CAST({0} AS CHAR)"),
}


def typed(values: Sequence[pa.Array], columns: Sequence[Column], table: str) -> pa.RecordBatch:
    """Some rows, column by column, from the bytes of their values.

    Raises:
        FatalError: a column holds a value that no file can hold, or another type than was planned.
    """
    arrays = [_typed(one, column, table) for one, column in zip(values, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _typed(values: pa.Array, column: Column, table: str) -> pa.Array:
    if column.kind == "binary":
        return values
    text = values.view(pa.string())
    try:
        return _parsed(text, column)
    except pa.ArrowInvalid:
        raise _refused(text, column, table) from None


def _parsed(text: pa.Array, column: Column) -> pa.Array:
    """What the texts say. Raises ArrowInvalid where one says nothing: there is no day 0, month 0 or hour 24."""
    if column.kind == "time":
        return times_of(text)
    if column.kind == "date":
        days = text.cast(pa.date32())
        _check_least(days.view(pa.int32()), DAYS[0])
        return days
    if column.kind == "datetime":
        moments = text.cast(pa.timestamp("us"))
        _check_least(moments.view(pa.int64()), MOMENTS[0])
        return moments.cast(pa.timestamp("us", "UTC" if column.zoned else None))
    wanted = text.type if column.kind in _AS_TEXT else arrow_type(column)
    if wanted == text.type:
        text.validate(full=True)  # that it is UTF-8
    return text.cast(wanted)


def _check_least(numbers: pa.Array, bound: int) -> None:
    """Arrow knows the year 0, which files do not. Raises ArrowInvalid."""
    least = pc.min(numbers).as_py()
    if least is not None and least < bound:
        raise pa.ArrowInvalid


def _refused(text: pa.Array, column: Column, table: str) -> FatalError:
    pattern, what, cure = _ODD.get(column.kind, ("", "", ""))
    if pattern and pc.any(pc.match_substring_regex(text, pattern), min_count=0).as_py():
        return FatalError(
            f"column {column.name} of {table} ({column.source_type}) holds {what}, which files cannot hold. Nothing was published; read a"
            f" view with {cure.format(column.name)}, filter such rows out, or leave the column out."
        )
    return FatalError(
        f"column {column.name} of {table} was of type {column.source_type} when the run was planned, and holds a value that is none"
        " of that type. If the table was changed, clear the run's first task with everything downstream of it; if the value is"
        " broken, read a view that mends it."
    )
