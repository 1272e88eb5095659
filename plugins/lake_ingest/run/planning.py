"""The first step of a run: what it reads is decided once and frozen, when the source has committed all of it."""

import logging
import time

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.staging import Staging
from lake_ingest.run.budget import check_budget, ledger_of
from lake_ingest.run.frozen_plan import Plan, make_plan
from lake_ingest.run.opening import Opening
from lake_ingest.run.waiting import COMMITS, Waiting
from lake_ingest.sources.source import Source

log = logging.getLogger(__name__)


def plan_run(
    source: Source, bucket: Bucket, prefix: str, opening: Opening, waited: Waiting | None = None
) -> Plan | Waiting:
    """Freeze the plan of a run, or say what has to be waited for before.

    Args:
        source: to read from.
        bucket: to publish to.
        prefix: of the ingestion's publications.
        opening: the run.
        waited: what was waited for; None at first.

    Raises:
        FatalError: the spec does not fit what the source has.
        RetriableError, QuotaError: the source could not be asked, or has no calls left for the run.
    """
    ingestion, day = opening.ingestion, opening.run.logical_date
    ledger = ledger_of(ingestion, bucket)
    earlier = waited.calls if waited else 0
    try:
        waiting = await_commits(source, opening, waited)
        if waiting is not None:
            return waiting
        plan = make_plan(source, opening, last_manifest(bucket, prefix, day), earlier_calls=earlier)
    finally:
        ledger.record(source.calls + (waited.unrecorded if waited else 0))
    check_budget(ingestion, ledger.spent(), source.usage)
    Staging(bucket, prefix, opening.run.run_id).begin(plan.to_dict())
    report(plan)
    return plan


def report(plan: Plan) -> None:
    """Say in the task's log what the run reads, and what has changed."""
    if plan.drift:
        log.warning("Fields differ from the last publication: %s", plan.drift)
    log.info("Window %s in %s batches", plan.window.label, len(plan.batches))


def await_commits(source: Source, opening: Opening, waited: Waiting | None) -> Waiting | None:
    """What to wait for, where the spec asks for it. A triggerer that could not ask leaves the question to the task."""
    ingestion, end = opening.ingestion, opening.end
    if not ingestion.await_commits or end is None or (waited and waited.pending.ready):
        return None
    started = waited.started if waited else time.time()
    pending = source.await_commits(ingestion, end, started)
    if pending is None:
        return None
    calls = source.calls + (waited.calls if waited else 0)
    return Waiting(ingestion.source, ingestion.conn_id, ingestion.options, pending, COMMITS, started, calls)
