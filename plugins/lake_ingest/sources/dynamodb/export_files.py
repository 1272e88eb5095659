"""The files of an export: two manifests and data files, each verified before a row of it is used.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html. The summary counts the items of the
export and names the list of data files; the list has each file's count and MD5. A full export's lines are `{"Item": …}`, an
incremental one's `{"Keys": …, "NewImage": …}`, without the image where the item was deleted.
"""

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lake_ingest.errors import RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.failure import explained
from lake_ingest.sources.dynamodb.items import Item

FOLDER = "AWSDynamoDB/"
_CHUNK_BYTES = 2**20
_TRIES = 3
_ROWS = 4096  # of a record batch
_LINES_BYTES = 2**22  # of a record batch, where its lines are long


class DamagedError(RetriableError):
    """A file is not what the export's manifest says of it."""


@dataclass(frozen=True)
class DataFile:
    """A data file: its key, its items, the MD5 of its bytes in base64."""

    key: str
    items: int
    md5: str


@dataclass(frozen=True)
class Contents:
    """What the manifests say of an export."""

    items: int
    files: tuple[DataFile, ...]


def read_contents(bucket: Bucket, prefix: str, manifest_key: str, arn: str) -> Contents:
    """Read both manifests, and hold them against each other.

    Args:
        bucket: where the export lies.
        prefix: that was asked for.
        manifest_key: of the summary, as DynamoDB gave it.
        arn: of the export.

    Raises:
        DamagedError: they do not agree, or are of another export.
    """
    where = bucket.url(_full_key(manifest_key, prefix))
    summary = json.loads(_body(bucket, _full_key(manifest_key, prefix)))
    if summary.get("exportArn") != arn:
        raise DamagedError(f"{where} is the manifest of another export than {arn}")
    if summary.get("outputFormat") != "DYNAMODB_JSON":
        raise DamagedError(
            f"{where} is of the format {summary.get('outputFormat')}; DYNAMODB_JSON was asked for"
        )
    listed = _body(bucket, _full_key(summary["manifestFilesS3Key"], prefix)).decode()
    entries = [json.loads(line) for line in listed.splitlines() if line.strip()]
    files = tuple(
        DataFile(_full_key(entry["dataFileS3Key"], prefix), int(entry["itemCount"]), entry["md5Checksum"])
        for entry in entries
    )
    items = int(summary["itemCount"])
    if sum(file.items for file in files) != items or len({file.key for file in files}) != len(files):
        raise DamagedError(
            f"{where} counts {items} items, and its data files {sum(file.items for file in files)}"
        )
    return Contents(items, files)


def read_items(bucket: Bucket, contents: Contents) -> Iterator[tuple[str, list[Item]]]:
    """The items of all files, some thousand at a time, each with where they lie; the next file is fetched meanwhile.

    Raises:
        DamagedError: a file has not the checksum, or not the items, that the manifest says.
    """
    with (
        TemporaryDirectory(prefix="export-") as folder,
        ThreadPoolExecutor(1, thread_name_prefix="export-file") as pool,
    ):
        places = [Path(folder, str(number)) for number in range(len(contents.files))]
        fetching = None
        for number, file in enumerate(contents.files):
            current = fetching or pool.submit(_fetch, bucket, file, places[number])
            path = current.result()
            fetching = None
            if number + 1 < len(contents.files):
                fetching = pool.submit(_fetch, bucket, contents.files[number + 1], places[number + 1])
            yield from _items_of(path, file, bucket.url(file.key))
            path.unlink()


def _full_key(key: str, prefix: str) -> str:
    """Keys begin with the prefix; where AWS leaves it out they begin with the exports' folder."""
    return f"{prefix}/{key}" if prefix and key.startswith(FOLDER) else key


def _body(bucket: Bucket, key: str) -> bytes:
    with explained(f"read {bucket.url(key)}"):
        body: bytes = bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read()
        return body


def _fetch(bucket: Bucket, file: DataFile, path: Path) -> Path:
    """A data file on this machine, with the checksum that the manifest says."""
    for attempt in range(_TRIES):
        try:
            with explained(f"read {bucket.url(file.key)}"):
                found = _download(bucket, file.key, path)
        except RetriableError:
            if attempt == _TRIES - 1:
                raise
            continue
        if found == file.md5:
            return path
    raise DamagedError(f"{bucket.url(file.key)} has not the MD5 {file.md5} that the export's manifest says")


def _download(bucket: Bucket, key: str, path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    body = bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"]
    with path.open("wb") as sink:
        for chunk in body.iter_chunks(_CHUNK_BYTES):
            digest.update(chunk)
            sink.write(chunk)
    return base64.b64encode(digest.digest()).decode()


def _items_of(path: Path, file: DataFile, url: str) -> Iterator[tuple[str, list[Item]]]:
    count, size, waiting = 0, 0, list[Item]()
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                waiting.append(_item(json.loads(line), url))
                size += len(line)
                if len(waiting) == _ROWS or size >= _LINES_BYTES:
                    yield f"{url}, up to line {count + len(waiting)}", waiting
                    count, size, waiting = count + len(waiting), 0, []
    except (OSError, EOFError, zlib.error, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DamagedError(f"{url} cannot be read: {type(error).__name__}") from None
    if count + len(waiting) != file.items:
        raise DamagedError(
            f"{url} holds {count + len(waiting)} items, and the export's manifest says {file.items}"
        )
    if waiting:
        yield f"{url}, up to line {count + len(waiting)}", waiting


def _item(line: Any, url: str) -> Item:
    if "Item" in line:
        return Item(line["Item"])
    try:
        keys, image = line["Keys"], line.get("NewImage")
        written = int(line["Metadata"]["WriteTimestampMicros"]["N"])
    except (KeyError, TypeError, ValueError):
        raise DamagedError(f"{url} holds a line that is neither an item nor a change") from None
    return Item(keys if image is None else image, image is None, written)
