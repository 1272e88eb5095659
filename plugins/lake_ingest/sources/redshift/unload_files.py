"""The manifest of an UNLOAD and its files, each held against the other, and both against the warehouse's own count.

https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html: with MANIFEST VERBOSE the manifest has each file's URL, bytes and rows, the
columns, and the sums. Without a row there is neither a manifest nor a file.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lake_ingest.errors import RetriableError
from lake_ingest.lake.bucket import Bucket

log = logging.getLogger(__name__)

MANIFEST = "manifest"
_ROWS = 16_384  # of a record batch


class DamagedError(RetriableError):
    """What lies in S3 is not what the manifest, or the warehouse, says of it."""


@dataclass(frozen=True)
class UnloadedFile:
    """A file: its key, its bytes, its rows."""

    key: str
    bytes: int
    rows: int


def read_contents(bucket: Bucket, folder: str, rows: int) -> tuple[UnloadedFile, ...]:
    """The files of an UNLOAD.

    Args:
        bucket: to which was unloaded.
        folder: into which, without a slash at its end.
        rows: how many the warehouse says that it has written.

    Raises:
        DamagedError: a file is missing, is not among those of the manifest, or has another size; or the counts differ.
    """
    where = bucket.url(f"{folder}/{MANIFEST}")
    found = set(bucket.keys(f"{folder}/"))
    manifest: dict[str, Any] | None = bucket.get_json(f"{folder}/{MANIFEST}")
    if manifest is None:
        if rows or found:
            raise DamagedError(
                f"the warehouse has unloaded {rows} rows, and there are {len(found)} files but no manifest at {where}"
            )
        return ()
    files = tuple(_file(entry, bucket, where) for entry in manifest["entries"])
    keys = {file.key for file in files}
    if missing := sorted(keys - found):
        raise DamagedError(f"{where} names {bucket.url(missing[0])}, and there is no such file")
    if extra := sorted(found - keys - {f"{folder}/{MANIFEST}"}):
        raise DamagedError(f"{bucket.url(extra[0])} is not among the files that {where} names")
    counted, said = sum(file.rows for file in files), int(manifest["meta"]["record_count"])
    if not counted == said == rows or len(keys) != len(files):
        raise DamagedError(
            f"{where} counts {said} rows, its files {counted}, and the warehouse has unloaded {rows}"
        )
    if sum(file.bytes for file in files) != int(manifest["meta"]["content_length"]):
        raise DamagedError(f"the bytes of the files that {where} names are not those of its sum")
    return files


def read_batches(
    bucket: Bucket, files: Sequence[UnloadedFile], names: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """The rows of all files, some thousand at a time; the next file is fetched meanwhile.

    Raises:
        DamagedError: a file is torn, or has other rows or columns than it should.
    """
    with (
        TemporaryDirectory(prefix="unload-") as folder,
        ThreadPoolExecutor(1, thread_name_prefix="unload-file") as pool,
    ):
        coming = None
        for number, file in enumerate(files):
            path = (coming or pool.submit(_fetched, bucket, file, Path(folder, str(number)))).result()
            coming = None
            if number + 1 < len(files):
                coming = pool.submit(_fetched, bucket, files[number + 1], Path(folder, str(number + 1)))
            yield from _batches(path, file, bucket.url(file.key), names)
            path.unlink()


def _file(entry: dict[str, Any], bucket: Bucket, where: str) -> UnloadedFile:
    url, meta = entry["url"], entry["meta"]
    folder = where.removesuffix(MANIFEST)
    if not url.startswith(folder):
        raise DamagedError(f"{where} names {url}, which does not lie beside it")
    return UnloadedFile(
        url.removeprefix(bucket.url("")), int(meta["content_length"]), int(meta["record_count"])
    )


def _fetched(bucket: Bucket, file: UnloadedFile, path: Path) -> Path:
    bucket.download(file.key, path)
    size = path.stat().st_size
    if size != file.bytes:
        raise DamagedError(
            f"{bucket.url(file.key)} has {size} bytes, and the manifest of the UNLOAD says {file.bytes}"
        )
    return path


def _batches(path: Path, file: UnloadedFile, url: str, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path, coerce_int96_timestamp_unit="us") as parquet:
            if parquet.metadata.num_rows != file.rows:
                raise DamagedError(
                    f"{url} holds {parquet.metadata.num_rows} rows, and the manifest of the UNLOAD says {file.rows}"
                )
            held = [name.lower() for name in parquet.schema_arrow.names]
            if held != [name.lower() for name in names]:
                raise DamagedError(f"{url} holds the columns {', '.join(held)}; others were asked for")
            yield from parquet.iter_batches(_ROWS)
    except (OSError, pa.ArrowException) as error:
        raise DamagedError(f"{url} cannot be read: {type(error).__name__}") from None
