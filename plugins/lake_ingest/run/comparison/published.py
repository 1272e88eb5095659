"""Ids of published objects, as a stream: an object is fetched to local disk and read row by row or page by page."""

import csv
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.rows.text_array import text_array
from lake_ingest.run.comparison.baseline import Baseline

log = logging.getLogger(__name__)

_ROWS = 50_000
_FIELD_BYTES = 2**31 - 1


@dataclass(frozen=True)
class PublishedObject:
    """An object that a manifest names, and how to read it."""

    key: str
    sha256: str
    rows: int
    format: str
    compression: str
    column: str  # that holds the ids


def known_objects(bucket: Bucket, baseline: Baseline) -> Iterator[PublishedObject]:
    """Everything that holds ids which the lake has: what the last comparison left, and publications since.

    Raises:
        RetriableError: a publication was replaced since the baseline was frozen.
    """
    if baseline.known:
        known = baseline.known
        yield PublishedObject(known.key, known.sha256, known.ids, "parquet", "zstd", "Id")
    for key in baseline.unread:
        document = bucket.read(key)
        if document is None or document.etag != baseline.publications[key]:
            raise RetriableError(
                f"{bucket.url(key)} was replaced while ids were compared; a retry begins anew"
            )
        column = _id_column(document.value)
        if column is None:
            log.warning("%s holds no ids in the clear; it is passed over", bucket.url(key))
            continue
        for batch in document.value["batches"]:
            yield PublishedObject(
                batch["key"],
                batch["sha256"],
                batch["rows"],
                document.value["format"],
                document.value["compression"],
                column,
            )


def ids_of(bucket: Bucket, published: PublishedObject, file: Path) -> Iterator[pa.Array]:
    """The ids of an object, some tens of thousands at a time.

    Args:
        bucket: where it lies.
        published: the object.
        file: a place on local disk that may be overwritten.

    Raises:
        FatalError: the object is not the one that its manifest describes.
        RetriableError: it has gone, or S3 failed.
    """
    url = bucket.url(published.key)
    if bucket.head(published.key) is None:
        raise RetriableError(f"{url} has gone while ids were compared; a retry begins anew")
    if bucket.download(published.key, file) != published.sha256:
        raise FatalError(f"{url} differs from its manifest (SHA-256); clear the run that published it")
    rows = 0
    for ids in _READERS[published.format](file, published):
        rows += len(ids)
        yield ids
    if rows != published.rows:
        raise FatalError(
            f"{url} holds {rows} ids, its manifest says {published.rows}; clear the run that published it"
        )


def _id_column(manifest: dict[str, Any]) -> str | None:
    """The column of the rows' own ids, as the manifest spells it; None where it is protected or absent."""
    return next(
        (
            str(field["name"])
            for field in manifest["schema"]
            if field["name"].lower() == "id" and not field["protect"]
        ),
        None,
    )


def _parquet(file: Path, published: PublishedObject) -> Iterator[pa.Array]:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    with ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(_ROWS, columns=[published.column]):
            yield batch.column(0)


def _csv(file: Path, published: PublishedObject) -> Iterator[pa.Array]:
    csv.field_size_limit(_FIELD_BYTES)
    with _text(file, published) as text:
        rows = csv.reader(text, strict=True)
        place = next(rows).index(published.column)
        yield from _arrays(row[place] for row in rows)


def _lines(file: Path, published: PublishedObject) -> Iterator[pa.Array]:
    """Objects of json and ndjson, of which either has one a line; what is around them in an array is cut off."""
    with _text(file, published) as text:
        objects = (line.strip("[],\n") for line in text)
        yield from _arrays(json.loads(one)[published.column] for one in objects if one)


def _text(file: Path, published: PublishedObject) -> io.TextIOWrapper:
    packed = None if published.compression == "none" else published.compression
    return io.TextIOWrapper(pa.input_stream(str(file), compression=packed), encoding="utf-8", newline="\n")


def _arrays(ids: Iterator[str]) -> Iterator[pa.Array]:
    while some := list(islice(ids, _ROWS)):
        yield text_array(some)


_READERS: dict[str, Callable[[Path, PublishedObject], Iterator[pa.Array]]] = {
    "csv": _csv,
    "json": _lines,
    "ndjson": _lines,
    "parquet": _parquet,
}
