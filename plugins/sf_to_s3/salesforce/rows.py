"""What a reader gives: record batches of text columns, and the account of how they were read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa


@dataclass
class Account:
    """Counts that grow while rows are read."""

    rows: int = 0
    nul_bytes: int = 0


class Rows(Protocol):
    """Rows of one query, read once."""

    account: Account

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Text columns in the order of the selection; raises when the count does not match the org's own."""
