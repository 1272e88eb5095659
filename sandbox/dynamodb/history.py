"""What was written to a table, and when: the memory behind point-in-time recovery."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Image = Mapping[str, Any]  # an item in DynamoDB JSON


@dataclass(frozen=True)
class Write:
    """One write of an item: its instant, and the item as it was left; None where it was deleted."""

    at: datetime
    image: Image | None


@dataclass(frozen=True)
class Change:
    """How a span of time changed an item: as it was before and after; None where there was none."""

    key: Image
    before: Image | None
    after: Image | None
    written: datetime


@dataclass
class History:
    """Every write of one table."""

    _writes: defaultdict[tuple[str, ...], list[Write]] = field(default_factory=lambda: defaultdict(list))
    _keys: dict[tuple[str, ...], Image] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, key: Image, image: Image | None, at: datetime) -> None:
        """Remember a write; an earlier instant than the item's last one counts as that."""
        place = tuple(f"{name}={value}" for name, value in sorted(key.items()))
        with self._lock:
            writes = self._writes[place]
            self._keys[place] = key
            writes.append(Write(max(at, writes[-1].at) if writes else at, image))

    def as_of(self, instant: datetime) -> Iterator[Image]:
        """The items that were there at an instant."""
        for _, writes in self._all():
            image = _state(writes, instant)
            if image is not None:
                yield image

    def changes(self, start: datetime, end: datetime) -> Iterator[Change]:
        """What happened in `[start, end)`, one change an item; what came and went within it is none."""
        for key, writes in self._all():
            within = [write for write in writes if start <= write.at < end]
            if within:
                before, after = _before(writes, start), within[-1].image
                if before is not None or after is not None:
                    yield Change(key, before, after, within[-1].at)

    def _all(self) -> list[tuple[Image, list[Write]]]:
        with self._lock:
            return [(self._keys[place], list(writes)) for place, writes in self._writes.items()]


def _state(writes: list[Write], instant: datetime) -> Image | None:
    earlier = [write for write in writes if write.at <= instant]
    return earlier[-1].image if earlier else None


def _before(writes: list[Write], instant: datetime) -> Image | None:
    earlier = [write for write in writes if write.at < instant]
    return earlier[-1].image if earlier else None
