"""A text file's way to the sink: as it is, or through gzip or zstd."""

import zlib
from typing import Any

import pyarrow as pa

_GZIP_LEVEL = 5  # twice the speed of the usual 6 to 9 for a few per cent of size
_GZIP_FRAME = 31  # zlib's wbits for a gzip frame; its header carries no time


class TextSink:
    """Writes bytes to a sink, compressed if asked. The same bytes in give the same bytes out."""

    def __init__(self, compression: str, sink: Any) -> None:
        """Open the stream; `compression` is none, gzip or zstd. The sink itself stays open."""
        self._gzip = _Gzip(sink) if compression == "gzip" else None
        self._zstd = (
            pa.CompressedOutputStream(pa.PythonFile(sink, mode="w"), "zstd")
            if compression == "zstd"
            else None
        )
        self._sink = self._gzip or self._zstd or sink

    @property
    def stream(self) -> pa.NativeFile:
        """Where Arrow's writers may write."""
        return self._zstd or pa.PythonFile(self._sink, mode="w")

    def write(self, data: bytes | memoryview) -> None:
        """Append bytes; not through a file of Arrow's where that can be helped, since it copies them."""
        self._sink.write(data)

    def close(self) -> None:
        """End the compressed stream."""
        if self._zstd:
            self._zstd.close()
        if self._gzip:
            self._gzip.finish()


class _Gzip:
    """zlib's own compressor: Arrow's gives no choice of the level and takes the slowest."""

    closed = False

    def __init__(self, sink: Any) -> None:
        self._sink = sink
        self._compressor = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_FRAME)

    def write(self, data: Any) -> int:
        self._sink.write(self._compressor.compress(data))
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass  # Arrow closes what it writes to

    def finish(self) -> None:
        self._sink.write(self._compressor.flush())
