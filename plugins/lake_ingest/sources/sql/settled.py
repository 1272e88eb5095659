"""Columns as they arrive, held against what was planned. A value that no file can hold is refused, with its column's name."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column

Shape = Callable[[pa.DataType], bool]

_EXPECTED: dict[str, Shape] = {
    "text": pa.types.is_string,
    "json": pa.types.is_string,
    "number": lambda found: pa.types.is_string(found) or pa.types.is_decimal(found),
    "boolean": pa.types.is_boolean,
    "integer": pa.types.is_integer,
    "float": pa.types.is_floating,
    "date": pa.types.is_date32,
    "datetime": pa.types.is_timestamp,
    "time": pa.types.is_time64,
    "binary": pa.types.is_binary,
}
# ISO 8601 and the readers of Parquet know the years 1 to 9999.
_DAYS = (-719_162, 2_932_896)  # 0001-01-01 and 9999-12-31, in days since 1970
_A_DAY = 86_400_000_000  # microseconds
_MOMENTS = (_DAYS[0] * _A_DAY, (_DAYS[1] + 1) * _A_DAY - 1)


def settle(batch: pa.RecordBatch, columns: Sequence[Column], table: str) -> pa.RecordBatch:
    """The same rows with plain Arrow types, under the columns' names.

    Raises:
        FatalError: a column has another type than was planned, or holds a value that no file can hold.
    """
    arrays = [_settled(array, column, table) for array, column in zip(batch.columns, columns, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def _settled(array: pa.Array, column: Column, table: str) -> pa.Array:
    plain = array.storage if isinstance(array, pa.ExtensionArray) else array
    _check_type(plain.type, column, table)
    if column.kind == "date":
        _check_range(plain.view(pa.int32()), _DAYS, column, table)
    elif column.kind == "datetime":
        _check_range(plain.view(pa.int64()), _MOMENTS, column, table)
    elif column.kind == "time":
        _check_range(plain.view(pa.int64()), (0, _A_DAY - 1), column, table)
    return plain


def _check_type(found: pa.DataType, column: Column, table: str) -> None:
    zoned = not pa.types.is_timestamp(found) or (found.tz is not None) == column.zoned
    if not (_EXPECTED[column.kind](found) and zoned):
        raise FatalError(
            f"column {column.name} of {table} was of type {column.source_type} when the run was planned and is read as {found} now:"
            " the table was changed. Clear the run's first task with everything downstream of it."
        )


def _check_range(numbers: pa.Array, bounds: tuple[int, int], column: Column, table: str) -> None:
    found = pc.min_max(numbers)
    least, most = found["min"].as_py(), found["max"].as_py()
    if least is None or (least >= bounds[0] and most <= bounds[1]):
        return
    what = (
        "the time 24:00:00"
        if column.kind == "time"
        else "infinity, or a date before the year 1 or after 9999"
    )
    raise FatalError(
        f"column {column.name} of {table} ({column.source_type}) holds {what}, which files cannot hold. Nothing was published;"
        " read a view in which the column is text, filter such rows out, or leave the column out."
    )
