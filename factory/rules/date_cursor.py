"""ING331: what a cursor of type date cannot measure."""

from collections.abc import Iterator
from datetime import datetime, time

from lake_ingest.spec.batch_size import length_of
from lake_ingest.spec.window import ENDS, Between, Last

from factory.model.ingestion import Ingestion
from factory.read.document import Document, KeyPath
from factory.rules.problem import Problem
from factory.rules.rule import Rule

FINER_THAN_DATES = Rule(
    "ING331", "finer-than-dates", "The cursor is of type date, and something in the spec is finer than a day.",
    "A date has no time: a second run on a day would read the same days again, and no batch can hold half of one.",
    wrong='object: Opportunity\ncursor: CloseDate\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 * * * *"\nfields: [Id]\n',
    right='object: Opportunity\ncursor: CloseDate\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 5 * * *"\nfields: [Id]\n',
    fixed=True,
)  # fmt: skip
RULES = (FINER_THAN_DATES,)


def check(spec: Ingestion) -> Iterator[Problem]:
    """Lengths and points in a spec that are finer than the days that its cursor holds."""
    if not spec.in_days or {"cursor", "window"} & spec.broken:
        return
    if spec.schedule and spec.schedule.busiest_day > 1 and "schedule" not in spec.broken:
        message = f"`{spec.cursor}` is of type date, and the schedule fires more than once a day"
        cure = "Let it fire once a day at most, or choose a cursor of type datetime."
        yield FINER_THAN_DATES.at(*spec.place("schedule", "object"), message, cure=cure)
    window, place = spec.window, spec.place("window")
    lengths = {"batch_size": length_of(spec.batch_size), "overlap": spec.overlap}
    for key, length in lengths.items():
        if length and length.seconds and key not in spec.broken:
            yield _finer(spec, *spec.place(key), f"`{key}` is {length}")
    if isinstance(window, Last) and window.length.seconds:
        yield _finer(spec, place[0], (*place[1], "last"), f"the window is {window.length} long")
    written = spec.settings["window"].value
    last = next((key for key in ENDS if isinstance(written, dict) and key in written), "")
    for end, point in (("from", window.start), (last, window.end)) if isinstance(window, Between) else ():
        if isinstance(point, datetime) and spec.zone and point.astimezone(spec.zone).time() != time.min:
            yield _finer(spec, place[0], (*place[1], end), f"`{end}` has a time")


def _finer(spec: Ingestion, document: Document, path: KeyPath, what: str) -> Problem:
    message = f"`{spec.cursor}` is of type date, and {what}"
    return FINER_THAN_DATES.at(
        document, path, message, cure="Write days, or a longer unit, or a date without a time."
    )
