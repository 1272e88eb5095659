"""The comparison: the org's ids are held against the lake's, and those that are missing are published."""

import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from sf_to_s3.added import coerce, written_columns
from sf_to_s3.columns import Column
from sf_to_s3.comparison.baseline import Baseline
from sf_to_s3.comparison.partitions import COUNT, ID, Partitions, without
from sf_to_s3.comparison.published import ids_of, known_objects
from sf_to_s3.domain.ingestion import Ingestion
from sf_to_s3.domain.object_key import (
    deleted_name,
    deleted_prefix,
    extension,
    known_folder,
    known_key,
    manifest_key,
    publication_prefix,
)
from sf_to_s3.drift import Drift
from sf_to_s3.encode import open_encoder
from sf_to_s3.errors import FatalError, IngestionError
from sf_to_s3.extract import Reading
from sf_to_s3.lake.bucket import Bucket
from sf_to_s3.manifest import build_manifest
from sf_to_s3.plan import Plan, Run, open_run
from sf_to_s3.publish import prune
from sf_to_s3.staging import Receipt

log = logging.getLogger(__name__)

ID_COLUMN = Column("Id", "Id", "text", "id")
FOUND_COLUMN = Column("found_missing_at", "", "datetime")
_CHUNK_BYTES = 2**20


@dataclass(frozen=True)
class Outcome:
    """What a comparison wrote on local disk: counts of ids, and the two files."""

    in_org: int
    in_lake: int
    missing: int
    deleted: Path
    known: Path


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
        columns=(ID_COLUMN,),
        not_bulk=None,
        cursor_is_date=False,
        window=opening.window,
        batches=opening.batches,
        api_calls=0,
        drift=Drift(),
    )


def compare_ids(
    bucket: Bucket, prefix: str, plan: Plan, baseline: Baseline, reading: Reading
) -> dict[str, Any]:
    """Read the org's ids, compare, and publish what is missing; gives the manifest, which is written last.

    Args:
        bucket: of the publications.
        prefix: of the publications.
        plan: as `id_plan` made it.
        baseline: what the lake had before the org was asked.
        reading: the org's ids, not read yet.

    Raises:
        IngestionError: the former comparison stands then.
    """
    standing = bucket.read(manifest_key(deleted_prefix(prefix), plan.run.logical_date))
    with TemporaryDirectory(prefix="ids-") as folder:
        outcome = _compare(bucket, plan.ingestion, baseline, reading, Path(folder))
        return _publish(bucket, prefix, plan, baseline, reading, outcome, standing and standing.etag)


def _compare(
    bucket: Bucket, ingestion: Ingestion, baseline: Baseline, reading: Reading, folder: Path
) -> Outcome:
    in_org, in_lake = Partitions(folder / "org"), Partitions(folder / "lake")
    for batch in reading.rows.batches():
        in_org.add(batch.column(0))
    in_org.close()
    found_at = datetime.now(UTC)
    for published in known_objects(bucket, baseline):
        for ids in ids_of(bucket, published, folder / "object"):
            in_lake.add(ids)
    in_lake.close()
    outcome = _write(ingestion, in_org, in_lake, found_at, folder)
    _check_share(ingestion, outcome)
    return outcome


def _write(
    ingestion: Ingestion, in_org: Partitions, in_lake: Partitions, found_at: datetime, folder: Path
) -> Outcome:
    """Compare partition by partition; each gives its part of both files."""
    deleted, known = folder / "deleted", folder / "known"
    schema = pa.schema([(ID_COLUMN.name, ID)])
    org_count = lake_count = missing_count = 0
    with deleted.open("wb") as sink, ParquetWriter(known, schema, compression="zstd") as left:
        encoder = open_encoder(ingestion.format, ingestion.compression, deleted_columns(ingestion), sink)
        for number in range(COUNT):
            ids, others = in_lake.partition(number), in_org.partition(number)
            missing, still = without(ids, others)
            org_count, lake_count = org_count + len(others), lake_count + len(ids)
            missing_count += len(missing)
            if len(missing):
                encoder.write(_rows(missing, found_at, ingestion))
            if len(still):
                left.write_batch(pa.RecordBatch.from_arrays([still], schema=schema))
        encoder.close()
    return Outcome(org_count, lake_count, missing_count, deleted, known)


def deleted_columns(ingestion: Ingestion) -> tuple[Column, ...]:
    """The columns of the missing ids."""
    return written_columns(
        (ID_COLUMN, FOUND_COLUMN),
        time_added=False,
        coerce_to_timestamp=ingestion.coerce_to_timestamp,
    )


def _rows(ids: pa.Array, found_at: datetime, ingestion: Ingestion) -> pa.RecordBatch:
    stamp = found_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    columns = (ID_COLUMN, FOUND_COLUMN)
    rows = pa.RecordBatch.from_arrays(
        [ids.cast(pa.string()), pa.repeat(pa.scalar(stamp, pa.string()), len(ids))],
        names=[column.name for column in columns],
    )
    return coerce(rows, columns) if ingestion.coerce_to_timestamp else rows


def _check_share(ingestion: Ingestion, outcome: Outcome) -> None:
    """A user who lost the right to see rows would make them look deleted: the spec's largest drop bounds that."""
    most = ingestion.expect.max_drop
    if most is not None and outcome.missing > most * outcome.in_lake:
        raise FatalError(
            f"{outcome.missing} of the {outcome.in_lake} ids of {ingestion.dataset} are not in the org, and the spec"
            f" expects a drop of at most {most:.0%}. Nothing was written; see whether the connection's user may still read"
            " every row."
        )


def _publish(
    bucket: Bucket,
    prefix: str,
    plan: Plan,
    baseline: Baseline,
    reading: Reading,
    outcome: Outcome,
    standing: str | None,
) -> dict[str, Any]:
    home, day, ingestion = deleted_prefix(prefix), plan.run.logical_date, plan.ingestion
    folder = publication_prefix(home, day)
    sha256, known_sha256 = _sha256(outcome.deleted), _sha256(outcome.known)
    name = deleted_name(ingestion.object, sha256, extension(ingestion.format, ingestion.compression))
    key, known = folder + name, known_key(prefix, day, known_sha256)
    _send(bucket, outcome.known, known)
    etag = _send(bucket, outcome.deleted, key)
    receipt = Receipt(
        index=0,
        key=key,
        rows=outcome.missing,
        bytes=outcome.deleted.stat().st_size,
        sha256=sha256,
        etag=etag,
        soql=plan.query(plan.batches[0]),
        api=reading.api,
        api_calls=reading.api_calls,
        nul_bytes_removed=0,
        seconds=round(time.time() - reading.started, 3),
    )
    manifest = {
        **build_manifest(plan, [receipt], [key]),
        "schema": [
            {"name": one.name, "kind": one.written_as, "type": one.type, "protect": None}
            for one in deleted_columns(ingestion)
        ],
        "compared": {
            "with": baseline.known.logical_date if baseline.known else None,
            "ids_in_lake": outcome.in_lake,
            "ids_in_org": outcome.in_org,
        },
        "known": {
            "key": known,
            "ids": outcome.in_lake - outcome.missing,
            "bytes": outcome.known.stat().st_size,
            "sha256": known_sha256,
            "publications": baseline.publications,
        },
    }
    place = manifest_key(home, day)
    try:
        bucket.replace_json(place, manifest, standing)
    except IngestionError:
        bucket.delete(one for one in (key, known) if one not in _named(bucket, place))
        raise
    prune(bucket, folder, manifest)
    _forget(bucket, prefix, baseline, known)
    return manifest


def _named(bucket: Bucket, place: str) -> set[str]:
    """What the standing manifest names; another run's, if that was first."""
    manifest = bucket.get_json(place)
    return {manifest["known"]["key"], *(batch["key"] for batch in manifest["batches"])} if manifest else set()


def _forget(bucket: Bucket, prefix: str, baseline: Baseline, known: str) -> None:
    """Delete known ids that no run needs any more; those of the comparison before serve a rerun of this one."""
    folder = known_folder(prefix)
    day = known[: len(folder) + len("YYYYMMDDTHHMMSSZ")]
    kept = {known, baseline.known.key} if baseline.known else {known}
    oldest = baseline.known.key if baseline.known else known
    bucket.delete(
        key for key in bucket.keys(folder) if key not in kept and (key < oldest or key.startswith(day))
    )


def _send(bucket: Bucket, path: Path, key: str) -> str:
    with bucket.upload(key) as sink:
        for chunk in _chunks(path):
            sink.write(chunk)
        return sink.complete()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
