"""The org's own word on late commits: up to when every change has been committed.

A transaction stamps its rows when it writes them and shows them when it ends, so a row may appear behind a stamp that
was read already. Salesforce knows its open transactions: `latestDateCovered` of getUpdated stays at the start of the
oldest of them (SOAP API developer guide, getUpdated).
"""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.source import Pending
from lake_ingest.spec.ingestion import Ingestion

PATIENCE = timedelta(hours=1)
# getUpdated answers for 30 days, and no transaction lasts that long: what is older is committed.
_ASKABLE = timedelta(days=29)
# It must be asked for more than a minute and ignores seconds; a short span brings few ids of changed rows along.
_ASKED = timedelta(minutes=2)
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 10.0, 300.0, 1.5  # seconds


@dataclass(frozen=True)
class Coverage:
    """Up to when every change is committed, and the time, both by the org's clock."""

    until: datetime
    now: datetime


def await_commits(client: Client, ingestion: Ingestion, instant: datetime, since: float) -> Pending | None:
    """What a run waits for before it is planned; None where the org has committed all, or cannot be asked any more.

    Args:
        client: of the org; it is asked once.
        ingestion: whose object it is.
        instant: the end of the run's window.
        since: when the run began to wait, in seconds since 1970.

    Raises:
        FatalError: waiting does not help.
        RetriableError, QuotaError: the run has waited long enough, or the org could not be asked.
    """
    if instant < datetime.now(UTC) - _ASKABLE:
        return None
    found = coverage(client, ingestion.object, instant)
    if found.until >= instant:
        return None
    deadline = since + PATIENCE.total_seconds()
    check_patience(ingestion.dataset, instant, found, over=time.time() >= deadline)
    pause = max(_FIRST_PAUSE, (instant - found.now).total_seconds())  # at least until the window has ended
    token = {"commits_of": ingestion.object, "before": instant.isoformat(), "pause": _FIRST_PAUSE}
    what = f"the commits of everything before {instant:%Y-%m-%dT%H:%M:%SZ}"
    return Pending(what, token, time.time() + pause, deadline)


def look_for_commits(client: Client, pending: Pending) -> Pending:
    """Ask again; the pauses grow up to five minutes."""
    token = pending.token
    instant = datetime.fromisoformat(token["before"])
    found = coverage(client, token["commits_of"], instant)
    pause = min(token["pause"] * _GROWTH, _LONGEST_PAUSE)
    return replace(
        pending, token={**token, "pause": pause}, look_at=time.time() + pause, ready=found.until >= instant
    )


def coverage(client: Client, object_name: str, instant: datetime) -> Coverage:
    """Ask the org how far the changes of an object before an instant are committed; one call.

    Raises:
        FatalError: the object is not replicated, or the user may not ask.
        RetriableError, QuotaError: the org could not be asked.
    """
    end = _next_minute(instant)
    doing = f"say up to when the changes of {object_name} are committed"
    with client.request(
        "GET",
        f"sobjects/{object_name}/updated",
        doing,
        params={"start": (end - _ASKED).isoformat(), "end": end.isoformat()},
    ) as response:
        now = _now(response)
        until = _covered(response, doing)
    return Coverage(min(until, now), now)


def check_patience(dataset: str, instant: datetime, found: Coverage, *, over: bool) -> None:
    """Refuse to wait for what will not come.

    Args:
        dataset: whose run waits.
        instant: the end of its window.
        found: what the org said last.
        over: whether the run has waited as long as it may.

    Raises:
        FatalError: the window ends so far in the future that waiting does not help.
        RetriableError: the run has waited long enough.
    """
    end = f"{instant:%Y-%m-%dT%H:%M:%SZ}"
    if instant > found.now + PATIENCE:
        raise FatalError(
            f"the window of {dataset} ends at {end}, which lies ahead of the org's clock ({found.now:%Y-%m-%dT%H:%M:%SZ});"
            " its commits cannot be awaited. Let the window end in the past, or write await_commits: false."
        )
    if over:
        raise RetriableError(
            f"the window of {dataset} ends at {end}, and after {PATIENCE} the org still answers for changes before"
            f" {found.until:%Y-%m-%dT%H:%M:%SZ} only (latestDateCovered): a long transaction is open. Nothing was read; a"
            " retry waits again."
        )


def _next_minute(instant: datetime) -> datetime:
    whole = instant.replace(second=0, microsecond=0)
    return whole if whole == instant else whole + timedelta(minutes=1)


def _covered(response: requests.Response, doing: str) -> datetime:
    try:
        answer: dict[str, Any] = response.json()
        return datetime.fromisoformat(answer["latestDateCovered"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError):
        raise RetriableError(f"Salesforce could not {doing}: its answer holds no latestDateCovered") from None


def _now(response: requests.Response) -> datetime:
    """The org's clock; where the answer does not give it, this machine's."""
    told = response.headers.get("Date")
    return parsedate_to_datetime(told).astimezone(UTC) if told else datetime.now(UTC)
