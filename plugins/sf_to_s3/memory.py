"""What one thread of a task frees, the next one uses, and large blocks go back to the system at once.

A small worker runs several tasks side by side. The C library gives every thread a heap of its own and Arrow an allocator of its
own, each of which keeps what is freed for a while; and in a heap that holds large and small blocks the large ones leave gaps.
Measured over two million rows of 18 fields, a task's peak above idle was 109 MB for CSV and 166 MB for Parquet before the two
thresholds were set and blocks of CSV halved, and 81 and 113 MB after, at nearly the same processor time.
"""

import ctypes
import os
import sys

# malloc.h; mallopt(3). Arrow's columns of a block of CSV are far below the first threshold, parts of uploads above it.
_SETTINGS = {
    -8: 1,  # M_ARENA_MAX
    -3: 512 * 1024,  # M_MMAP_THRESHOLD; naming one also stops the C library from raising it by itself
    -1: 8 * 1024 * 1024,  # M_TRIM_THRESHOLD
}


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
