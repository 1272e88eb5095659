"""The bucket of the catalogue's pages, which holds a site and nothing else."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_AT_ONCE = 10  # requests, as many as a client keeps connections
_FIRST = "index.html"


def show(client: "S3Client", bucket: str, folder: Path) -> tuple[int, int]:
    """Make a bucket hold the pages of a folder, and say how many were written and how many removed.

    What a page links to is there before it, and the first page comes last; what is gone goes after that.
    """
    pages = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in pages}
    if _FIRST not in names:
        raise FileNotFoundError(f"{folder} has no {_FIRST}: `factory site` writes it")

    def write(name: str) -> None:
        kind, _ = guess_type(name)
        client.put_object(
            Bucket=bucket,
            Key=name,
            Body=names[name].read_bytes(),
            ContentType=kind or "application/octet-stream",
        )

    with ThreadPoolExecutor(_AT_ONCE) as workers:
        list(workers.map(write, (name for name in names if name != _FIRST)))
    write(_FIRST)
    gone = [key for key in _keys(client, bucket) if key not in names]
    for key in gone:
        client.delete_object(Bucket=bucket, Key=key)
    return len(names), len(gone)


def _keys(client: "S3Client", bucket: str) -> Sequence[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [item["Key"] for page in pages for item in page.get("Contents", ())]
