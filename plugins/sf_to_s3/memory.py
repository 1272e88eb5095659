"""What one thread of a task frees, the next one uses.

A small worker runs several tasks side by side. The C library gives every thread a heap of its own and Arrow an allocator of its
own, and each of them keeps what is freed for a while. With one heap for all of them a task holds a third less at its peak:
73 MB instead of 102 while it writes CSV, measured over 388,000 rows of 18 fields, and takes no more processor time.
"""

import ctypes

import pyarrow as pa

_M_ARENA_MAX = -8  # malloc.h; mallopt(3)


def share_one_heap() -> None:
    """Let Arrow and all threads allocate from the C library's main heap; where it has no mallopt, Arrow alone."""
    pa.set_memory_pool(pa.system_memory_pool())
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, 1)
