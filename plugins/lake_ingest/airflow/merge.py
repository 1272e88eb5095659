"""The step that brings a current state to a publication: Athena runs its statements, and the triggerer waits for each."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Protocol

from lake_ingest.airflow import context as airflow
from lake_ingest.errors import RetriableError
from lake_ingest.lake.failure import explained
from lake_ingest.run.merging import Merging
from lake_ingest.run.opening import open_run

log = logging.getLogger(__name__)

Context = Mapping[str, Any]


class Shell(Protocol):
    """What the step takes from its task."""

    aws_conn_id: str
    bucket: str
    prefix: str
    ingestion: dict[str, Any]
    what: str


@dataclass(frozen=True)
class Merge:
    """A merge under way.

    Attributes:
        query: of Athena, that is waited for.
        statements: still to come of this part.
        whole: as of when the publication shows all rows of the source; None where it shows some.
        closing: whether this is the second part.
    """

    query: str
    statements: list[str]
    whole: str | None
    closing: bool

    def to_dict(self) -> dict[str, Any]:
        """As it is kept while the triggerer waits; `Merge(**value)` reads it."""
        return asdict(self)


def begin(task: Shell, context: Context) -> Merge | None:
    """Begin the first statement; None where the publication changes nothing."""
    with airflow.reported():
        merging = _merging(task, context)
        statements, whole = merging.bring()
        return _next(task, merging, statements, whole, closing=False)


def go_on(task: Shell, context: Context, event: Mapping[str, Any], value: Mapping[str, Any]) -> Merge | None:
    """Begin the next statement; None when all are done."""
    merge = Merge(**value)
    with airflow.reported():
        if event["state"] != "SUCCEEDED":
            raise RetriableError(
                f"Athena ended query {merge.query} as {event['state']}: {event['reason'] or 'it does not say why'}"
            )
        return _next(task, _merging(task, context), merge.statements, merge.whole, closing=merge.closing)


def _next(
    task: Shell, merging: Merging, statements: list[str], whole: str | None, *, closing: bool
) -> Merge | None:
    if not statements and not closing:
        statements, closing = merging.take_out(whole), True
    if not statements:
        log.info("The current state of %s is that of %s", merging.ingestion.dataset, merging.date)
        return None
    group = airflow.workgroup_of(merging.ingestion.unit)
    log.info("Athena, workgroup %s: %s", group, statements[0])
    with explained(f"merge into the current state of {merging.ingestion.dataset} by Athena"):
        started = airflow.athena_client(task.aws_conn_id).start_query_execution(
            QueryString=statements[0], WorkGroup=group
        )
    return Merge(started["QueryExecutionId"], statements[1:], whole, closing)


def _merging(task: Shell, context: Context) -> Merging:
    run = airflow.run_of(context)
    return Merging(
        airflow.s3_bucket(task.aws_conn_id, task.bucket),
        task.prefix,
        open_run(task.ingestion, run).ingestion,
        partial(airflow.glue_client, task.aws_conn_id),
        task.what,
        run.logical_date,
    )
