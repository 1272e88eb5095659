"""How many Salesforce API calls an ingestion makes.

Every HTTP request counts against the org's limit (API limits, "Total API Request Allocations"); logins do not. How many rows a batch
has is not known offline, so there are two figures: what a run makes at the least, and what it makes by Bulk when each of its jobs is
looked at as often as the task looks before it defers. The manifest of a run has the true number.
"""

from collections.abc import Sequence

from lake_ingest.spec.window import WindowError

from factory.model.demand import Demand
from factory.model.schedule import WEEK
from factory.sources.seam import Forecast

ROWS_A_PAGE = 2000  # of REST; a batch of no more is one call, which sizes it as well
_LEAST_JOB = 4  # created, looked at, one page, deleted
_LOOKS = 6  # before the task defers
_JOB = _LEAST_JOB - 1 + _LOOKS
_FILES = (
    "Body",
    "VersionData",
    "LogFile",
)  # of Attachment, Document, StaticResource; ContentVersion; EventLogFile
_POLYMORPHIC = ("Owner", "Who", "What")  # their fields are known without a description


def forecast(demand: Demand) -> Forecast:
    """The cost of a run; an extent that cannot be read costs nothing."""
    extent = demand.extent
    if extent is None:
        return Forecast()
    try:
        batches = extent.batches()
    except WindowError:
        return Forecast()
    api = demand.options.get("api") or "auto"
    once = 1 + len(_parents(demand.fields)) + demand.await_commits
    sizing = api == "auto"
    rest = once + batches
    least = once + batches * _LEAST_JOB if api == "bulk" else rest
    most = rest if api == "rest" else once + batches * (_JOB + sizing)
    return Forecast(
        batches=batches,
        runs_a_day=extent.schedule.busiest_day if extent.schedule else 0,
        weekdays=extent.schedule.weekdays if extent.schedule else WEEK,
        least=least,
        most=most,
        once_a_period=1 if demand.compares else 0,
        words=_words(api, rest, least, most, compares=demand.compares) + _of_files(demand.fields),
    )


def _words(api: str, rest: int, least: int, most: int, *, compares: bool) -> str:
    more = f"and one more for every {ROWS_A_PAGE:,} rows beyond the first {ROWS_A_PAGE:,} of a batch"
    said = {
        "auto": f"{rest:,} API calls by REST for small batches, up to {most:,} by Bulk for large ones",
        "rest": f"{rest:,} API calls by REST, {more}",
        "bulk": f"{least:,} to {most:,} API calls by Bulk",
    }[api]
    return f"{said}; comparing ids adds 1 to {_JOB + 1}" if compares else said


def _of_files(fields: Sequence[str]) -> str:
    """What the files of base64 fields cost; the fields are known by their names, for a forecast has no catalogue."""
    files = [field for field in fields if field.rpartition(".")[2] in _FILES]
    return f", and one more for each row's {' and '.join(files)}" if files else ""


def _parents(fields: Sequence[str]) -> set[str]:
    """The paths of the parents that are described: `Account` and `Account.Parent` for `Account.Parent.Name`."""
    found: set[str] = set()
    for field in fields:
        steps = field.split(".")[:-1]
        found |= {".".join(steps[: place + 1]) for place in range(len(steps))}
    return {path for path in found if not set(path.split(".")) & set(_POLYMORPHIC)}
