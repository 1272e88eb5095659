"""How pyiceberg reads and writes the metadata of a table: through the bucket's own client, a request for each object.

pyiceberg's own ways to S3 sign in by themselves and ask for an object's head before they read it. Metadata never changes
under a name, so what was read or written once is not read again.
"""

import io
from typing import TYPE_CHECKING, Any

from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream

from lake_ingest.lake.failure import explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CLIENT, SEEN, DROPPED = "lake.client", "lake.seen", "lake.dropped"


class TableObjects(FileIO):
    """Objects as pyiceberg's files; made by pyiceberg from the catalogue's properties."""

    def new_input(self, location: str) -> InputFile:
        """An object that is there."""
        return _Read(location, self)

    def new_output(self, location: str) -> OutputFile:
        """An object that is written when it is closed."""
        return _Written(location, self)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Delete an object, or leave it to whoever has given a list for it; one that is gone is not an error."""
        url = location if isinstance(location, str) else location.location
        dropped: list[str] | None = self.properties[DROPPED]
        if dropped is not None:
            dropped.append(_place(url)["Key"])
            return
        with explained(f"delete {url}"):
            self._client.delete_object(**_place(url))

    def content(self, url: str) -> bytes:
        """All of an object."""
        seen: dict[str, bytes] = self.properties[SEEN]
        if url not in seen:
            with explained(f"read {url}"):
                seen[url] = self._client.get_object(**_place(url))["Body"].read()
        return seen[url]

    def write(self, url: str, content: bytes) -> None:
        """Write a whole object."""
        with explained(f"write {url}"):
            self._client.put_object(Body=content, **_place(url))
        self.properties[SEEN][url] = content

    @property
    def _client(self) -> "S3Client":
        client: S3Client = self.properties[CLIENT]
        return client


class _Read(InputFile):
    def __init__(self, location: str, objects: TableObjects) -> None:
        super().__init__(location)
        self._objects = objects

    def __len__(self) -> int:
        return len(self._objects.content(self.location))

    def exists(self) -> bool:
        return True  # nobody asks before a failure to read says so

    def open(self, seekable: bool = True) -> InputStream:  # noqa: ARG002
        return io.BytesIO(self._objects.content(self.location))


class _Written(OutputFile):
    def __init__(self, location: str, objects: TableObjects) -> None:
        super().__init__(location)
        self._objects = objects

    def __len__(self) -> int:
        return len(self._objects.content(self.location))

    def exists(self) -> bool:
        return False  # every name holds a UUID of its own

    def to_input_file(self) -> InputFile:
        return _Read(self.location, self._objects)

    def create(self, overwrite: bool = False) -> OutputStream:  # noqa: ARG002
        return _Stream(self.location, self._objects)


class _Stream(io.BytesIO):
    def __init__(self, location: str, objects: TableObjects) -> None:
        super().__init__()
        self._location, self._objects = location, objects

    def close(self) -> None:
        if not self.closed:
            self._objects.write(self._location, self.getvalue())
        super().close()


def _place(url: str) -> dict[str, Any]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}
