"""The next run of each ingestion in words: when it begins, what it reads, in which batches."""

from collections.abc import Iterator
from datetime import datetime

from lake_ingest.spec.window import WindowError

from factory.model.ingestion import Ingestion
from factory.model.next_run import next_run


def lines(spec: Ingestion, now: datetime) -> Iterator[tuple[str, str]]:
    """What is called how: `("next run", "2026-11-28 05:00 Europe/Brussels")`."""
    try:
        run = next_run(spec, now)
    except WindowError as error:
        yield "next run", f"would fail: {error}"
        return
    begins = run.data_start
    if spec.end and begins and begins.astimezone(run.zone).date() > spec.end:
        yield "next run", f"none: the schedule ended on {spec.end}"
        return
    yield "next run", run.moment
    if spec.query and run.bounds.end is None:
        yield "reads", "the rows of the query"
    elif run.bounds.end is None:
        yield (
            "reads",
            "all rows" + (f", as the first run in a period of {spec.refresh}" if spec.refresh else ""),
        )
    else:
        by = f" by {spec.cursor}" if spec.cursor else ""
        yield "reads", f"{run.reads}{by}, the end exclusive"
        if len(run.batches) > 1:
            yield "batches", f"{len(run.batches):,}: {'; '.join(run.parts)}"
