"""Memory that was freed goes back to the system."""

import platform
import subprocess
import sys

import pytest

# Blocks of 50 kB lie in the heap, and one in twenty that stays keeps the rest from being given back by itself.
FRAGMENTED = """
from lake_ingest.run.memory import Surplus, share_one_heap
share_one_heap()
import pyarrow as pa
surplus = Surplus()
blocks = []
for _ in range(3000):
    block = pa.allocate_buffer(50_000)
    memoryview(block).cast("B")[:] = bytes(50_000)
    blocks.append(block)
del block
blocks = blocks[::20]
before = surplus._resident_bytes()
surplus.give_back()
print((before - surplus._resident_bytes()) // 1_000_000)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps memory in its own way")
def test_what_is_freed_goes_back_to_the_system():
    done = subprocess.run([sys.executable, "-c", FRAGMENTED], stdout=subprocess.PIPE, text=True, check=True)
    assert int(done.stdout) > 100
