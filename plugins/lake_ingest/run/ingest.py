"""A run of one batch, or of batches that show one moment, from its plan to its publication, in one process.

Most runs are small: a task's start costs more than their rows, and a request to S3 as much as one to the source. So nothing is
kept in the staging folder that the process itself still knows, and a small object is written at once under its final key, whose
hash no reader has seen. The contract is that of the three tasks: until the manifest is written the former publication stands,
and a killed try leaves nothing that its retry does not remove.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lake_ingest.errors import IngestionError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import Past, look_back
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.publication import Place, named_by, prune, switch
from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.run.budget import Ledger, NoLedger, check_budget, ledger_of
from lake_ingest.run.expect import Delivered, check
from lake_ingest.run.frozen_plan import Plan, make_plan, planned
from lake_ingest.run.one_moment import read_at_one_moment
from lake_ingest.run.opening import Opening
from lake_ingest.run.planning import await_commits, report
from lake_ingest.run.publish import final_key, final_keys, manifest_of, named
from lake_ingest.run.reading import BatchReader, Reading
from lake_ingest.run.registration import Glue, Registration, no_catalogue, open_table
from lake_ingest.run.waiting import ROWS, Waiting
from lake_ingest.sources.source import Source


@dataclass(frozen=True)
class Lake:
    """Where a run publishes.

    Attributes:
        bucket: through the unit's connection.
        prefix: of the ingestion's publications.
        key: gives that of `protect: hash`, for a connection.
        first_try: whether no other try of the run can have left anything.
        glue: gives a client of the catalogue, for a dataset that is a table.
    """

    bucket: Bucket
    prefix: str
    key: Callable[[str | None], bytes | None]
    first_try: bool = False
    glue: Glue = no_catalogue


@dataclass(frozen=True)
class _FirstNotes:
    """Notes of a first try: there are none to be read."""

    staging: Staging

    def note(self, index: int, pending: Mapping[str, Any]) -> None:
        self.staging.note(index, pending)

    def noted(self, index: int) -> dict[str, Any] | None:  # noqa: ARG002
        return None


def ingest(
    source: Source,
    lake: Lake,
    opening: Opening,
    waited: Waiting | None = None,
    watch: Callable[[BatchReader[Receipt]], None] = lambda _: None,
) -> Manifest | Waiting:
    """Plan, read and publish a run, or say what has to be waited for.

    Args:
        source: to read from.
        lake: to publish to.
        opening: the run.
        waited: what was waited for; None at first.
        watch: is given the reader, for whoever may have to stop it.

    Raises:
        FatalError, RetriableError, QuotaError: the former publication stands then.
    """
    staging = Staging(lake.bucket, lake.prefix, opening.run.run_id)
    past = look_back(lake.bucket, lake.prefix, opening.run.logical_date)
    place = Place.of(lake.bucket, lake.prefix, opening.run.logical_date)
    ledger = ledger_of(opening.ingestion, lake.bucket)
    try:
        plan = _planned(source, lake, staging, opening, past, ledger, waited)
        if isinstance(plan, Waiting):
            return plan
        table = open_table(plan, place, lake.prefix, lake.glue)
        receipts = _read(source, lake, staging, place, plan, waited, watch)
    finally:
        ledger.record(source.calls + (waited.unrecorded if waited else 0))
    if isinstance(receipts, Waiting):
        staging.freeze(plan.to_dict())
        return receipts
    manifest, staged = _publish(place, plan, receipts, past, table)
    if waited or not lake.first_try or staging.touched or staged:
        staging.clear()
    return manifest


def _planned(
    source: Source,
    lake: Lake,
    staging: Staging,
    opening: Opening,
    past: Past,
    ledger: Ledger | NoLedger,
    waited: Waiting | None,
) -> Plan | Waiting:
    """The plan that was frozen when the task left its rows to the source, or a new one."""
    if waited and waited.stage == ROWS:
        return planned(staging)
    waiting = await_commits(source, opening, waited)
    if waiting is not None:
        return waiting
    plan = make_plan(source, opening, past.last, earlier_calls=waited.calls if waited else 0)
    check_budget(opening.ingestion, ledger.spent(), source.usage)
    if not lake.first_try:
        staging.drop()
    report(plan)
    return plan


def _read(
    source: Source,
    lake: Lake,
    staging: Staging,
    place: Place,
    plan: Plan,
    waited: Waiting | None,
    watch: Callable[[BatchReader[Receipt]], None],
) -> list[Receipt] | Waiting:
    def deliver(index: int, reading: Reading, at: Callable[[str], str] | None = None) -> Receipt:
        from lake_ingest.run.extract import write_batch  # noqa: PLC0415 - Arrow, once there are rows

        return write_batch(staging, plan, index, reading, lake.key(plan.ingestion.protect_conn_id), at)

    if plan.ingestion.one_snapshot:
        return read_at_one_moment(source, plan, deliver)
    notes = _FirstNotes(staging) if lake.first_try else staging

    def deliver_at_once(reading: Reading) -> Receipt:
        return deliver(0, reading, lambda sha256: final_key(place, plan, 0, sha256))

    reader = BatchReader(source, plan.request(0), notes, 0, deliver_at_once)
    watch(reader)
    receipt = reader.resume(waited) if waited and waited.stage == ROWS else reader.begin()
    return receipt if isinstance(receipt, Waiting) else [receipt]


def _publish(
    place: Place, plan: Plan, receipts: list[Receipt], past: Past, table: Registration
) -> tuple[Manifest, bool]:
    """Switch to the objects, and the table after them; what lay in the date's folder before is removed last.

    Gives the manifest, and whether anything was staged.
    """
    bucket, ingestion = place.bucket, plan.ingestion
    standing = bucket.read(place.manifest) if past.returned else None
    replaced: list[str] = bucket.keys(place.folder) if past.returned else []
    keys = final_keys(place, plan, receipts, standing)
    objects = [one for receipt in receipts for one in receipt.objects]
    written = [one.key for one in objects if one.key.startswith(place.folder)]
    keys |= {key: key for key in written}
    copies = {staged: key for staged, key in keys.items() if staged != key}
    manifest = manifest_of(plan, receipts, keys)
    try:
        check(ingestion.expect, Delivered.of(plan, receipts), past.last, ingestion.dataset)
    except IngestionError:
        bucket.delete(one for one in written if one not in named_by(standing))
        raise
    switch(place, manifest.to_dict(), copies, standing, written)
    replaced = [*replaced, *table.move(manifest)]
    manifest, replaced = named(place, plan, manifest, replaced)
    prune(place, replaced, manifest)
    return manifest, bool(copies)
