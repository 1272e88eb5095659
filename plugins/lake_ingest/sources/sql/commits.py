"""Late commits: a transaction stamps its rows when it writes them and shows them when it ends.

A run waits until no transaction is left that began before its window's end. The database shows when the open ones began. A
prepared one shows only when it was prepared; so once every open one is new enough, those that were prepared by then have to go.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.source import Pending

PATIENCE = timedelta(hours=1)
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 5.0, 300.0, 1.5  # seconds


@dataclass(frozen=True)
class Horizon:
    """How far a database's changes are committed, by its own clock.

    Attributes:
        now: when it was asked.
        open_since: when the oldest open transaction began; a little before `now` where there is none.
        prepared_since: when the oldest prepared transaction was prepared; None without one.
        holder: whose transaction the oldest is, for people.
        stamps_precede: whether a transaction that is open may hold stamps of before its beginning, so that each is waited for.
    """

    now: datetime
    open_since: datetime
    prepared_since: datetime | None = None
    holder: str = ""
    stamps_precede: bool = False


def await_horizon(
    dataset: str, instant: datetime, since: float, ask: Callable[[], Horizon]
) -> Pending | None:
    """What a run waits for before it is planned; None where every change before an instant is committed.

    Args:
        dataset: whose run waits.
        instant: the end of its window.
        since: when it began to wait, in seconds since 1970.
        ask: the database.

    Raises:
        FatalError: the window ends so far in the future that waiting does not help.
        RetriableError: the run has waited long enough, or the database could not be asked.
    """
    found = ask()
    instant, fenced = _fence(instant, found)
    if found.open_since >= instant and found.prepared_since is None:
        return None
    deadline = since + PATIENCE.total_seconds()
    _check_patience(dataset, instant, found, over=time.time() >= deadline)
    token = {
        "commits_before": instant.isoformat(),
        "pause": _FIRST_PAUSE,
        "clean": _clean(instant, found, None),
        "fenced": fenced,
    }
    pause = max(_FIRST_PAUSE, (instant - found.now).total_seconds())
    return Pending(_what(instant, found), token, time.time() + pause, deadline)


def look_at_horizon(pending: Pending, ask: Callable[[], Horizon]) -> Pending:
    """Ask again; the pauses grow up to five minutes."""
    token = pending.token
    instant = datetime.fromisoformat(token["commits_before"])
    found = ask()
    fenced = token.get("fenced", True)
    if not fenced:
        instant, fenced = _fence(instant, found)
    clean = _clean(instant, found, token["clean"])
    gone = found.prepared_since is None or (
        clean is not None and found.prepared_since > datetime.fromisoformat(clean)
    )
    pause = min(token["pause"] * _GROWTH, _LONGEST_PAUSE)
    return replace(
        pending,
        what=_what(instant, found),
        token={"commits_before": instant.isoformat(), "pause": pause, "clean": clean, "fenced": fenced},
        look_at=time.time() + pause,
        ready=clean is not None and gone,
    )


def _fence(instant: datetime, found: Horizon) -> tuple[datetime, bool]:
    """What every open transaction has to have begun after, and whether the window had ended by then."""
    ended = found.now >= instant
    return (found.now if ended and found.stamps_precede else instant), ended


def _clean(instant: datetime, found: Horizon, before: str | None) -> str | None:
    """When every open transaction was first seen to have begun at the instant or after it."""
    return before or (found.now.isoformat() if found.open_since >= instant else None)


def _check_patience(dataset: str, instant: datetime, found: Horizon, *, over: bool) -> None:
    if instant > found.now + PATIENCE:
        raise FatalError(
            f"the window of {dataset} ends at {_shown(instant)}, which lies ahead of the database's clock ({_shown(found.now)}); its commits"
            " cannot be awaited. Let the window end in the past, or write await_commits: false."
        )
    if over:
        raise RetriableError(
            f"the window of {dataset} ends at {_shown(instant)}, and after {PATIENCE} a transaction that began before is still open"
            f"{_by(found)}. Nothing was read; a retry waits again."
        )


def _what(instant: datetime, found: Horizon) -> str:
    return f"the commits of everything before {_shown(instant)}{_by(found)}"


def _by(found: Horizon) -> str:
    return f" ({found.holder})" if found.holder else ""


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
