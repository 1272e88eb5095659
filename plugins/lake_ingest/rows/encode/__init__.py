"""Canonical text columns, written as csv, json, ndjson or parquet.

An encoder takes record batches and writes bytes to a sink as it goes; closing it completes the file, also one without
rows. The same rows give the same bytes.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import pyarrow as pa

from lake_ingest.rows.column import Column
from lake_ingest.rows.encode.csv import CsvEncoder
from lake_ingest.rows.encode.json import JsonEncoder, NdjsonEncoder
from lake_ingest.spec.csv_dialect import CsvDialect


class Encoder(Protocol):
    """Writes record batches of canonical text."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""

    def close(self) -> None:
        """Complete the file; the sink stays open."""


class Sink(Protocol):
    """Where encoded bytes go. Arrow closes what it writes to; a sink is completed by its owner."""

    @property
    def closed(self) -> bool:
        """Whether it takes no more."""

    def write(self, data: Any) -> Any:
        """Take bytes."""

    def flush(self) -> None:
        """Take note."""

    def close(self) -> None:
        """Take note."""


def _parquet(*given: Any) -> "Encoder":
    from lake_ingest.rows.encode.parquet import ParquetEncoder  # noqa: PLC0415 - Arrow's half that writes text files need not load

    return ParquetEncoder(*given)


_ENCODERS: dict[str, Any] = {
    "csv": CsvEncoder,
    "json": JsonEncoder,
    "ndjson": NdjsonEncoder,
    "parquet": _parquet,
}


def open_encoder(
    fmt: str,
    compression: str,
    columns: Sequence[Column],
    sink: "Sink",
    dialect: CsvDialect | None = None,
) -> Encoder:
    """The encoder for a format; text formats are compressed as a whole (gzip, zstd), Parquet inside. A dialect is of CSV only."""
    own = (dialect,) if dialect and fmt == "csv" else ()
    encoder: Encoder = _ENCODERS[fmt](tuple(columns), compression, sink, *own)
    return encoder
