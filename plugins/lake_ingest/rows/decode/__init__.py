"""Published files, read again as a stream: what `verify`, the comparison of keys and `preview` share.

text       csv, json and ndjson: columns of text
parquet    columns of their own types
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from lake_ingest.rows.decode.parquet import read_parquet
from lake_ingest.rows.decode.text import read_csv, read_lines

Reader = Callable[[Path, str, Sequence[str]], Iterator[pa.RecordBatch]]

_READERS: dict[str, Reader] = {
    "json": read_lines,
    "ndjson": read_lines,
    "parquet": read_parquet,
}


def read_rows(
    file: Path, fmt: str, compression: str, names: Sequence[str], null: str = ""
) -> Iterator[pa.RecordBatch]:
    """The rows of one published file, some tens of thousands at a time.

    Args:
        file: on local disk.
        fmt: csv, json, ndjson or parquet.
        compression: as the manifest names it; Parquet's is inside the file.
        names: of the columns that are wanted, in this order; the others are passed over. Without any, each batch has the
            right number of rows and no column.
        null: what stands for a null in csv, without quotes.

    Raises:
        FatalError: the file is not of its format, or lacks one of the columns.
    """
    if fmt == "csv":
        return read_csv(file, compression, names, null)
    return _READERS[fmt](file, compression, names)
