"""Columns as the server sends them, as the types that were planned. What no file can hold is refused, with its column's name."""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import SINGLE, Column
from lake_ingest.rows.typed import arrow_type
from lake_ingest.sources.mysql.cells import Values
from lake_ingest.sources.mysql.moments import (
    Moments,
    OddMomentError,
    OtherMomentError,
    dates_of,
    moments_of,
    times_of,
)

_MOMENTS = {"date": dates_of, "datetime": moments_of, "time": times_of}
_ZERO_DATE = ("a zero date, such as 0000-00-00", "NULLIF({0}, '0000-00-00')")
_ODD = {
    "date": _ZERO_DATE,
    "datetime": _ZERO_DATE,
    "time": ("a time below 0 or of 24 hours and more", "CAST({0} AS CHAR)"),
}


def typed(values: Sequence[Values], columns: Sequence[Column], table: str) -> pa.RecordBatch:
    """Some rows, column by column, from what `cells` makes of them.

    Raises:
        FatalError: a column holds a value that no file can hold, or another type than was planned.
    """
    arrays = [_typed(one, column, table) for one, column in zip(values, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _typed(values: Values, column: Column, table: str) -> pa.Array:
    try:
        return _planned(values, column).cast(arrow_type(replace(column, protect=None)))
    except OddMomentError:
        what, cure = _ODD[column.kind]
        raise FatalError(
            f"column {column.name} of {table} ({column.source_type}) holds {what}, which files cannot hold. Nothing was published; read a"
            f" view with {cure.format(column.name)}, filter such rows out, or leave the column out."
        ) from None
    except (pa.ArrowInvalid, OtherMomentError):
        raise FatalError(
            f"column {column.name} of {table} was of type {column.source_type} when the run was planned, and holds a value that is none"
            " of that type. If the table was changed, clear the run's first task with everything downstream of it; if the value is"
            " broken, read a view that mends it."
        ) from None


def _planned(values: Values, column: Column) -> pa.Array:
    """What is cast to the planned type and keeps its value. Raises OddMomentError, or the others for what is not of that type."""
    kind = column.kind
    if isinstance(values, Moments):
        if kind not in _MOMENTS:
            raise OtherMomentError
        return _MOMENTS[kind](values)
    sent = values.type
    if types.is_null(sent) or (kind == "binary" and types.is_binary(sent)):
        return values
    if kind == "float" and (
        types.is_float32(sent) or (types.is_float64(sent) and column.precision != SINGLE)
    ):
        return values
    if kind in ("integer", "number", "boolean") and types.is_integer(sent):
        if kind == "boolean" and not {*pc.min_max(values).as_py().values()} <= {None, 0, 1}:
            raise pa.ArrowInvalid
        return values
    if kind in ("text", "json", "number") and types.is_binary(sent):  # decimals are sent as text
        text = values.view(pa.string())
        text.validate(full=True)  # that it is UTF-8
        return text
    raise pa.ArrowInvalid
