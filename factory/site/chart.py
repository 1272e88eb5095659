"""Rows over time, as the bars of a small picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from factory.site.publication import Publication

WIDTH, HEIGHT = 640, 96
_GAP = 0.25  # of a bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the picture's own units, and what it says."""

    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, oldest first; `most` is the number of rows of a bar of full height, `says` is the picture in one sentence."""

    bars: tuple[Bar, ...]
    most: int
    first: str
    last: str
    says: str


def chart(publications: Sequence[Publication]) -> Chart | None:
    """The chart of some publications, oldest first; None where there are none."""
    if not publications:
        return None
    most = max(one.rows for one in publications)
    step = min(WIDTH / len(publications), 48.0)
    bars = []
    for place, one in enumerate(publications):
        height = max(HEIGHT * one.rows / most, 1.5) if one.rows else 0.0
        bars.append(
            Bar(
                round(place * step, 1),
                round(HEIGHT - height, 1),
                round(step * (1 - _GAP), 1),
                round(height, 1),
                f"{one.logical_date:%Y-%m-%d %H:%M}: {one.rows:,} rows",
            )
        )
    rows = [one.rows for one in publications]
    says = (
        f"Rows of the last {len(rows)} publications: from {min(rows):,} to {most:,}, the newest {rows[-1]:,}."
        if len(rows) > 1
        else f"One publication, with {rows[0]:,} rows."
    )
    first, last = (f"{one.logical_date:%Y-%m-%d}" for one in (publications[0], publications[-1]))
    return Chart(tuple(bars), most, first, last, says)
