"""What a reader gives: record batches of text columns, and the account of how they were read."""

from collections.abc import Iterator, Sequence
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


class ChainedRows:
    """The rows of several queries, one after the other."""

    def __init__(self, parts: Sequence[Rows]) -> None:
        """Ask nothing yet."""
        self.account = Account()
        self._parts = parts

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches of every part in order."""
        for part in self._parts:
            yield from part.batches()
            self.account.rows += part.account.rows
            self.account.nul_bytes += part.account.nul_bytes
