"""What the tasks of a compiled DAG do: they open what they need through Airflow and call a function of `run`."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from lake_ingest.airflow import context as airflow
from lake_ingest.airflow.notices import tell_trouble
from lake_ingest.airflow.one_object import write_one_object
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.publication import Place
from lake_ingest.lake.staging import Staging
from lake_ingest.run.budget import ledger_of
from lake_ingest.run.drift import Drift
from lake_ingest.run.following import dates_of
from lake_ingest.run.frozen_plan import Plan, planned
from lake_ingest.run.ingest import Lake, ingest
from lake_ingest.run.opening import Opening, Run, open_run
from lake_ingest.run.planning import plan_run
from lake_ingest.run.publish import publish
from lake_ingest.run.reading import BatchReader, Reading
from lake_ingest.run.registration import Glue
from lake_ingest.run.waiting import Waiting
from lake_ingest.sources.source import Source
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.object_key import deleted_prefix

log = logging.getLogger(__name__)

Context = Mapping[str, Any]


class Shell(Protocol):
    """What a step takes from its task."""

    aws_conn_id: str
    bucket: str
    prefix: str
    spec_url: str
    notices: Mapping[str, str] | None
    table: str
    region: str
    outlets: Sequence[Any]
    published: Manifest | None

    def watch(self, reader: BatchReader[Any]) -> None:
        """Remember what is being read, for whoever may have to stop it."""


class Whole(Shell, Protocol):
    """A task that carries the ingestion."""

    ingestion: dict[str, Any] | None


class OfOneBatch(Shell, Protocol):
    """A task that carries one element of what `plan_batches` returned."""

    batch: dict[str, Any] | None


Step = Callable[[Any, Context, Waiting | None], Any]


def plan_batches(task: Whole, context: Context, waited: Waiting | None) -> list[dict[str, Any]] | Waiting:
    """Freeze the plan; gives one small dict a batch: index, label, start, end."""
    with airflow.reported():
        opening = _opened(task, airflow.run_of(context))
        source = _source(opening.ingestion)
        plan = plan_run(source, _bucket(task), task.prefix, opening, waited)
    if isinstance(plan, Waiting):
        return plan
    return [
        {"index": index, "label": batch.label, **batch.to_dict()} for index, batch in enumerate(plan.batches)
    ]


def ingest_one_batch(task: Whole, context: Context, waited: Waiting | None) -> dict[str, Any] | Waiting:
    """Plan, read and publish; gives where the manifest lies, and the publication's rows, bytes and calls."""
    with airflow.reported():
        run = airflow.run_of(context)
        opening = _opened(task, run)
        source = _source(opening.ingestion)
        first = airflow.is_first_try(context)
        lake = Lake(_bucket(task), task.prefix, airflow.protection_key, first, _glue(task))
        manifest = ingest(source, lake, opening, waited, task.watch)
    return manifest if isinstance(manifest, Waiting) else _published(task, context, run, manifest)


def extract(task: OfOneBatch, context: Context, waited: Waiting | None) -> dict[str, Any] | Waiting:
    """Stage a batch; gives its rows, bytes and calls, and how it was read."""
    index: int = (task.batch or {})["index"]
    with airflow.reported():
        staging = Staging(_bucket(task), task.prefix, airflow.run_of(context).run_id)
        plan = planned(staging)

        def deliver(reading: Reading) -> dict[str, Any]:
            from lake_ingest.run.extract import stage_batch  # noqa: PLC0415 - Arrow, once there are rows

            key = airflow.protection_key(plan.ingestion.protect_conn_id)
            receipt = stage_batch(staging, plan, index, reading, key)
            return {
                "rows": receipt.rows,
                "bytes": receipt.bytes,
                "route": receipt.route,
                "calls": receipt.calls,
            }

        return _read(task, plan, index, staging, deliver, waited)


def publish_batches(task: Shell, context: Context, _: Waiting | None) -> dict[str, Any]:
    """Publish; gives where the manifest lies, and the publication's rows, bytes and calls."""
    with airflow.reported():
        run = airflow.run_of(context)
        staging = Staging(_bucket(task), task.prefix, run.run_id)
        manifest = publish(staging, task.prefix, run.run_id, run.logical_date, _glue(task))
    return _published(task, context, run, manifest)


def compare_ids(task: Whole, context: Context, waited: Waiting | None) -> dict[str, Any] | Waiting:
    """Compare and publish what is missing; gives where the manifest lies, and the counts.

    What the lake has is frozen before the source is asked; the task is skipped when its period was compared already.
    """
    from lake_ingest.run.comparison.baseline import freeze, frozen  # noqa: PLC0415 - most runs compare nothing
    from lake_ingest.run.comparison.due import why_not  # noqa: PLC0415

    below = deleted_prefix(task.prefix)
    with airflow.reported():
        run = airflow.run_of(context)
        staging = Staging(_bucket(task), below, run.run_id)
        ingestion = open_run(task.ingestion or {}, run).ingestion
        if waited is None:
            reason = why_not(staging.bucket, task.prefix, run.logical_date, ingestion)
            if reason is not None:
                raise airflow.skipped(f"keys are not compared: {reason}")
            freeze(staging, task.prefix, run.logical_date)
        from lake_ingest.run.comparison.compare import key_plan, stage_comparison  # noqa: PLC0415
        from lake_ingest.run.comparison.outcome import publish_comparison  # noqa: PLC0415

        plan = key_plan(_source(ingestion), task.ingestion or {}, run)

        def deliver(reading: Reading) -> dict[str, Any]:
            baseline = frozen(staging)
            outcome = stage_comparison(staging, plan, baseline, reading)
            manifest = publish_comparison(staging, task.prefix, plan, baseline, reading, outcome, _glue(task))
            url = Place.of(staging.bucket, below, run.logical_date).url
            log.info(
                "%s of the lake's %s keys are not among the source's %s: %s",
                manifest.rows,
                outcome.in_lake,
                outcome.in_source,
                url,
            )
            facts = {"rows": manifest.rows, "bytes": manifest.bytes, "manifest": url}
            airflow.tell_readers(
                task.outlets, context, facts | dates_of(manifest.logical_date, manifest.data_interval)
            )
            return {"manifest": url, "missing": manifest.rows, "calls": manifest.calls}

        result = _read(task, plan, 0, staging, deliver, waited)
        if not isinstance(result, Waiting):
            staging.clear()  # not before the source holds nothing more, which is noted there
    return result


STEPS: dict[str, Step] = {
    "ingest": ingest_one_batch,
    "plan_batches": plan_batches,
    "extract": extract,
    "publish": publish_batches,
    "compare_ids": compare_ids,
    "one_object": write_one_object,
}


def _opened(task: Whole, run: Run) -> Opening:
    """The opening of a run; one that begins on a closed day is skipped, and the next one reads its span too."""
    opening = open_run(task.ingestion or {}, run)
    if opening.closed is not None:
        raise airflow.skipped(
            f"{opening.closed} is a day of the spec's calendar on which nothing runs; the next run makes up for it"
        )
    return opening


def _read(
    task: Shell,
    plan: Plan,
    index: int,
    staging: Staging,
    deliver: Callable[[Reading], dict[str, Any]],
    waited: Waiting | None,
) -> dict[str, Any] | Waiting:
    """Read a batch; the calls are entered into the unit's ledger whatever comes of it."""
    source = _source(plan.ingestion)
    reader = BatchReader(source, plan.request(index), staging, index, deliver)
    task.watch(reader)
    try:
        return reader.resume(waited) if waited else reader.begin()
    finally:
        unrecorded = waited.unrecorded if waited else 0
        ledger_of(plan.ingestion, staging.bucket).record(source.calls + unrecorded)


def _published(task: Shell, context: Context, run: Run, manifest: Manifest) -> dict[str, Any]:
    url = Place.of(_bucket(task), task.prefix, run.logical_date).url
    log.info("Published %s rows in %s objects: %s", manifest.rows, len(manifest.batches), url)
    window = manifest.window.to_dict()
    facts = {"rows": manifest.rows, "bytes": manifest.bytes, "window": window, "manifest": url}
    facts |= dates_of(manifest.logical_date, manifest.data_interval)
    if task.table:
        facts["table"] = task.table
    airflow.tell_readers(task.outlets, context, facts)
    task.published = manifest
    drift = Drift.from_dict(manifest.drift)
    if drift:
        tell_trouble(task, context, "drift", f"The columns are not those of the publication before. {drift}.")
    return {"manifest": url, "rows": manifest.rows, "bytes": manifest.bytes, "calls": manifest.calls}


def _source(ingestion: Ingestion) -> Source:
    return airflow.source_of(ingestion.source, ingestion.conn_id, ingestion.options)


def _glue(task: Shell) -> Glue:
    return partial(airflow.glue_client, task.aws_conn_id)


def _bucket(task: Shell) -> Bucket:
    bucket = airflow.s3_bucket(task.aws_conn_id, task.bucket)
    task.region = bucket.client.meta.region_name
    return bucket
