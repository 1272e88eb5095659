"""What a run waits for before it is planned, and the wait itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

from lake_ingest.sources.source import Pending, Source
from lake_ingest.spec.ingestion import Ingestion


def awaited(tables: Any, instant: datetime, since: float | None = None) -> Pending | None:
    """What an incremental run up to an instant waits for; None for nothing."""
    ingestion = Ingestion.from_dict(tables.compiled(window="incremental", cursor="at", await_commits=True))
    found: Pending | None = tables.source().await_commits(
        ingestion, instant, since or datetime.now(UTC).timestamp()
    )
    return found


def wait(source: Source, pending: Pending) -> Pending:
    """Until the last two seconds, of which nothing is known, have passed."""
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    while not (pending := source.look(pending)).ready and datetime.now(UTC) < deadline:
        pass
    return pending
