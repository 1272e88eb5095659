"""What one thread of a task frees, the next one uses, and large blocks go back to the system at once.

A small worker runs several tasks side by side. The C library gives every thread a heap of its own and Arrow an allocator of its
own, each of which keeps what is freed for a while; and in a heap that holds large and small blocks the large ones leave gaps.
Measured over two million rows of 18 fields, a task's peak above idle was 109 MB for CSV and 166 MB for Parquet before the two
thresholds were set and blocks of CSV halved, and 81 and 113 MB after, at nearly the same processor time.
"""

import ctypes
import os
import sys
from pathlib import Path

# malloc.h; mallopt(3). Arrow's columns of a block of CSV are far below the first threshold, parts of uploads above it.
_SETTINGS = {
    -8: 1,  # M_ARENA_MAX
    -3: 1024 * 1024,  # M_MMAP_THRESHOLD; naming one also stops the C library from raising it by itself
    -1: 8 * 1024 * 1024,  # M_TRIM_THRESHOLD
}
_GROWTH_BYTES = 56 * 1024 * 1024
_ROOM_BYTES = 12 * 1024 * 1024  # giving back takes 20 ms, and what is needed again has to be asked for again


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
        """Take the process's memory as it is now for its beginning."""
        self._least = self._limit = _resident_bytes() + _GROWTH_BYTES

    def give_back(self) -> None:
        """Give it back if there is cause to; cheap enough to be called for every batch."""
        if _resident_bytes() > self._limit:
            sys.modules["pyarrow"].default_memory_pool().release_unused()  # malloc_trim(3)
            self._limit = max(self._least, _resident_bytes() + _ROOM_BYTES)


def _resident_bytes() -> int:
    """proc(5); 0 on a system that has no such file."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:
        return 0
