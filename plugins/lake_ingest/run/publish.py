"""The publication of a run: its staged batches, verified and put where readers look."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.bucket import Bucket, Document
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.manifest import Manifest, PublishedBatch, PublishedBody, described, published
from lake_ingest.lake.publication import Place, prune, sha256_of, side_by_side, switch
from lake_ingest.lake.staging import Receipt, StagedBody, StagedObject, Staging
from lake_ingest.run.expect import Delivered, check, fulfilled
from lake_ingest.run.frozen_plan import Plan, folder_name, partition_column, planned, written
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
        staged: list[StagedObject | StagedBody] = [one for receipt in receipts for one in receipt.objects]
        staged += [one for receipt in receipts for one in receipt.bodies]
        side_by_side(lambda one: _verify_staged(bucket, one), staged)
        keys = final_keys(place, plan, receipts, standing)
        manifest = manifest_of(plan, receipts, keys)
        switch(place, manifest.to_dict(), keys, standing)
        replaced += table.move(manifest)
        manifest, replaced = named(place, plan, manifest, replaced)
    prune(place, replaced, manifest)
    staging.clear()
    return manifest


def manifest_of(plan: Plan, receipts: Sequence[Receipt], keys: Mapping[str, str]) -> Manifest:
    """Describe a publication.

    Args:
        plan: the run's plan.
        receipts: one for each batch, in order.
        keys: the published key of each staged one.
    """
    ingestion = plan.ingestion
    batches = tuple(one for receipt in receipts for one in _objects(plan, receipt, keys))
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


def _objects(plan: Plan, receipt: Receipt, keys: Mapping[str, str]) -> Iterator[PublishedBatch]:
    """The objects of a batch; what it cost, and the files that it refers to, stand at the first."""
    for number, staged in enumerate(receipt.objects):
        first = number == 0
        yield PublishedBatch(
            interval=plan.batches[receipt.index],
            key=keys[staged.key],
            rows=staged.rows,
            bytes=staged.bytes,
            sha256=staged.sha256,
            statement=receipt.statement,
            route=receipt.route,
            calls=receipt.calls if first else 0,
            nul_bytes_removed=receipt.nul_bytes_removed if first else 0,
            seconds=receipt.seconds if first else 0,
            as_of=receipt.as_of,
            partition=staged.folder.rstrip("/") or None,
            bodies=tuple(map(_body, receipt.bodies)) if first else (),
        )


def _body(staged: StagedBody) -> PublishedBody:
    return PublishedBody(staged.column, staged.id, staged.published_as, staged.bytes, staged.sha256)


def _partition(plan: Plan) -> dict[str, str]:
    """The column that the objects' folders tell the values of."""
    column = partition_column(plan.ingestion, plan.columns)
    if column is None:
        return {}
    return {"field": column.name, "folder": folder_name(plan.ingestion, column), "kind": column.kind}


def _files(receipts: Sequence[Receipt]) -> dict[str, int]:
    """How many files the rows refer to, and their bytes."""
    bodies = [body for receipt in receipts for body in receipt.bodies]
    return {"files": len(bodies), "bytes": sum(body.bytes for body in bodies)} if bodies else {}


def _extra(plan: Plan, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """What only some publications have: a dialect of CSV, the rules of columns that it fulfils, the window that was asked for, what a current state goes by, folders of values, files."""
    csv, expect = plan.ingestion.csv.to_tell(), plan.ingestion.expect
    quality = fulfilled(expect, Delivered.of(plan, receipts)) if expect.columns else {}
    extra = {
        "csv": csv,
        "quality": quality,
        "asked": plan.ingestion.asked,
        "state": _state(plan),
        "partition_by": _partition(plan),
        "bodies": _files(receipts),
    }
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


def _verify_staged(bucket: Bucket, staged: StagedObject | StagedBody) -> None:
    head = bucket.head(staged.key)
    if head is None or (head.size, head.etag) != (staged.bytes, staged.etag):
        raise RetriableError(
            f"{bucket.url(staged.key)} is not the object that was staged (expected {staged.bytes} bytes,"
            f" found {head.size if head else 'none'}); clear the run's extract tasks"
        )


def final_keys(
    place: Place, plan: Plan, receipts: Sequence[Receipt], standing: Document | None
) -> dict[str, str]:
    """Where each staged object is published.

    A file that has its fixed name already, with the same bytes, keeps it; any other is given it by `named`.
    """
    keys = {
        staged.key: final_key(place, plan, receipt.index, staged.sha256, staged.folder)
        for receipt in receipts
        for staged in receipt.objects
    }
    if plan.ingestion.file_name is not None:
        fixed, (staged,) = place.folder + plan.ingestion.file_name, receipts[0].objects
        if sha256_of(standing, fixed) == staged.sha256:
            keys[staged.key] = fixed
    return keys | {body.key: body.published_as for receipt in receipts for body in receipt.bodies}


def named(place: Place, plan: Plan, manifest: Manifest, replaced: list[str]) -> tuple[Manifest, list[str]]:
    """Give the one file of a publication that stands its fixed name; gives its manifest, and all that is to be pruned.

    A manifest never names an object whose bytes change, and only a run whose manifest stands touches the name. So rows are published
    under a name of their own first; then nothing names the former file, which is overwritten; then a second manifest names the file.

    Raises:
        RetriableError: S3 failed, or another run was first; the publication stands, perhaps under its first name.
    """
    name = plan.ingestion.file_name
    if name is None or manifest.batches[0].key == place.folder + name:
        return manifest, replaced
    (batch,), fixed = manifest.batches, place.folder + name
    standing = place.bucket.read(place.manifest)
    if standing is None or standing.value != manifest.to_dict():
        raise RetriableError(f"{place.url} was replaced by another run while its file was named")
    final = replace(manifest, batches=(replace(batch, key=fixed),))
    place.bucket.copy(batch.key, fixed)
    place.bucket.replace_json(place.manifest, final.to_dict(), standing.etag)
    return final, [*replaced, batch.key]


def final_key(place: Place, plan: Plan, index: int, sha256: str, folder: str = "") -> str:
    """Where the object of a batch is published, under a name that no other content has."""
    ingestion = plan.ingestion
    return f"{place.folder}{folder}" + data_name(
        ingestion.object,
        plan.batches[index],
        sha256,
        extension(ingestion.format, ingestion.compression),
    )
