"""ING21x: which rows a run reads, and in what batches."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lake_ingest.spec.batch_size import RowCount, length_of
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.window import ENDS, Between, FinerThanADayError, Full, Incremental, Window, WindowError

from factory.meant.marks import unquoted
from factory.meant.value import Meant, day_or_moment
from factory.model.extent import Extent
from factory.model.ingestion import Fault, Ingestion
from factory.model.interpret import has_start, may_cut
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule
from factory.rules.window_ends import one_day_cure

MAX_BATCHES = 400

NO_WINDOW = Rule(
    "ING210", "no-window", "Neither `window` nor `query` says which rows to read.",
    "A hidden default would decide how much data is read; AppFlow's two years are an example.",
    wrong="object: Account\n", right="object: Account\nwindow: full\n", fixed=True,
)  # fmt: skip
BAD_WINDOW = Rule(
    "ING211", "bad-window", "The window cannot be read.",
    "Ends are dates, date-times with their zone, or Salesforce literals.",
    wrong="object: Account\nwindow: {from: LAST_N_DAY:5}\n",
    right='object: Account\nwindow: {from: "LAST_N_DAYS:5"}\n', fixed=True,
)  # fmt: skip
EMPTY_WINDOW = Rule(
    "ING212", "empty-window", "The window ends before it starts.",
    "No row can lie in it, so each run would publish nothing.",
    wrong="object: Account\nwindow: {from: 2026-07-01, before: 2026-01-01}\n",
    right="object: Account\nwindow: {from: 2026-01-01, before: 2026-07-01}\n", fixed=True,
)  # fmt: skip
TOO_MANY_BATCHES = Rule(
    "ING213", "too-many-batches", f"The window is cut into more than {MAX_BATCHES} batches.",
    "Each batch is a task and at least ten API calls. Larger batches read the same rows for less.",
    wrong="object: Account\nwindow: {last: 2 years}\nbatch_size: 1 day\n",
    right="object: Account\nwindow: {last: 2 years}\nbatch_size: 1 month\n", fixed=True,
)  # fmt: skip
NO_BATCHES = Rule(
    "ING214", "batches-without-start", "`batch_size` has no effect: the window has no start to count from.",
    "Batches step from the window's start; a full window, a query and `{before: …}` have none.",
    wrong="object: Account\nwindow: full\nbatch_size: 1 month\n",
    right="object: Account\nwindow: {last: 6 months}\nbatch_size: 1 month\n", fixed=True,
)  # fmt: skip
ONLY_INCREMENTAL = Rule(
    "ING215", "overlap-without-incremental", "`overlap` or `refresh` has no effect: the window is not incremental.",
    "Any other window reads all of its rows in each run: it has no interval to reach back from, and nothing to refresh.",
    wrong="object: Account\nwindow: full\noverlap: 1 hour\n",
    right='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 * * * *"\noverlap: 1 hour\n', fixed=True,
)  # fmt: skip
DROP_OF_REFRESH = Rule(
    "ING223", "drop-beside-refresh", "`expect.max_drop` contradicts `refresh`.",
    "The largest drop compares a run with the one before, and after a full read every incremental run is far smaller.",
    wrong='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 5 * * *"\nrefresh: 7 days\nexpect: {max_drop: 0.5}\n',
    right='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 5 * * *"\nrefresh: 7 days\nexpect: {min_rows: 1}\n',
    fixed=True,
)  # fmt: skip
QUERY_WINDOW = Rule(
    "ING216", "window-beside-query", "A written query has a window.",
    "The query selects its rows itself, so the window would have no effect.",
    wrong="object: Account\nquery: SELECT Id FROM Account\nwindow: {last: 6 months}\n",
    right="object: Account\nquery: SELECT Id FROM Account\n", fixed=True,
)  # fmt: skip
STANDING_STILL = Rule(
    "ING217", "window-stands-still", "A schedule repeats a window that never moves.",
    "Both ends are fixed, so every run reads the same rows again and pays for them.",
    wrong='object: Account\nwindow: {from: 2026-01-01, before: 2026-07-01}\nschedule: "5 4 * * *"\n',
    right="object: Account\nwindow: {from: 2026-01-01, before: 2026-07-01}\n", severity=Severity.WARNING,
)  # fmt: skip
AWAIT_COMMITS = Rule(
    "ING218", "await-commits-without-effect", "`await_commits` has no effect: there is no end of a window to wait for.",
    "The source says up to which moment everything is committed, by one cursor only; a full window and a query have no end to wait for.",
    wrong="object: Account\nwindow: full\nawait_commits: true\n",
    right="object: Account\nwindow: {last: 6 months}\nawait_commits: true\n", fixed=True,
)  # fmt: skip
CURSOR_IN_VAIN = Rule(
    "ING219", "cursor-without-window", "`cursor` stands beside a full window.",
    "The cursor is the field by which rows fall into a window; a full window takes every row.",
    wrong="object: Account\nwindow: full\ncursor: CreatedDate\n",
    right="object: Account\nwindow: {last: 6 months}\ncursor: CreatedDate\n", fixed=True,
)  # fmt: skip
ONE_BATCH = Rule(
    "ING225", "one-batch", "The batches are as long as the window, or longer.",
    "Nothing is cut, and the run takes three tasks for what one would do.",
    wrong="object: Account\nwindow: {last: 7 days}\nbatch_size: 1 month\n",
    right="object: Account\nwindow: {last: 7 days}\nbatch_size: 1 day\n",
)  # fmt: skip

_NOW = (
    "now",
    "current",
    "present",
    "jetzt",
    "maintenant",
    "nu",
    "ahora",
    "adesso",
    "current_date",
    "current_timestamp",
    "getdate",
    "sysdate",
)
RULES = (
    NO_WINDOW,
    BAD_WINDOW,
    EMPTY_WINDOW,
    TOO_MANY_BATCHES,
    NO_BATCHES,
    ONLY_INCREMENTAL,
    DROP_OF_REFRESH,
    QUERY_WINDOW,
    STANDING_STILL,
    AWAIT_COMMITS,
    CURSOR_IN_VAIN,
    ONE_BATCH,
)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the rows that a spec reads."""
    if "window" in spec.broken or "query" in spec.broken:
        return
    fault = spec.faults.get("window")
    if spec.window is None and fault is None:
        cure = "Add `window: full`, `window: incremental` or `window: {last: 6 months}`."
        yield NO_WINDOW.at(spec.document, ("object",), "`window` is missing", cure=cure, on_key=True)
        return
    yield from _without_effect(spec)
    if fault is not None:
        written = fault.document.value_text(fault.path)
        told = re.search("; write (before|through)", fault.text)
        meant = None if told else _ends(spec, fault) or day_or_moment(str(fault.path[-1]), unquoted(written))
        text = fault.text.partition(";")[0] if meant else fault.text
        if "last" in written and meant:
            text = "`last` stands beside another end of the window"
        cure, instead = (meant.because, meant.text) if meant else ("", "")
        yield BAD_WINDOW.at(fault.document, fault.path, text, cure=cure, instead=instead)
    elif spec.window is not None:
        yield from _batches(spec, spec.window)


def _ends(spec: Ingestion, fault: Fault) -> Meant | None:
    """What is meant by the end that is now, and by a length beside ends."""
    window = spec.settings["window"].value
    if not isinstance(window, dict):
        return None
    if "last" in window and len(window) > 1:
        return Meant(
            f"{{last: {window['last']}}}", "`last` has its end already: the end of the run's own interval."
        )
    end = fault.path[-1]
    if end in ENDS and unquoted(str(window.get(end))).casefold().rstrip("()") in _NOW:
        return Meant("", f"Leave `{end}` out: without it the window ends with the run's own interval.")
    return None


def _without_effect(spec: Ingestion) -> Iterator[Problem]:
    unbounded = bool(spec.query) and not spec.traits.cuts_queries
    if unbounded and spec.says("window") and spec.window != Full():
        message = "`query` selects its rows itself; a window has no effect beside it"
        cure = "Delete `window`, or write the bounds into the query."
        yield QUERY_WINDOW.at(spec.document, ("window",), message, cure=cure)
    if spec.says("cursor") and spec.window == Full() and not unbounded:
        message = "`cursor` has no effect: a full window takes every row"
        cure = "Delete it, or write a window with a start or an end."
        yield CURSOR_IN_VAIN.at(spec.document, ("cursor",), message, cure=cure, on_key=True)
    for key in ("overlap", "refresh"):
        if spec.says(key) and not isinstance(spec.window, Incremental):
            message = f"`{key}` has no effect: the window is not incremental"
            cure = "Delete it, or write `window: incremental`."
            if unbounded:
                message, cure = f"`{key}` has no effect: a query selects its rows itself", "Delete it."
            yield ONLY_INCREMENTAL.at(spec.document, (key,), message, cure=cure, on_key=True)
    if spec.refresh and spec.expect.max_drop is not None:
        document, path = spec.place("expect", "refresh")
        message = "`max_drop` contradicts `refresh`: the run after a full one has far fewer rows"
        yield DROP_OF_REFRESH.at(document, path, message, cure="Use `min_rows`, or leave one of the two out.")
    if spec.says("await_commits") and spec.await_commits and "cursor" not in spec.broken:
        yield from _awaited(spec)


def _awaited(spec: Ingestion) -> Iterator[Problem]:
    reason = ""
    if spec.query and not spec.traits.cuts_queries:
        reason = "a written query selects its rows itself"
    elif spec.window == Full():
        reason = "a full window has no end"
    elif not spec.traits.awaits(spec.cursor):
        reason = f"the cursor is {spec.cursor}, and {spec.traits.called} answers for {spec.traits.committed}"
    if reason:
        message = f"`await_commits` has nothing to wait for: {reason}"
        yield AWAIT_COMMITS.at(spec.document, ("await_commits",), message, cure="Delete it.", on_key=True)


def _batches(spec: Ingestion, window: Window) -> Iterator[Problem]:
    if _says_lengths(spec) and not has_start(window):
        cure = "Delete it, or give the window a start."
        message = "`batch_size` has nothing to count from: the window has no start"
        if spec.query and not spec.traits.cuts_queries:
            message, cure = "`batch_size` has nothing to cut: a query selects its rows itself", "Delete it."
        yield NO_BATCHES.at(spec.document, ("batch_size",), message, cure=cure, on_key=True)
        return
    extent = None if spec.broken & {"batch_size", "overlap"} else Extent.of(spec)
    if extent is not None:
        yield from _extent(spec, extent)


def _says_lengths(spec: Ingestion) -> bool:
    """Whether the spec says how long batches are; rows are another rule's."""
    counts_rows = isinstance(spec.batch_size, RowCount) or "batch_size" in spec.faults
    return spec.says("batch_size") and not counts_rows


def _extent(spec: Ingestion, extent: Extent) -> Iterator[Problem]:
    if spec.in_days and spec.schedule and spec.schedule.busiest_day > 1:
        return  # the source's own rule reports it; of the runs of a day all but one are empty
    document, path = spec.place("window", "query")
    try:
        extent.interval()
    except FinerThanADayError:
        return  # the source's own rule reports it, for it alone knows the cursor's type
    except WindowError as error:
        yield EMPTY_WINDOW.at(document, path, _sentence(error), cure=one_day_cure(extent.window))
        return
    if (spec.schedule or spec.after) and _stands_still(extent.window):
        key = "schedule" if spec.schedule else "after"
        message = f"{'the schedule' if spec.schedule else '`after`'} repeats a window that never moves"
        cure = f"Delete `{key}` and run it by hand, or let one end move."
        yield STANDING_STILL.at(document, path, message, cure=cure)
    try:
        count = extent.batches()
    except FinerThanADayError:
        return
    except WindowError as error:
        count, message = MAX_BATCHES + 1, _sentence(error)
    else:
        message = f"batches of {spec.batch_size} cut the window into {count:,}"
    size = length_of(spec.batch_size)
    if (
        count == 1
        and size
        and spec.says("batch_size")
        and (_stands_still(extent.window) or not may_cut(extent.window, size))
    ):
        message = f"`batch_size` has no effect: the window is not longer than {size}"
        cure = "Delete it, or make the batches smaller."
        yield ONE_BATCH.at(spec.document, ("batch_size",), message, cure=cure)
    if count > MAX_BATCHES:
        larger = _larger(extent)
        cure = f"At most {MAX_BATCHES} are allowed{'' if larger else '; make the batches larger'}."
        yield TOO_MANY_BATCHES.at(*spec.place("batch_size"), message, cure=cure, instead=larger)


def _larger(extent: Extent) -> str:
    """The least usual length that does not make too many batches; "" where there is none."""
    for unit in ("day", "week", "month", "quarter", "year"):
        size = Duration(1, unit)
        try:
            if replace(extent, batch_size=size).batches() <= MAX_BATCHES:
                return str(size)
        except WindowError:
            continue
    return ""


def _stands_still(window: Window) -> bool:
    return isinstance(window, Between) and all(
        isinstance(end, str | datetime) for end in (window.start, window.end)
    )


def _sentence(error: WindowError) -> str:
    return str(error).rstrip(".")
