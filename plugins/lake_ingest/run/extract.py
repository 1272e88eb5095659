"""One batch's rows, encoded and staged."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.rows.added import add_time, coerce
from lake_ingest.rows.canonical import canonical
from lake_ingest.rows.encode import Sink, open_encoder
from lake_ingest.rows.protect import protect
from lake_ingest.run.frozen_plan import Plan, written
from lake_ingest.run.memory import Surplus
from lake_ingest.run.reading import Reading
from lake_ingest.sources.source import Rows

if TYPE_CHECKING:
    from lake_ingest.rows.quality import Quality

log = logging.getLogger(__name__)


def write_rows(
    rows: Rows, plan: Plan, sink: Sink, key: bytes | None, quality: "Quality | None" = None
) -> None:
    """Encode every row into the sink: canonical text, protection, additions, format.

    Args:
        rows: not read yet.
        plan: of their run.
        sink: takes the file.
        key: of `protect: hash`.
        quality: looks at the rows before they are protected, where the spec has rules of columns.
    """
    ingestion, columns = plan.ingestion, plan.columns
    fetched = int(time.time())
    encoder = open_encoder(
        ingestion.format, ingestion.compression, written(ingestion, columns), sink, ingestion.csv
    )
    with Surplus() as surplus:
        for raw in rows.batches():
            clear = canonical(raw, columns)
            if quality is not None:
                quality.look(clear)
            batch = protect(clear, columns, key)
            if ingestion.coerce_to_timestamp:
                batch = coerce(batch, columns)
            if ingestion.time_added:
                batch = add_time(batch, ingestion.time_added, fetched)
            encoder.write(batch)
            surplus.give_back()
    encoder.close()


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
    with staging.bucket.upload(staging.data_key(index)) as sink:
        write_rows(reading.rows, plan, sink, key, quality)
        etag = sink.complete(place)
    receipt = Receipt(
        index=index,
        key=sink.key,
        rows=reading.rows.account.rows,
        bytes=sink.size,
        sha256=sink.sha256,
        etag=etag,
        statement=reading.rows.statement,
        route=reading.rows.route,
        calls=reading.calls,
        nul_bytes_removed=reading.rows.account.nul_bytes,
        seconds=round(time.time() - reading.started, 3),
        quality=quality.found() if quality is not None else {},
        as_of=plan.as_of(index, reading.started),
    )
    log.info("Wrote %s rows, %s bytes, in %s calls", receipt.rows, receipt.bytes, receipt.calls)
    return receipt


def stage_batch(staging: Staging, plan: Plan, index: int, reading: Reading, key: bytes | None) -> Receipt:
    """Stage one batch and record its receipt.

    Raises:
        IngestionError: nothing is staged then, and no receipt is recorded.
    """
    receipt = write_batch(staging, plan, index, reading, key)
    staging.write_receipt(receipt)
    return receipt
