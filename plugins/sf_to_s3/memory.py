"""Memory that is freed goes back to the system at once.

A small worker runs several tasks side by side. Arrow's allocators keep freed pages for a while, which for a stream of
pages of 16 MiB doubles what a task holds; measured over 400,000 rows: 155 MB with the default pool, 83 MB with this.
"""

import pyarrow as pa


def return_freed_memory() -> None:
    """Let Arrow allocate through jemalloc without decay, where its build has jemalloc."""
    if "jemalloc" in pa.supported_memory_backends():
        pa.jemalloc_set_decay_ms(0)
        pa.set_memory_pool(pa.jemalloc_memory_pool())
