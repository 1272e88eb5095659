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
        self._file = pa.PythonFile(self._gzip or sink, mode="w")
        self._zstd = pa.CompressedOutputStream(self._file, "zstd") if compression == "zstd" else None

    @property
    def stream(self) -> pa.NativeFile:
        """Where Arrow's writers may write."""
        return self._zstd or self._file

    def write(self, data: bytes | pa.Buffer) -> None:
        """Append bytes."""
        self.stream.write(data)

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
        pass

    def finish(self) -> None:
        self._sink.write(self._compressor.flush())
