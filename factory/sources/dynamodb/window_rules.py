"""ING35x: what DynamoDB's exports can hold of a window."""

from collections.abc import Iterator
from datetime import datetime

from lake_ingest.sources.dynamodb.spans import REACH, SpanError, cut_into_spans
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.window import Between, Full, Window, WindowError

from factory.model.extent import Extent
from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rule import Rule

_RIGHT = 'source: dynamodb\nobject: meter_state\nfields: [meter]\nwindow: incremental\nschedule: "0 * * * *"\nstart: "2026-01-01"\n'

NO_EXPORT = Rule(
    "ING350", "no-export-holds", "The window is one that no export of DynamoDB holds.",
    "An incremental export covers 15 minutes at least and has a start and an end; a longer window is cut into exports of a day.",
    wrong=_RIGHT.replace("0 *", "*/5 *"), right=_RIGHT, fixed=True,
)  # fmt: skip
BEYOND_REACH = Rule(
    "ING351", "beyond-recovery", "The window begins before what point-in-time recovery holds.",
    "DynamoDB keeps the changes of the last 35 days; a run that asks for older ones would fail.",
    wrong="source: dynamodb\nobject: meter_state\nfields: [meter]\nwindow: {last: 2 months}\n",
    right="source: dynamodb\nobject: meter_state\nfields: [meter]\nwindow: {last: 7 days}\n", fixed=True,
)  # fmt: skip
WHOLE_SCAN = Rule(
    "ING352", "scan-reads-all", "A scan reads whole tables only, and an export takes no read capacity.",
    "DynamoDB has no index of what changed: only exports give a window, and only scans use read capacity.",
    wrong='source: dynamodb\nobject: meter_state\nfields: [meter]\nread_by: scan\nwindow: {last: 7 days}\n',
    right="source: dynamodb\nobject: meter_state\nfields: [meter]\nread_by: scan\nread_capacity: 200\nwindow: full\n", fixed=True,
)  # fmt: skip
OF_CHANGES = Rule(
    "ING353", "only-of-changes", "`include_deleted` or `written_at` has no effect on a full window.",
    "A full export holds the items that are there, without deleted ones and without the moments of their writes.",
    wrong="source: dynamodb\nobject: meter_state\nfields: [meter]\nwindow: full\ninclude_deleted: true\n",
    right=_RIGHT + "include_deleted: true\nwritten_at: true\n", fixed=True,
)  # fmt: skip
NEWER_OF_TWO = Rule(
    "ING359", "newer-of-two", "A current state is asked for, and nothing tells the newer of two rows of one item.",
    "A window of more than a day is cut into exports, and an item that changed in two of them comes twice; `written_at` tells which is the last.",
    wrong=_RIGHT + "format: parquet\ninclude_deleted: true\ntable: {current: true}\n",
    right=_RIGHT + "format: parquet\ninclude_deleted: true\nwritten_at: true\ntable: {current: true}\n", fixed=True,
)  # fmt: skip
RULES = (NO_EXPORT, BEYOND_REACH, WHOLE_SCAN, OF_CHANGES, NEWER_OF_TWO)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the window of a table, and with how it is read."""
    if spec.window is None:
        return
    if spec.window == Full():
        yield from _beside_full(spec)
    elif spec.options["read_by"] == "scan":
        message = "a scan cannot read a window"
        cure = "Delete `read_by`, so that the window is exported, or write `window: full`."
        yield WHOLE_SCAN.at(*spec.place("read_by", "object"), message, cure=cure)
    else:
        yield from _exports(spec, spec.window)
    yield from _capacity(spec)
    if spec.current and spec.window != Full() and not spec.options["written_at"]:
        message = "nothing tells the newer of two rows of one item"
        yield NEWER_OF_TWO.at(*spec.place("table"), message, cure="Add `written_at: true`.")


def _beside_full(spec: Ingestion) -> Iterator[Problem]:
    for key, acts in (("include_deleted", spec.include_deleted), ("written_at", spec.options["written_at"])):
        if acts and spec.says(key):
            message = f"`{key}` has no effect: a full window holds the items that are there"
            yield OF_CHANGES.at(spec.document, (key,), message, cure="Delete it.", on_key=True)


def _capacity(spec: Ingestion) -> Iterator[Problem]:
    if spec.options["read_capacity"] is None or not spec.says("read_capacity"):
        return
    if spec.options["read_by"] == "export" or spec.window != Full():
        message = "`read_capacity` has no effect: an export uses none of the table's"
        cure = "Delete it, or write `read_by: scan` and `window: full`."
        yield WHOLE_SCAN.at(spec.document, ("read_capacity",), message, cure=cure, on_key=True)


def _exports(spec: Ingestion, window: Window) -> Iterator[Problem]:
    extent = None if spec.broken & {"batch_size", "schedule"} else Extent.of(spec)
    if extent is None:
        return
    try:
        bounds = extent.interval()
        batches = extent.cut(bounds)
    except WindowError:
        return  # the rules of every source report it
    document, path = spec.place("batch_size") if spec.says("batch_size") else spec.place("window", "object")
    for batch in batches:
        if not isinstance(batch, Interval):
            return
        try:
            cut_into_spans(batch.start, batch.end)
        except SpanError as error:
            message, _, cure = str(error).partition("; ")
            yield NO_EXPORT.at(document, path, message, cure=f"{cure[:1].upper()}{cure[1:]}.")
            return
    if bounds.start is not None and not _stands_still(window) and _reaches_beyond(bounds):
        message = "the window reaches back further than the 35 days whose changes DynamoDB keeps"
        cure = "Write a shorter window; land the whole table once with `window: full` in a spec of its own."
        yield BEYOND_REACH.at(*spec.place("window", "object"), message, cure=cure)


def _reaches_beyond(bounds: object) -> bool:
    return (
        isinstance(bounds, Interval)
        and bounds.start is not None
        and bounds.end is not None
        and bounds.end - bounds.start > REACH
    )


def _stands_still(window: Window) -> bool:
    """Whether both ends are fixed: the day on which it is read decides, and lint does not know it."""
    return isinstance(window, Between) and all(
        isinstance(end, str | datetime) for end in (window.start, window.end)
    )
