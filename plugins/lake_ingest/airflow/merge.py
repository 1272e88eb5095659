"""The step that brings a current state to a publication: Athena runs its statements, and the triggerer waits for each."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
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


BRING, TAKE_OUT, PUT_TOGETHER = "bring", "take out", "put together"
_MORE = "ICEBERG_VACUUM_MORE_RUNS_NEEDED"  # one VACUUM deletes so many objects, and asks to be run again
_ROUNDS = 20


@dataclass(frozen=True)
class Merge:
    """A merge under way.

    Attributes:
        query: of Athena, that is waited for.
        running: its statement.
        statements: still to come of this part.
        part: BRING, TAKE_OUT or PUT_TOGETHER.
        whole: as of when the publication shows all rows of the source; None where it shows some.
        rounds: how often the statement was run before.
    """

    query: str
    running: str
    statements: list[str]
    part: str
    whole: str | None
    rounds: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As it is kept while the triggerer waits; `Merge(**value)` reads it."""
        return asdict(self)


def begin(task: Shell, context: Context) -> Merge | None:
    """Begin the first statement; None where the publication changes nothing."""
    with airflow.reported():
        merging = _merging(task, context)
        statements, whole = merging.bring()
        return _next(task, merging, statements, BRING, whole)


def go_on(task: Shell, context: Context, event: Mapping[str, Any], value: Mapping[str, Any]) -> Merge | None:
    """Begin the next statement; None when all are done."""
    merge = Merge(**value)
    with airflow.reported():
        reason = event["reason"] or "it does not say why"
        if event["state"] != "SUCCEEDED" and _MORE in reason and merge.rounds < _ROUNDS:
            return replace(merge, query=_started(task, merge.running), rounds=merge.rounds + 1)
        if event["state"] != "SUCCEEDED":
            stands = (
                ""
                if merge.part != PUT_TOGETHER
                else "; the current state is right, only its files were not put together"
            )
            raise RetriableError(f"Athena ended query {merge.query} as {event['state']}: {reason}{stands}")
        return _next(task, _merging(task, context), merge.statements, merge.part, merge.whole)


def _next(task: Shell, merging: Merging, statements: list[str], part: str, whole: str | None) -> Merge | None:
    dataset = merging.ingestion.dataset
    if part == PUT_TOGETHER and not statements:
        merging.was_put_together(datetime.now(UTC))
        return None
    if part == BRING and not statements:
        statements, part = merging.take_out(whole), TAKE_OUT
    if part == TAKE_OUT and not statements:
        log.info("The current state of %s is that of %s", dataset, merging.date)
        statements, part = merging.put_together(datetime.now(UTC)), PUT_TOGETHER
    if not statements:
        return None
    first, *others = statements
    return Merge(_started(task, first), first, others, part, whole)


def _started(task: Shell, statement: str) -> str:
    """The number of the query that runs a statement."""
    unit = task.ingestion["unit"]
    group = airflow.workgroup_of(unit)
    log.info("Athena, workgroup %s: %s", group, statement)
    with explained(f"merge into the current state of {unit}.{task.ingestion['name']} by Athena"):
        started = airflow.athena_client(task.aws_conn_id).start_query_execution(
            QueryString=statement, WorkGroup=group
        )
    return str(started["QueryExecutionId"])


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
