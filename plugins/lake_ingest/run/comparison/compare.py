"""The comparison: the source's keys are held against the lake's; those that are missing, and those that are left, are staged."""

import json
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
from lake_ingest.rows.canonical import canonical
from lake_ingest.rows.column import Column, written_columns
from lake_ingest.rows.encode import open_encoder
from lake_ingest.rows.text_array import text_array, text_scalar
from lake_ingest.run.comparison.baseline import Baseline
from lake_ingest.run.comparison.partitions import COUNT, KEY, Partitions, without
from lake_ingest.run.comparison.published import keys_of, known_objects, left_keys
from lake_ingest.run.drift import Drift
from lake_ingest.run.frozen_plan import Plan
from lake_ingest.run.opening import Run, open_run
from lake_ingest.run.reading import Reading
from lake_ingest.sources.source import Source
from lake_ingest.spec.ingestion import Ingestion

FOUND_MISSING = Column("found_missing_at", "datetime", unit="ms")


@dataclass(frozen=True)
class StagedKeys:
    """An object of keys in the staging folder."""

    key: str
    count: int
    bytes: int
    sha256: str
    etag: str


@dataclass(frozen=True)
class Outcome:
    """What a comparison found: how many keys each side had, those that are missing, and those that are left.

    `source` is all of the source's, where the dataset has a current state.
    """

    in_source: int
    in_lake: int
    missing: StagedKeys
    known: StagedKeys
    source: StagedKeys | None = None


def key_plan(source: Source, compiled: dict[str, Any], run: Run) -> Plan:
    """A plan that reads the key of every row that the ingestion could read, in one batch.

    Raises:
        FatalError: the compiled ingestion is not this runtime's.
    """
    whole = {**compiled, "window": "full", "batch_size": None, "await_commits": False, "refresh": None}
    opening = open_run({**whole, "fields": None}, run)
    ingestion = replace(opening.ingestion, options={})
    return Plan(
        run=opening.run,
        ingestion=ingestion,
        compiled=whole,
        selection=source.select_keys(ingestion),
        window=opening.window,
        batches=opening.batches,
        calls=0,
        drift=Drift(),
    )


def missing_columns(plan: Plan) -> tuple[Column, ...]:
    """The columns of the missing keys, as they are written."""
    return written_columns(
        (*plan.columns, FOUND_MISSING),
        time_added=None,
        coerce_to_timestamp=plan.ingestion.coerce_to_timestamp,
    )


def stage_comparison(staging: Staging, plan: Plan, baseline: Baseline, reading: Reading) -> Outcome:
    """Read both sides and stage what comes of it.

    Args:
        staging: of the comparison.
        plan: by which the source's keys are read.
        baseline: what the lake had before the source was asked.
        reading: the source's keys, not read yet.

    Raises:
        FatalError: more is missing than the spec expects, or the lake differs from its manifests.
        IngestionError: one side could not be read.
    """
    with TemporaryDirectory(prefix="keys-") as folder:
        in_source, of_source = _keys_of_source(reading, staging, plan, Path(folder, "source"))
        found_at = datetime.now(UTC)
        in_lake = _keys_of_lake(reading.source, staging.bucket, baseline, plan, Path(folder, "lake"))
        outcome = replace(_stage(staging, plan, in_source, in_lake, found_at), source=of_source)
    _check_share(plan.ingestion, outcome)
    return outcome


def _keys_of_source(
    reading: Reading, staging: Staging, plan: Plan, folder: Path
) -> tuple[Partitions, StagedKeys | None]:
    """The keys, spread; as typed columns they are staged too, for a current state."""
    table, at = plan.ingestion.table, staging.data_key(2)
    with Partitions(folder) as found, ExitStack() as stack:
        if table is None or not table.current:
            for batch in reading.rows.batches():
                found.add(reading.source.key_text(batch, plan.columns))
            return found, None
        sink = stack.enter_context(staging.bucket.upload(at))
        encoder = open_encoder("parquet", "zstd", plan.columns, sink)
        count = 0
        for batch in reading.rows.batches():
            found.add(reading.source.key_text(batch, plan.columns))
            encoder.write(canonical(batch, plan.columns))
            count += batch.num_rows
        encoder.close()
        return found, _staged(sink, at, count)


def _keys_of_lake(source: Source, bucket: Bucket, baseline: Baseline, plan: Plan, folder: Path) -> Partitions:
    with Partitions(folder) as found:
        for keys in left_keys(bucket, baseline, folder / "object"):
            found.add(keys)
        for published in known_objects(bucket, baseline, plan.columns):
            for keys in keys_of(source, bucket, published, folder / "object"):
                found.add(keys)
    return found


def _stage(
    staging: Staging, plan: Plan, in_source: Partitions, in_lake: Partitions, found_at: datetime
) -> Outcome:
    """Compare partition by partition; each gives its part of both objects."""
    ingestion = plan.ingestion
    source_keys = lake_keys = missing_keys = 0
    with ExitStack() as stack:
        sinks = [stack.enter_context(staging.bucket.upload(staging.data_key(index))) for index in (0, 1)]
        encoder = open_encoder(
            ingestion.format, ingestion.compression, missing_columns(plan), sinks[0], ingestion.csv
        )
        known = ParquetWriter(pa.PythonFile(sinks[1], mode="w"), KEY, compression="zstd")
        for number in range(COUNT):
            there, here = in_source.partition(number), in_lake.partition(number)
            missing, left = without(here, there)
            if len(missing):
                encoder.write(_rows(missing, plan, found_at))
            if len(left):
                known.write_batch(pa.RecordBatch.from_arrays([left], schema=KEY))
            source_keys, lake_keys = source_keys + len(there), lake_keys + len(here)
            missing_keys += len(missing)
        encoder.close()
        known.close()
        return Outcome(
            in_source=source_keys,
            in_lake=lake_keys,
            missing=_staged(sinks[0], staging.data_key(0), missing_keys),
            known=_staged(sinks[1], staging.data_key(1), lake_keys - missing_keys),
        )


def _staged(sink: Upload, key: str, count: int) -> StagedKeys:
    etag = sink.complete()
    return StagedKeys(key, count, sink.size, sink.sha256, etag)


def _rows(keys: pa.Array, plan: Plan, found_at: datetime) -> pa.RecordBatch:
    """Missing keys as canonical text, their parts apart again."""
    stamp = text_scalar(found_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    columns = (*plan.columns, FOUND_MISSING)
    parts = [keys] if len(plan.columns) == 1 else _apart(keys, len(plan.columns))
    rows = pa.RecordBatch.from_arrays(
        [*parts, pa.repeat(stamp, len(keys))], names=[column.name for column in columns]
    )
    return coerce(rows, columns) if plan.ingestion.coerce_to_timestamp else rows


def _apart(keys: pa.Array, count: int) -> list[pa.Array]:
    values = [json.loads(key) for key in keys.to_pylist()]
    return [text_array(value[place] for value in values) for place in range(count)]


def _check_share(ingestion: Ingestion, outcome: Outcome) -> None:
    """A user who may no longer see some rows makes them look deleted; the spec's largest drop bounds that."""
    missing = outcome.missing.count
    if not ingestion.expect.tolerates(missing, outcome.in_lake):
        raise FatalError(
            f"{missing} of the lake's {outcome.in_lake} keys of {ingestion.dataset} are not in the source, and the spec expects"
            f" a drop of at most {ingestion.expect.max_drop:.0%}. Nothing was written; see whether the connection's user may still read every row."
        )
