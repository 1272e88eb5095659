"""ING21x: which rows a run reads, and in what batches."""

from collections.abc import Iterator
from datetime import datetime

from lake_ingest.spec.ingestion import DEFAULT_CURSOR
from lake_ingest.spec.window import Between, Full, Point, Window, WindowError, parse_window

from factory.model.extent import Extent
from factory.model.ingestion import Spec
from factory.read.document import Document, KeyPath
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule
from factory.rules.timing import is_schedule, is_zone

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
    wrong="object: Account\nwindow: {from: 2026-07-01, to: 2026-01-01}\n",
    right="object: Account\nwindow: {from: 2026-01-01, to: 2026-07-01}\n", fixed=True,
)  # fmt: skip
TOO_MANY_BATCHES = Rule(
    "ING213", "too-many-batches", f"The window is cut into more than {MAX_BATCHES} batches.",
    "Each batch is a task and at least ten API calls. Larger batches read the same rows for less.",
    wrong="object: Account\nwindow: {last: 2 years}\nbatch_size: 1 day\n",
    right="object: Account\nwindow: {last: 2 years}\nbatch_size: 1 month\n", fixed=True,
)  # fmt: skip
NO_BATCHES = Rule(
    "ING214", "batches-without-start", "`batch_size` stands where the window has no start to count from.",
    "Batches step from the window's start; a full window, a query and `{to: …}` have none.",
    wrong="object: Account\nwindow: full\nbatch_size: 1 month\n",
    right="object: Account\nwindow: {last: 6 months}\nbatch_size: 1 month\n", fixed=True,
)  # fmt: skip
ONLY_INCREMENTAL = Rule(
    "ING215", "overlap-without-incremental", "`overlap` stands beside a window that is not incremental.",
    "Only an incremental run reaches back before its interval; elsewhere the key has no effect.",
    wrong="object: Account\nwindow: full\noverlap: 1 hour\n",
    right='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 * * * *"\noverlap: 1 hour\n', fixed=True,
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
    wrong='object: Account\nwindow: {from: 2026-01-01, to: 2026-07-01}\nschedule: "5 4 * * *"\n',
    right="object: Account\nwindow: {from: 2026-01-01, to: 2026-07-01}\n", severity=Severity.WARNING,
)  # fmt: skip
AWAIT_COMMITS = Rule(
    "ING218", "await-commits-without-effect", "`await_commits` stands where no end of a window can be awaited.",
    "The org tells up to which SystemModstamp everything is committed; a full window, a query and other cursors know none.",
    wrong="object: Account\nwindow: full\nawait_commits: true\n",
    right="object: Account\nwindow: {last: 6 months}\nawait_commits: true\n", fixed=True,
)  # fmt: skip

RULES = (
    NO_WINDOW,
    BAD_WINDOW,
    EMPTY_WINDOW,
    TOO_MANY_BATCHES,
    NO_BATCHES,
    ONLY_INCREMENTAL,
    QUERY_WINDOW,
    STANDING_STILL,
    AWAIT_COMMITS,
)


def check(spec: Spec) -> Iterator[Problem]:
    """What is wrong with the rows that a spec reads."""
    if "window" in spec.broken or "query" in spec.broken:
        return
    if spec.query is None and spec.window is None:
        cure = "Add `window: full`, `window: incremental` or `window: {last: 6 months}`."
        yield NO_WINDOW.at(spec.document, ("object",), "`window` is missing", cure=cure, on_key=True)
        return
    yield from _without_effect(spec)
    try:
        window = parse_window(spec.window)
    except WindowError as error:
        document, path = _place(spec)
        yield BAD_WINDOW.at(document, path, _sentence(error))
        return
    if spec.says("batch_size") and "batch_size" not in spec.broken and not _has_start(window):
        cure = "Delete it, or give the window a start."
        message = "`batch_size` has nothing to count from: the window has no start"
        yield NO_BATCHES.at(spec.document, ("batch_size",), message, cure=cure, on_key=True)
    elif (
        not spec.broken & {"batch_size", "overlap"}
        and is_zone(spec.value("timezone"))
        and is_schedule(spec.value("schedule"))
    ):
        yield from _extent(spec, window)


def _without_effect(spec: Spec) -> Iterator[Problem]:
    if spec.query and spec.says("window") and spec.value("window") != "full":
        message = "`query` selects its rows itself; a window has no effect beside it"
        cure = "Delete `window`, or write the bounds into the query."
        yield QUERY_WINDOW.at(spec.document, ("window",), message, cure=cure)
    if spec.says("overlap") and spec.window != "incremental":
        message = "`overlap` has no effect: the window is not incremental"
        cure = "Delete it, or write `window: incremental`."
        yield ONLY_INCREMENTAL.at(spec.document, ("overlap",), message, cure=cure, on_key=True)

    if spec.says("await_commits") and spec.value("await_commits") and not {"cursor"} & spec.broken:
        yield from _awaited(spec)


def _awaited(spec: Spec) -> Iterator[Problem]:
    reason = ""
    if spec.query:
        reason = "a written query selects its rows itself"
    elif spec.window == "full":
        reason = "a full window has no end"
    elif spec.value("cursor") != DEFAULT_CURSOR:
        reason = f"the cursor is {spec.value('cursor')}, and the org answers for {DEFAULT_CURSOR}"
    if reason:
        message = f"`await_commits` has nothing to wait for: {reason}"
        yield AWAIT_COMMITS.at(spec.document, ("await_commits",), message, cure="Delete it.", on_key=True)


def _extent(spec: Spec, window: Window) -> Iterator[Problem]:
    document, path = _place(spec)
    extent = Extent.of(spec)
    try:
        extent.interval()
    except WindowError as error:
        yield EMPTY_WINDOW.at(document, path, _sentence(error), cure="Let the window end after its start.")
        return
    if (
        isinstance(window, Between)
        and _is_fixed(window.start)
        and _is_fixed(window.end)
        and spec.value("schedule")
    ):
        message = "the schedule repeats a window that never moves"
        cure = "Delete `schedule` and run it by hand, or let one end move."
        yield STANDING_STILL.at(document, path, message, cure=cure)
    try:
        count = extent.batches()
        message = f"batches of {spec.batch_size} cut the window into {count:,}"
    except WindowError as error:
        count, message = MAX_BATCHES + 1, _sentence(error)
    if count > MAX_BATCHES:
        size = spec.settings["batch_size"]
        cure = f"At most {MAX_BATCHES} are allowed; make the batches larger."
        yield TOO_MANY_BATCHES.at(size.document or spec.document, size.path, message, cure=cure)


def _place(spec: Spec) -> tuple[Document, KeyPath]:
    """Where the window stands; the end at fault, where only one can be."""
    setting = spec.settings["window"]
    if setting.document is None:
        return spec.document, ("query",)
    for end, text in spec.window.items() if isinstance(spec.window, dict) else ():
        try:
            parse_window({end: text})
        except WindowError:
            return setting.document, (*setting.path, end)
    return setting.document, setting.path


def _has_start(window: Window) -> bool:
    return not isinstance(window, Full) and not (isinstance(window, Between) and window.start is None)


def _is_fixed(end: Point | None) -> bool:
    return isinstance(end, str | datetime)


def _sentence(error: WindowError) -> str:
    return str(error).rstrip(".")
