"""One batch's rows, encoded and staged."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa

from lake_ingest.lake.staging import Receipt, StagedObject, Staging
from lake_ingest.rows.added import add_time, coerce
from lake_ingest.rows.by_value import ByValue
from lake_ingest.rows.canonical import canonical
from lake_ingest.rows.column import Column
from lake_ingest.rows.encode import Encoder, Sink, open_encoder
from lake_ingest.rows.protect import protect
from lake_ingest.rows.typed import text_of
from lake_ingest.run.bodies import Bodies
from lake_ingest.run.frozen_plan import Plan, folder_name, partition_column, written
from lake_ingest.run.memory import Surplus
from lake_ingest.run.reading import Reading
from lake_ingest.sources.source import Rows

if TYPE_CHECKING:
    from lake_ingest.rows.quality import Quality

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finishing:
    """What makes the rows of a source those of a file.

    Attributes:
        plan: of their run.
        key: of `protect: hash`.
        quality: looks at the rows before they are protected, where the spec has rules of columns.
        bodies: lands the files that they refer to; without it the rows keep what the source sent.
    """

    plan: Plan
    key: bytes | None
    quality: "Quality | None" = None
    bodies: Bodies | None = None

    def batches(self, rows: Rows) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
        """Each batch of rows as canonical values in the clear, and as it is written: protected, with what is added."""
        ingestion, columns = self.plan.ingestion, self.plan.columns
        fetched = int(time.time())
        with Surplus() as surplus:
            for raw in rows.batches():
                clear = canonical(raw, columns)
                if self.bodies is not None:
                    clear = self.bodies.land(clear)
                if self.quality is not None:
                    self.quality.look(clear)
                batch = protect(clear, columns, self.key)
                if ingestion.coerce_to_timestamp:
                    batch = coerce(batch, columns)
                if ingestion.time_added:
                    batch = add_time(batch, ingestion.time_added, fetched)
                yield clear, batch
                surplus.give_back()


def write_rows(rows: Rows, plan: Plan, sink: Sink, key: bytes | None) -> None:
    """Encode every row into the sink: canonical text, protection, additions, format.

    Args:
        rows: not read yet.
        plan: of their run.
        sink: takes the file.
        key: of `protect: hash`.
    """
    _encode(rows, Finishing(plan, key), sink)


def _encode(rows: Rows, finishing: Finishing, sink: Sink) -> None:
    encoder = encoder_of(finishing.plan, sink)
    for _, batch in finishing.batches(rows):
        encoder.write(batch)
    encoder.close()


def encoder_of(plan: Plan, sink: Sink) -> Encoder:
    """What writes a file of a run."""
    ingestion = plan.ingestion
    columns = written(ingestion, plan.columns)
    return open_encoder(ingestion.format, ingestion.compression, columns, sink, ingestion.csv)


def _quality(plan: Plan) -> "Quality | None":
    """The account of the spec's column rules; most specs have none."""
    rules = plan.ingestion.expect.columns
    if not rules:
        return None
    from lake_ingest.rows.quality import Quality  # noqa: PLC0415 - and its database

    return Quality(rules, plan.columns, plan.ingestion.dataset)


def write_batch(
    staging: Staging,
    plan: Plan,
    index: int,
    reading: Reading,
    key: bytes | None,
    place: Callable[[str], str] | None = None,
) -> Receipt:
    """Write the object of one batch; gives its receipt.

    Args:
        staging: the run's staging folder, where the object is put.
        plan: the run's plan.
        index: which batch.
        reading: its rows, not read yet.
        key: of `protect: hash`.
        place: where a small object is put instead, by its SHA-256.

    Raises:
        IngestionError: nothing is written then.
    """
    quality = _quality(plan)
    bodies = Bodies.of(staging, plan, index, reading.source)
    finishing = Finishing(plan, key, quality, bodies)
    by = partition_column(plan.ingestion, plan.columns)
    objects: tuple[StagedObject, ...]
    if by is None:
        objects = (_one_object(staging, finishing, index, reading.rows, place),)
    else:
        objects = _by_value(staging, finishing, index, reading.rows, by)
    receipt = Receipt(
        index=index,
        objects=objects,
        statement=reading.rows.statement,
        route=reading.rows.route,
        calls=reading.calls,
        nul_bytes_removed=reading.rows.account.nul_bytes,
        seconds=round(time.time() - reading.started, 3),
        quality=quality.found() if quality is not None else {},
        as_of=plan.as_of(index, reading.started),
        bodies=tuple(bodies.landed) if bodies is not None else (),
    )
    log.info("Wrote %s rows, %s bytes, in %s calls", receipt.rows, receipt.bytes, receipt.calls)
    return receipt


def _one_object(
    staging: Staging, finishing: Finishing, index: int, rows: Rows, place: Callable[[str], str] | None
) -> StagedObject:
    with staging.bucket.upload(staging.data_key(index)) as sink:
        _encode(rows, finishing, sink)
        etag = sink.complete(place)
    return StagedObject(sink.key, rows.account.rows, sink.size, sink.sha256, etag)


def _by_value(
    staging: Staging, finishing: Finishing, index: int, rows: Rows, by: Column
) -> tuple[StagedObject, ...]:
    """An object for each value of a column, one after the other once all rows are read."""
    plan = finishing.plan
    column = plan.columns.index(by)
    with TemporaryDirectory(prefix="partitions-") as folder:
        with ByValue(Path(folder), folder_name(plan.ingestion, by), plan.ingestion.dataset) as spread:
            for clear, batch in finishing.batches(rows):
                spread.add(text_of(clear.column(column), by), batch.remove_column(column))
        found = []
        for number, (below, file) in enumerate(spread.folders.items()):
            with staging.bucket.upload(staging.data_key(index, number)) as sink:
                encoder, count = encoder_of(plan, sink), 0
                for batch in spread.rows(file):
                    encoder.write(batch)
                    count += batch.num_rows
                encoder.close()
                etag = sink.complete()
            found.append(StagedObject(sink.key, count, sink.size, sink.sha256, etag, f"{below}/"))
    return tuple(found)


def stage_batch(staging: Staging, plan: Plan, index: int, reading: Reading, key: bytes | None) -> Receipt:
    """Stage one batch and record its receipt.

    Raises:
        IngestionError: nothing is staged then, and no receipt is recorded.
    """
    receipt = write_batch(staging, plan, index, reading, key)
    staging.write_receipt(receipt)
    return receipt
