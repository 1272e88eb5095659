"""An incremental window, cut into what one export may hold. Pure; the compiler asks the same.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.HowItWorks.html: an incremental export covers 15
minutes to 24 hours, its start inclusive and its end exclusive, on whole seconds, within the last 35 days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

SHORTEST = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
REACH = timedelta(days=35)


class SpanError(ValueError):
    """A window that no export can hold; the text says why and what to write."""


@dataclass(frozen=True)
class Span:
    """What one incremental export covers: `[start, end)`, in UTC."""

    start: datetime
    end: datetime


def cut_into_spans(start: datetime | None, end: datetime | None) -> tuple[Span, ...]:
    """The fewest exports that cover a window, all of about the same length; none for a window of no length.

    Raises:
        SpanError: it has no start or no end, is shorter than an export may be, or has fractions of a second.
    """
    if start is None or end is None:
        raise SpanError(
            "a window without a start cannot be read from DynamoDB, whose changes are kept for 35 days; write window: full"
        )
    if start == end:
        return ()
    if start.microsecond or end.microsecond:
        raise SpanError("a window of DynamoDB begins and ends on whole seconds")
    if end - start < SHORTEST:
        raise SpanError(
            f"the window is {_said(end - start)} long, and DynamoDB exports no less than 15 minutes of changes;"
            " let the schedule fire less often, or make batch_size longer"
        )
    return tuple(_even(start, end))


def _even(start: datetime, end: datetime) -> Iterator[Span]:
    count = ceil((end - start) / LONGEST)
    seconds = int((end - start).total_seconds())
    ends = [start + timedelta(seconds=seconds * number // count) for number in range(count + 1)]
    for one, following in pairwise(ends):
        yield Span(one, following)


def _said(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    return f"{seconds // 60} minutes" if seconds >= 60 else f"{seconds} seconds"
