"""Publication: verify what is staged, put it where readers look, write the manifest, remove what it replaces."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from lake_ingest.errors import FatalError, IngestionError, RetriableError
from lake_ingest.lake.bucket import Bucket, Document
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.manifest import build_manifest
from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.run.expect import check
from lake_ingest.run.plan import Plan
from lake_ingest.spec.object_key import data_name, extension, manifest_key, publication_prefix

log = logging.getLogger(__name__)

Given = TypeVar("Given")
Got = TypeVar("Got")
_AT_ONCE = 8  # requests; botocore keeps ten connections


def publish(staging: Staging, prefix: str, run_id: str, logical_date: datetime) -> dict[str, Any]:
    """Publish a run's staged batches; gives the manifest.

    Until the manifest is written the former publication stands: new objects have keys of their own, and those that
    were copied by a publication which fails are taken away again. The manifest replaces the one that was read at the
    start, or nothing: of two runs that publish the same date at once, one wins and the other fails. A second call
    after an interruption, at whatever point, finishes the first one's work.

    Raises:
        FatalError: the run has nothing staged and nothing published, or fewer rows than the spec expects.
        RetriableError: S3 failed, a staged object is not what its receipt says, or another run was first.
    """
    bucket = staging.bucket
    folder = publication_prefix(prefix, logical_date)
    standing = bucket.read(manifest_key(prefix, logical_date))
    if standing and standing.value["run_id"] == run_id and not _staged_anew(staging):
        log.info("The publication stands already; clearing what is left of the run")
        manifest: dict[str, Any] = standing.value
        replaced = bucket.keys(folder, before=standing.modified)
    else:
        plan = staging.plan()
        receipts = _receipts(staging, plan)
        last = last_manifest(bucket, prefix, logical_date)
        check(plan.ingestion.expect, sum(receipt.rows for receipt in receipts), last, plan.ingestion.dataset)
        replaced = bucket.keys(folder)
        manifest = _switch(bucket, prefix, plan, receipts, standing)
    prune(bucket, folder, replaced, manifest)
    staging.clear()
    return manifest


def prune(bucket: Bucket, folder: str, replaced: list[str], manifest: dict[str, Any]) -> None:
    """Delete what lay in a publication's folder before its manifest was written and is not named by it.

    What came later is another run's, which has read this manifest and may be about to replace it.
    """
    wanted = {batch["key"] for batch in manifest["batches"]} | {f"{folder}_manifest.json"}
    stale = [key for key in replaced if key not in wanted]
    if stale:
        log.info("Deleting %s objects that the publication replaces", len(stale))
        bucket.delete(stale)


def _staged_anew(staging: Staging) -> bool:
    """Whether every batch is staged: after a publication that was cut off while clearing, some are gone."""
    plan = staging.find_plan()
    return plan is not None and None not in _side_by_side(staging.receipt, range(len(plan.batches)))


def _receipts(staging: Staging, plan: Plan) -> list[Receipt]:
    found = _side_by_side(staging.receipt, range(len(plan.batches)))
    missing = [batch.label for batch, receipt in zip(plan.batches, found, strict=True) if receipt is None]
    if missing:
        raise FatalError(
            f"{plan.run.dag_id}: no data is staged for {', '.join(missing)}; clear the extract tasks of it"
        )
    return [receipt for receipt in found if receipt is not None]


def _side_by_side(work: Callable[[Given], Got], items: Iterable[Given]) -> list[Got]:
    """What the work gives for each item, in order: a window of a year has hundreds of batches, and each request takes its time."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="publish") as threads:
        return list(threads.map(work, items))


def _switch(
    bucket: Bucket, prefix: str, plan: Plan, receipts: list[Receipt], standing: Document | None
) -> dict[str, Any]:
    """Copy the staged objects to their final keys, then write the manifest that names them."""
    _side_by_side(lambda receipt: _verify_staged(bucket, receipt), receipts)
    keys = [_final_key(prefix, plan, receipt) for receipt in receipts]
    manifest = build_manifest(plan, receipts, keys)
    place = manifest_key(prefix, plan.run.logical_date)
    kept = _named(standing)
    try:
        new = [(receipt.key, key) for receipt, key in zip(receipts, keys, strict=True) if key not in kept]
        _side_by_side(lambda pair: bucket.copy(*pair), new)
        bucket.replace_json(place, manifest, standing.etag if standing else None)
    except IngestionError:
        kept |= _named(bucket.read(place))  # another run's, if that is why
        bucket.delete(key for key in keys if key not in kept)
        raise
    return manifest


def _named(manifest: Document | None) -> set[str]:
    return {batch["key"] for batch in manifest.value["batches"]} if manifest else set()


def _verify_staged(bucket: Bucket, receipt: Receipt) -> None:
    head = bucket.head(receipt.key)
    if head is None or (head.size, head.etag) != (receipt.bytes, receipt.etag):
        raise RetriableError(
            f"{bucket.url(receipt.key)} is not the object that was staged (expected {receipt.bytes} bytes,"
            f" found {head.size if head else 'none'}); clear the run's extract tasks"
        )


def _final_key(prefix: str, plan: Plan, receipt: Receipt) -> str:
    ingestion = plan.ingestion
    name = data_name(
        ingestion.object,
        plan.batches[receipt.index],
        receipt.sha256,
        extension(ingestion.format, ingestion.compression),
    )
    return publication_prefix(prefix, plan.run.logical_date) + name
