"""The comparison: the org's ids are held against the lake's; those that are missing, and those that are left, are staged."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.staging import Staging
from lake_ingest.lake.upload import Upload
from lake_ingest.rows.added import coerce
from lake_ingest.rows.columns import Column, written_columns
from lake_ingest.rows.encode import open_encoder
from lake_ingest.rows.text_array import text_scalar
from lake_ingest.run.comparison.baseline import Baseline
from lake_ingest.run.comparison.partitions import COUNT, ID, Partitions, without
from lake_ingest.run.comparison.published import ids_of, known_objects
from lake_ingest.run.drift import Drift
from lake_ingest.run.plan import Plan, Run, open_run
from lake_ingest.sources.salesforce.rows import Rows
from lake_ingest.spec.ingestion import Ingestion

COLUMNS = (Column("Id", "Id", "text", "id"), Column("found_missing_at", "", "datetime"))
_KNOWN_SCHEMA = pa.schema([("Id", ID)])


@dataclass(frozen=True)
class StagedIds:
    """An object of ids in the staging folder."""

    key: str
    ids: int
    bytes: int
    sha256: str
    etag: str


@dataclass(frozen=True)
class Outcome:
    """What a comparison found: how many ids each side had, those that are missing, and those that are left."""

    in_org: int
    in_lake: int
    missing: StagedIds
    known: StagedIds


def id_plan(compiled: dict[str, Any], run: Run) -> Plan:
    """A plan that reads the ids of every row that the ingestion could read, in one batch.

    Raises:
        FatalError: the compiled ingestion is not this runtime's.
    """
    every_id = {
        **compiled,
        "fields": [{"name": "Id", "protect": None}],
        "window": "full",
        "batch_size": None,
        "await_commits": False,
        "api": "auto",
    }
    opening = open_run(every_id, run)
    return Plan(
        run=replace(run, data_interval=opening.interval),
        ingestion=opening.ingestion,
        compiled=every_id,
        columns=COLUMNS[:1],
        not_bulk=None,
        cursor_is_date=False,
        window=opening.window,
        batches=opening.batches,
        api_calls=0,
        drift=Drift(),
    )


def deleted_columns(ingestion: Ingestion) -> tuple[Column, ...]:
    """The columns of the missing ids, as they are written."""
    return written_columns(COLUMNS, time_added=False, coerce_to_timestamp=ingestion.coerce_to_timestamp)


def stage_comparison(staging: Staging, ingestion: Ingestion, baseline: Baseline, ids: Rows) -> Outcome:
    """Read both sides and stage what comes of it.

    Args:
        staging: of the comparison.
        ingestion: in whose format the missing ids are written.
        baseline: what the lake had before the org was asked.
        ids: the org's, not read yet.

    Raises:
        FatalError: more is missing than the spec expects, or the lake differs from its manifests.
        IngestionError: one side could not be read.
    """
    with TemporaryDirectory(prefix="ids-") as folder:
        in_org = _ids_of_org(ids, Path(folder, "org"))
        found_at = datetime.now(UTC)
        in_lake = _ids_of_lake(staging.bucket, baseline, Path(folder, "lake"))
        outcome = _stage(staging, ingestion, in_org, in_lake, found_at)
    _check_share(ingestion, outcome)
    return outcome


def _ids_of_org(ids: Rows, folder: Path) -> Partitions:
    with Partitions(folder) as found:
        for batch in ids.batches():
            found.add(batch.column(0))
    return found


def _ids_of_lake(bucket: Bucket, baseline: Baseline, folder: Path) -> Partitions:
    with Partitions(folder) as found:
        for published in known_objects(bucket, baseline):
            for ids in ids_of(bucket, published, folder / "object"):
                found.add(ids)
    return found


def _stage(
    staging: Staging, ingestion: Ingestion, in_org: Partitions, in_lake: Partitions, found_at: datetime
) -> Outcome:
    """Compare partition by partition; each gives its part of both objects."""
    org_ids = lake_ids = missing_ids = 0
    with ExitStack() as stack:
        sinks = [stack.enter_context(staging.bucket.upload(staging.data_key(index))) for index in (0, 1)]
        encoder = open_encoder(ingestion.format, ingestion.compression, deleted_columns(ingestion), sinks[0])
        known = ParquetWriter(pa.PythonFile(sinks[1], mode="w"), _KNOWN_SCHEMA, compression="zstd")
        for number in range(COUNT):
            org, lake = in_org.partition(number), in_lake.partition(number)
            missing, left = without(lake, org)
            if len(missing):
                encoder.write(_rows(missing, found_at, ingestion))
            if len(left):
                known.write_batch(pa.RecordBatch.from_arrays([left], schema=_KNOWN_SCHEMA))
            org_ids, lake_ids, missing_ids = (
                org_ids + len(org),
                lake_ids + len(lake),
                missing_ids + len(missing),
            )
        encoder.close()
        known.close()
        return Outcome(
            in_org=org_ids,
            in_lake=lake_ids,
            missing=_staged(sinks[0], staging.data_key(0), missing_ids),
            known=_staged(sinks[1], staging.data_key(1), lake_ids - missing_ids),
        )


def _staged(sink: Upload, key: str, ids: int) -> StagedIds:
    etag = sink.complete()
    return StagedIds(key, ids, sink.size, sink.sha256, etag)


def _rows(ids: pa.Array, found_at: datetime, ingestion: Ingestion) -> pa.RecordBatch:
    stamp = text_scalar(found_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    rows = pa.RecordBatch.from_arrays(
        [ids.cast(pa.string()), pa.repeat(stamp, len(ids))], names=[column.name for column in COLUMNS]
    )
    return coerce(rows, COLUMNS) if ingestion.coerce_to_timestamp else rows


def _check_share(ingestion: Ingestion, outcome: Outcome) -> None:
    """A user who may no longer see some rows makes them look deleted; the spec's largest drop bounds that."""
    most, missing = ingestion.expect.max_drop, outcome.missing.ids
    if most is not None and missing > most * outcome.in_lake:
        raise FatalError(
            f"{missing} of the {outcome.in_lake} ids of {ingestion.dataset} are not in the org, and the spec expects a drop"
            f" of at most {most:.0%}. Nothing was written; see whether the connection's user may still read every row."
        )
