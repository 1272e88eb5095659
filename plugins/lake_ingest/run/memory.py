"""What one thread of a task frees, the next one uses, and what nobody uses goes back to the system.

A small worker runs several tasks side by side. The C library gives every thread a heap of its own and Arrow an allocator of its
own, each of which keeps what is freed for a while; and in a heap that holds blocks of many sizes, gaps remain. Measured over two
million rows of 18 fields in one shared heap, a task's peak above idle was 121 MB for CSV and 186 MB for Parquet where nothing was
given back, and is around 95 and 118 MB now, for some per cent more processor time.
"""

import ctypes
import os
import sys

# malloc.h; mallopt(3). What Arrow makes of a block of CSV is below the first threshold, buffers of uploads are above it.
_SETTINGS = {
    -8: 1,  # M_ARENA_MAX
    -3: 1024 * 1024,  # M_MMAP_THRESHOLD; naming one also stops the C library from raising it by itself
    -1: 8 * 1024 * 1024,  # M_TRIM_THRESHOLD
}
_STATM = "/proc/self/statm"  # proc(5): its second number is the resident memory in pages
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_GROWTH_BYTES = 48 * 1024 * 1024
# Giving back takes a millisecond, and what is needed again has to be asked for again, page by page: with less room than a quick source
# fills and frees from one row group to the next, that took a tenth of its time.
_ROOM_BYTES = 16 * 1024 * 1024


def share_one_heap() -> None:
    """Let Arrow and all threads allocate from the C library's main heap, as far as it has mallopt.

    To be called before pyarrow is imported: Arrow looks at its variable once
    (https://arrow.apache.org/docs/cpp/env_vars.html). Afterwards only a part of Arrow can be moved.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if "pyarrow" in sys.modules:
        sys.modules["pyarrow"].set_memory_pool(sys.modules["pyarrow"].system_memory_pool())
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        for setting, value in _SETTINGS.items():
            library.mallopt(setting, value)


class Surplus:
    """What the allocator keeps of freed memory; it goes back to the system when the process has grown by too much."""

    def __init__(self) -> None:
        """Take the process's memory as it is now for its beginning; does nothing on a system without proc(5)."""
        self._statm = os.open(_STATM, os.O_RDONLY) if os.path.exists(_STATM) else None  # noqa: PTH110
        self._least = self._limit = self._resident_bytes() + _GROWTH_BYTES

    def give_back(self) -> None:
        """Give it back if there is cause to; cheap enough to be called for every batch of rows."""
        if self._resident_bytes() > self._limit:
            sys.modules["pyarrow"].default_memory_pool().release_unused()  # malloc_trim(3)
            self._limit = max(self._least, self._resident_bytes() + _ROOM_BYTES)

    def __enter__(self) -> "Surplus":
        return self

    def __exit__(self, *_: object) -> None:
        if self._statm is not None:
            os.close(self._statm)

    def _resident_bytes(self) -> int:
        """The file stays open: to open it again costs more than all the rest."""
        if self._statm is None:
            return 0
        return int(os.pread(self._statm, 100, 0).split()[1]) * _PAGE_BYTES
