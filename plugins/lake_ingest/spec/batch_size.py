"""How a run is cut: by lengths of its window, or by so many rows of a table."""

import re
from dataclasses import dataclass

from lake_ingest.spec.duration import Duration, parse_duration

_ROWS = re.compile(r"(\d{1,12})\s+rows?")


@dataclass(frozen=True)
class RowCount:
    """So many rows, in the order of their keys."""

    count: int

    def __str__(self) -> str:
        return f"{self.count} row{'s' * (self.count != 1)}"


BatchSize = Duration | RowCount


def length_of(size: BatchSize | None) -> Duration | None:
    """The length that a window is cut by; None where it is not, or where rows are counted."""
    return size if isinstance(size, Duration) else None


def parse_batch_size(text: str) -> BatchSize:
    """Read `1 month` or `500000 rows`.

    Raises:
        ValueError: it is neither, or the number is zero.
    """
    match = _ROWS.fullmatch(text.strip().lower())
    if match is None:
        return parse_duration(text)
    if int(match[1]) == 0:
        raise ValueError(f"'{text}' is no batch; write a number of rows above zero, such as '500000 rows'")
    return RowCount(int(match[1]))
