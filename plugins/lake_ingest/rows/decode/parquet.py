"""Rows of a Parquet file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from lake_ingest.errors import FatalError

_ROWS = 50_000


def read_parquet(file: Path, _: str, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Record batches of the wanted columns, with their own types.

    Raises:
        FatalError: it is not Parquet, or lacks a column.
    """
    try:
        with ParquetFile(file) as parquet:
            missing = set(names) - set(parquet.schema_arrow.names)
            if missing:
                raise FatalError(f"{file.name} has no column {', '.join(sorted(missing))}")
            if not parquet.num_row_groups:
                return  # pyarrow 18, which goes with Airflow 3.0.6, takes an empty file for a broken one
            for batch in parquet.iter_batches(_ROWS, columns=list(names)):
                yield batch.select(list(names))
    except pa.ArrowInvalid as error:
        raise FatalError(f"{file.name} is not a whole Parquet file: {error}") from None
