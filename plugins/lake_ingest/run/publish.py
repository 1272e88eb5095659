"""The publication of a run: its staged batches, verified and put where readers look."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.manifest import Manifest, PublishedBatch, described, published
from lake_ingest.lake.publication import Place, prune, side_by_side, switch
from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.run.expect import Delivered, check, fulfilled
from lake_ingest.run.frozen_plan import Plan, planned, written
from lake_ingest.run.registration import Glue, no_catalogue, open_table
from lake_ingest.spec.object_key import data_name, extension

log = logging.getLogger(__name__)


def publish(
    staging: Staging, prefix: str, run_id: str, logical_date: datetime, glue: Glue = no_catalogue
) -> Manifest:
    """Publish a run's staged batches, and let the dataset's table hold them, if it is one.

    Until the manifest is written the former publication stands: new objects have keys of their own, and those that
    were copied by a publication which fails are taken away again. The manifest replaces the one that was read at the
    start, or nothing: of two runs that publish the same date at once, one wins and the other fails. A second call
    after an interruption, at whatever point, finishes the first one's work.

    Raises:
        FatalError: the run has nothing staged and nothing published, or fewer rows than the spec expects.
        RetriableError: S3 failed, a staged object is not what its receipt says, or another run was first.
    """
    bucket = staging.bucket
    place = Place.of(bucket, prefix, logical_date)
    standing = bucket.read(place.manifest)
    if standing and standing.value["run_id"] == run_id and not _staged_anew(staging):
        log.info("The publication stands already; clearing what is left of the run")
        manifest = Manifest.from_dict(standing.value)
        replaced = bucket.keys(place.folder, before=standing.modified)
        frozen = staging.frozen()
        if frozen:  # else all was done but the plan's removal, which comes last
            open_table(Plan.from_dict(frozen), place, prefix, glue).catch_up()
    else:
        plan = planned(staging)
        receipts = _receipts(staging, plan)
        last = last_manifest(bucket, prefix, logical_date)
        check(plan.ingestion.expect, Delivered.of(plan, receipts), last, plan.ingestion.dataset)
        replaced = bucket.keys(place.folder)
        table = open_table(plan, place, prefix, glue)
        side_by_side(lambda receipt: _verify_staged(bucket, receipt), receipts)
        keys = [final_key(place, plan, receipt.index, receipt.sha256) for receipt in receipts]
        manifest = manifest_of(plan, receipts, keys)
        copies = {receipt.key: key for receipt, key in zip(receipts, keys, strict=True)}
        switch(place, manifest.to_dict(), copies, standing)
        replaced += table.move(manifest)
    prune(place, replaced, manifest)
    staging.clear()
    return manifest


def manifest_of(plan: Plan, receipts: Sequence[Receipt], keys: Sequence[str]) -> Manifest:
    """Describe a publication.

    Args:
        plan: the run's plan.
        receipts: one for each batch, in order.
        keys: the published keys, in the same order.
    """
    ingestion = plan.ingestion
    batches = tuple(
        PublishedBatch(
            interval=plan.batches[receipt.index],
            key=key,
            rows=receipt.rows,
            bytes=receipt.bytes,
            sha256=receipt.sha256,
            statement=receipt.statement,
            route=receipt.route,
            calls=receipt.calls,
            nul_bytes_removed=receipt.nul_bytes_removed,
            seconds=receipt.seconds,
            as_of=receipt.as_of,
        )
        for receipt, key in zip(receipts, keys, strict=True)
    )
    return published(
        Manifest(
            unit=ingestion.unit,
            name=ingestion.name,
            source=ingestion.source,
            object=ingestion.object,
            dag_id=plan.run.dag_id,
            run_id=plan.run.run_id,
            spec_version=ingestion.spec_version,
            logical_date=plan.run.logical_date,
            data_interval=plan.run.data_interval,
            window=plan.window,
            include_deleted=ingestion.include_deleted,
            format=ingestion.format,
            compression=ingestion.compression,
            schema=tuple(described(column) for column in written(ingestion, plan.columns)),
            drift=plan.drift.to_dict(),
            calls=plan.calls + sum(receipt.calls for receipt in receipts),
            batches=batches,
            extra=_extra(plan, receipts),
        )
    )


def _extra(plan: Plan, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """What only some publications have: a dialect of CSV, the rules of columns that it fulfils, the window that was asked for, what a current state goes by."""
    csv, expect = plan.ingestion.csv.to_tell(), plan.ingestion.expect
    quality = fulfilled(expect, Delivered.of(plan, receipts)) if expect.columns else {}
    extra = {"csv": csv, "quality": quality, "asked": plan.ingestion.asked, "state": _state(plan)}
    return {name: value for name, value in extra.items() if value}


def _state(plan: Plan) -> dict[str, str | None]:
    """The written columns by which a merge tells deleted rows and the newer of two rows."""
    table, names = plan.ingestion.table, plan.ingestion.column_names
    if table is None or not table.current:
        return {}
    chosen = {"deleted": plan.selection.deleted, "newest_by": plan.selection.newest_by}
    return {what: names.get(name, name) if name else None for what, name in chosen.items()}


def _staged_anew(staging: Staging) -> bool:
    """Whether every batch is staged: after a publication that was cut off while clearing, some are gone."""
    plan = staging.frozen()
    return plan is not None and None not in side_by_side(staging.receipt, range(len(plan["batches"])))


def _receipts(staging: Staging, plan: Plan) -> list[Receipt]:
    found = side_by_side(staging.receipt, range(len(plan.batches)))
    missing = [batch.label for batch, receipt in zip(plan.batches, found, strict=True) if receipt is None]
    if missing:
        raise FatalError(
            f"{plan.run.dag_id}: no data is staged for {', '.join(missing)}; clear the run's extract tasks"
        )
    return [receipt for receipt in found if receipt is not None]


def _verify_staged(bucket: Bucket, receipt: Receipt) -> None:
    head = bucket.head(receipt.key)
    if head is None or (head.size, head.etag) != (receipt.bytes, receipt.etag):
        raise RetriableError(
            f"{bucket.url(receipt.key)} is not the object that was staged (expected {receipt.bytes} bytes,"
            f" found {head.size if head else 'none'}); clear the run's extract tasks"
        )


def final_key(place: Place, plan: Plan, index: int, sha256: str) -> str:
    """Where the object of a batch is published."""
    ingestion = plan.ingestion
    return place.folder + data_name(
        ingestion.object,
        plan.batches[index],
        sha256,
        extension(ingestion.format, ingestion.compression),
    )
