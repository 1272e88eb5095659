"""A published Parquet object as an entry of a table: registered as it lies, never rewritten.

pyiceberg's own way to read a file's bounds loads pandas: a second of processor time and 40 MB for each small run.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.conversions import to_bytes
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.typedef import Record
from pyiceberg.types import DateType, LongType, PrimitiveType, StringType, TimestampType, TimestamptzType

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.manifest import PublishedBatch
from lake_ingest.lake.table_columns import TableColumn
from lake_ingest.spec.lake_table import AS_OF_COLUMN, PUBLICATION_COLUMN

_TAIL_BYTES = 2**17  # holds the footer of most files
_LENGTH_BYTES = 8  # a footer's length and Parquet's mark, at the very end
_LONGEST_BOUND = 64  # characters; longer texts are no keys, and manifests are read by each query
_FIRST_DAY = date(1970, 1, 1)
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


def entry_of(
    bucket: Bucket,
    batch: PublishedBatch,
    columns: tuple[TableColumn, ...],
    table: TableMetadata,
    logical_date: datetime,
) -> DataFile:
    """The entry of an object in the partition of its publication, with the bounds that let a query pass it over."""
    footer, schema = _footer(bucket, batch), table.schema()
    stamps = {PUBLICATION_COLUMN: stamp_of(logical_date), AS_OF_COLUMN: _as_of(batch)}
    lower, upper, nulls = {}, {}, {}
    for name, stamp in stamps.items():
        number = schema.find_field(name).field_id
        nulls[number] = batch.rows if stamp is None else 0
        if stamp is not None:
            lower[number] = upper[number] = to_bytes(TimestamptzType(), stamp)
    for number, kind, least, greatest, absent in _measured(footer, columns, schema):
        nulls[number] = absent
        if least is not None:
            lower[number], upper[number] = to_bytes(kind, least), to_bytes(kind, greatest)
    return _data_file(
        content=DataFileContent.DATA,
        file_path=bucket.url(batch.key),
        file_format=FileFormat.PARQUET,
        partition=Record(*stamps.values()),
        record_count=batch.rows,
        file_size_in_bytes=batch.bytes,
        value_counts=dict.fromkeys(nulls, batch.rows),
        null_value_counts=nulls,
        lower_bounds=lower,
        upper_bounds=upper,
        spec_id=table.default_spec_id,
    )


def _data_file(**facts: Any) -> DataFile:
    if hasattr(DataFile, "from_args"):
        return DataFile.from_args(**facts)
    absent = dict.fromkeys(DataFile.__slots__)  # pyiceberg 0.9, that of Airflow 3.0, wants to be told
    return DataFile(**{**absent, **facts})


def stamp_of(logical_date: datetime) -> int:
    """An instant in microseconds since 1970, of whole seconds as in the names of publications."""
    return int(logical_date.timestamp()) * 1_000_000


def _as_of(batch: PublishedBatch) -> int | None:
    """In microseconds since 1970; None of an object that was published before rows said it."""
    if batch.as_of is None:
        return None
    return (datetime.fromisoformat(batch.as_of) - _FIRST_INSTANT) // timedelta(microseconds=1)


def _footer(bucket: Bucket, batch: PublishedBatch) -> pq.FileMetaData:
    tail = bucket.tail(batch.key, _TAIL_BYTES)
    length = int.from_bytes(tail[-_LENGTH_BYTES:-4], "little") + _LENGTH_BYTES
    if length > len(tail):
        tail = bucket.tail(batch.key, length)
    return pq.read_metadata(pa.BufferReader(tail))


def _measured(
    footer: pq.FileMetaData, columns: tuple[TableColumn, ...], schema: Schema
) -> Iterator[tuple[int, PrimitiveType, Any, Any, int]]:
    """Of each column its field's number, its type, its least and greatest value (None where unknown), and its nulls."""
    places = {footer.schema.column(index).path: index for index in range(footer.num_columns)}
    for column in columns:
        field = schema.find_field(column.name, case_sensitive=False)
        chunks = [
            footer.row_group(group).column(places[column.source]).statistics
            for group in range(footer.num_row_groups)
        ]
        if not all(chunk is not None and chunk.has_null_count for chunk in chunks):
            continue
        valued = [chunk for chunk in chunks if chunk.num_values]
        ends = [(_bound(one.min, column), _bound(one.max, column)) for one in valued if one.has_min_max]
        known = len(ends) == len(valued) > 0 and all(None not in pair for pair in ends)
        least, greatest = (
            (min(low for low, _ in ends), max(high for _, high in ends)) if known else (None, None)
        )
        yield (
            field.field_id,
            cast("PrimitiveType", field.field_type),
            least,
            greatest,
            sum(chunk.null_count for chunk in chunks),
        )


def _bound(value: Any, column: TableColumn) -> Any:
    """A value as Iceberg writes bounds of its type; None for types and values whose bounds pass no file over."""
    match column.type:
        case LongType():
            return int(value)
        case StringType():
            return value if isinstance(value, str) and len(value) <= _LONGEST_BOUND else None
        case DateType():
            return (value - _FIRST_DAY).days
        case TimestamptzType() | TimestampType():
            zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
            return (zoned - _FIRST_INSTANT) // timedelta(microseconds=1)
        case _:
            return None
