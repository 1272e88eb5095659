"""One query into one object: what the original system's operator does, on the same engine."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lake_ingest.airflow import context as airflow
from lake_ingest.run.opening import Opening, open_run
from lake_ingest.run.plan import make_plan
from lake_ingest.run.reading import BatchReader, NoNotes, Reading
from lake_ingest.run.waiting import Waiting
from lake_ingest.spec.window import parse_point

if TYPE_CHECKING:
    from operators.salesforce_to_s3_operator import SalesforceToS3Operator

log = logging.getLogger(__name__)


def write_one_object(
    task: "SalesforceToS3Operator", context: Mapping[str, Any], waited: Waiting | None
) -> str | Waiting:
    """Read what the parameters say and write it to the key, where it appears when it is complete; gives the key."""
    with airflow.reported():
        opening = _inclusive(open_run(task.ingestion(), airflow.run_of(context)), task.to_date)
        source = airflow.source_of(opening.ingestion.source, opening.ingestion.conn_id)
        plan = make_plan(source, opening)

        def deliver(reading: Reading) -> str:
            from lake_ingest.run.extract import write_rows  # noqa: PLC0415 - Arrow, once there are rows

            bucket = airflow.s3_bucket(task.s3_conn_id, task.s3_bucket)
            with bucket.upload(task.s3_key) as sink:
                write_rows(reading.rows, plan, sink, None)
                sink.complete()
            rows = reading.rows.account.rows
            log.info("Wrote %s rows, %s bytes, to %s", rows, sink.size, bucket.url(task.s3_key))
            return task.s3_key

        task.reader = reader = BatchReader(source, plan.request(0), NoNotes(), 0, deliver)
        return reader.resume(waited) if waited else reader.begin()


def _inclusive(opening: Opening, to_date: str | None) -> Opening:
    """A written instant belongs to the window (`SystemModstamp <= to_date`); a literal's end has no such row."""
    window = opening.window
    if not to_date or not isinstance(parse_point(to_date), datetime) or window.end is None:
        return opening
    window = replace(window, end=window.end + timedelta(milliseconds=1))
    return replace(opening, window=window, batches=(window,))
