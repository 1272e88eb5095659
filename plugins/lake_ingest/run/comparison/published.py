"""Keys of published objects, as a stream: an object is fetched to local disk and read a part at a time."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.manifest import Manifest
from lake_ingest.rows.column import Column
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.key import key_columns
from lake_ingest.run.comparison.baseline import Baseline
from lake_ingest.sources.source import Source

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishedObject:
    """An object that a manifest names, and how to read its keys; `columns` are those of the key, in its order."""

    key: str
    sha256: str
    rows: int
    format: str
    compression: str
    columns: tuple[Column, ...]


def known_objects(bucket: Bucket, baseline: Baseline, key: tuple[Column, ...]) -> Iterator[PublishedObject]:
    """Every publication whose keys no comparison has read.

    Args:
        bucket: where they lie.
        baseline: what is to be read.
        key: the columns of the source's key.

    Raises:
        RetriableError: a publication was replaced since the baseline was frozen.
    """
    for place in baseline.unread:
        document = bucket.read(place)
        if document is None or document.etag != baseline.publications[place]:
            raise RetriableError(
                f"{bucket.url(place)} was replaced while keys were compared; a retry starts again"
            )
        manifest = Manifest.from_dict(document.value)
        columns = key_columns(manifest.schema)
        if [column.name.lower() for column in columns] != [column.name.lower() for column in key]:
            log.warning("%s does not hold the key unprotected; it is skipped", bucket.url(place))
            continue
        for batch in manifest.batches:
            yield PublishedObject(
                batch.key, batch.sha256, batch.rows, manifest.format, manifest.compression, columns
            )


def keys_of(source: Source, bucket: Bucket, published: PublishedObject, file: Path) -> Iterator[pa.Array]:
    """The texts of an object's keys, some tens of thousands at a time.

    Args:
        source: knows which forms of a key are one.
        bucket: where it lies.
        published: the object.
        file: a place on local disk that may be overwritten.

    Raises:
        FatalError: the object is not the one that its manifest describes.
        RetriableError: it has gone, or S3 failed.
    """
    url = bucket.url(published.key)
    if bucket.head(published.key) is None:
        raise RetriableError(f"{url} was deleted while keys were compared; a retry starts again")
    if bucket.download(published.key, file) != published.sha256:
        raise FatalError(f"{url} differs from its manifest (SHA-256); clear the run that published it")
    rows = 0
    names = [column.name for column in published.columns]
    for batch in read_rows(file, published.format, published.compression, names):
        rows += batch.num_rows
        yield source.key_text(batch, published.columns)
    if rows != published.rows:
        raise FatalError(
            f"{url} holds {rows} keys, its manifest says {published.rows}; clear the run that published it"
        )


def left_keys(bucket: Bucket, baseline: Baseline, file: Path) -> Iterator[pa.Array]:
    """The texts of the keys that the comparison before left.

    Raises:
        FatalError, RetriableError: they are not what that comparison wrote, or S3 failed.
    """
    known = baseline.known
    if known is None:
        return
    if bucket.download(known.key, file) != known.sha256:
        raise FatalError(
            f"{bucket.url(known.key)} differs from its manifest (SHA-256); delete the folder of that comparison and of later ones, and the next one reads everything"
        )
    for batch in read_rows(file, "parquet", "zstd", [known.column]):
        yield batch.column(0).cast(pa.string())
