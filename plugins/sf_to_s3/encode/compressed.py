"""A text file's way to the sink: as it is, or through gzip or zstd."""

from typing import BinaryIO

import pyarrow as pa


class TextSink:
    """Writes bytes to a sink, compressed if asked. gzip output carries no time, so the same rows give the same bytes."""

    def __init__(self, compression: str, sink: BinaryIO) -> None:
        """Open the stream; `compression` is none, gzip or zstd."""
        self._outer = pa.PythonFile(sink, mode="w")
        self._stream = (
            self._outer if compression == "none" else pa.CompressedOutputStream(self._outer, compression)
        )
        self._compressed = compression != "none"

    @property
    def stream(self) -> pa.NativeFile:
        """Where Arrow's writers may write."""
        return self._stream

    def write(self, data: bytes | pa.Buffer) -> None:
        """Append bytes."""
        self._stream.write(data)

    def close(self) -> None:
        """End the compressed stream; the sink itself stays open."""
        if self._compressed:
            self._stream.close()
