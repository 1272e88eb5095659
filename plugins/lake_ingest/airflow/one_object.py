"""One query into one object: what the original system's operator does, on the same engine."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from lake_ingest.airflow import context as airflow
from lake_ingest.errors import FatalError
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import Opening, Run
from lake_ingest.run.reading import BatchReader, NoNotes, Reading
from lake_ingest.run.waiting import Waiting
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval, midnight
from lake_ingest.spec.resolution import instants_between
from lake_ingest.spec.window import Between, Window

if TYPE_CHECKING:
    from operators.salesforce_to_s3_operator import SalesforceToS3Operator

log = logging.getLogger(__name__)

_UTC = ZoneInfo("UTC")
_NEXT_STAMP = timedelta(milliseconds=1)  # Salesforce's stamps have milliseconds


def write_one_object(
    task: "SalesforceToS3Operator", context: Mapping[str, Any], waited: Waiting | None
) -> str | Waiting:
    """Read what the parameters say and write it to the key, where it appears when it is complete; gives the key.

    The moment at which the try began is frozen: it travels with what the triggerer waits for, so that every request of the try
    asks for the same rows.
    """
    moment = waited.started if waited else time.time()
    with airflow.reported():
        opening = _opening(task.ingestion(), airflow.run_of(context), datetime.fromtimestamp(moment, UTC))
        source = airflow.source_of(
            opening.ingestion.source, opening.ingestion.conn_id, opening.ingestion.options
        )
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

        task.reader = reader = BatchReader(source, plan.request(0), NoNotes(), 0, deliver, moment)
        return reader.resume(waited) if waited else reader.begin()


def _opening(compiled: dict[str, Any], run: Run, moment: datetime) -> Opening:
    """A window that is empty is read as any other: no row lies in it, and the object says so."""
    try:
        ingestion = Ingestion.from_dict(compiled)
        window = _window(ingestion.window, moment)
    except (ValueError, OverflowError) as error:
        raise FatalError(f"{run.dag_id}: {error}") from None
    return Opening(run, ingestion, compiled, window, (window,), window.end)


def _window(window: Window, moment: datetime) -> Interval:
    """What `SystemModstamp >= from_date AND SystemModstamp <= to_date` selects, asked at a moment.

    Literals are those of the moment. The end belongs to the window: an instant, the whole of a date, of a literal its last day.
    """
    if not isinstance(window, Between):
        return Interval(None, None)
    start, end = instants_between(window, moment, _UTC)
    if isinstance(window.end, datetime):
        end += _NEXT_STAMP
    elif isinstance(window.end, str):
        end = midnight(date.fromisoformat(window.end) + timedelta(days=1), _UTC)
    return Interval(start, end)
