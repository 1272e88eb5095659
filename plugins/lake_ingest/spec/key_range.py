"""From one key of a table up to another, in the order that its database gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

Key = tuple[str, ...]


@dataclass(frozen=True)
class KeyRange:
    """Half-open `[start, end)` of keys, each the texts of its columns; an end that is None is not bounded.

    The ranges of a run meet each other, and the first and the last are open: whatever key a row has, it lies in one of them.

    Attributes:
        part: the range's number, from 1.
        parts: how many ranges the run has.
    """

    start: Key | None
    end: Key | None
    part: int = 1
    parts: int = 1

    @property
    def label(self) -> str:
        """How people are shown the range: `part 3 of 12`. Keys are data, and are not shown."""
        return f"part {self.part} of {self.parts}"

    def label_in(self, zone: ZoneInfo) -> str:  # noqa: ARG002 - as an interval's
        """The same: a key has no zone."""
        return self.label

    @property
    def in_keys(self) -> str:
        """As keys in S3 show it: `_part_0003`."""
        return f"_part_{self.part:04}"

    def to_dict(self) -> dict[str, Any]:
        """Texts and numbers; `of` reads them."""
        return {
            "start": None if self.start is None else list(self.start),
            "end": None if self.end is None else list(self.end),
            "part": self.part,
            "parts": self.parts,
        }

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "KeyRange":
        """Read what `to_dict` gave; other keys are passed over."""
        start, end = (None if value[one] is None else tuple(value[one]) for one in ("start", "end"))
        return cls(start, end, value["part"], value["parts"])

    def halves(self) -> None:
        """None: only its database knows what lies between two keys."""


def ranges(cuts: Sequence[Key]) -> tuple[KeyRange, ...]:
    """The ranges that some keys in their order cut a table into: one more than there are cuts."""
    bounds: list[Key | None] = [None, *cuts, None]
    return tuple(
        KeyRange(start, end, number, len(cuts) + 1)
        for number, (start, end) in enumerate(pairwise(bounds), start=1)
    )
