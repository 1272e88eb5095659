"""Which span of time a run is of, by what Airflow gave it and by its schedule."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lake_ingest.run.opening import data_interval
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.window import Incremental

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
STEP = Interval(datetime(2026, 3, 3, 5, tzinfo=UTC), datetime(2026, 3, 4, 5, tzinfo=UTC))


def daily(cron: str | None) -> Ingestion:
    return Ingestion(
        "finance", "it", "salesforce", "conn", "Account", Incremental(), ZoneInfo("UTC"), cron=cron
    )


@pytest.mark.parametrize(
    ("given", "cron", "found"),
    [
        (STEP, "0 5 * * *", STEP),
        (Interval(None, None), "0 5 * * *", STEP),
        (Interval(NOW, NOW), "0 5 * * *", STEP),  # a DAG that the environment has run by hand only
        (Interval(NOW, NOW), None, Interval(NOW, NOW)),
        (Interval(None, None), None, Interval(None, NOW)),
    ],
)
def test_a_run_without_a_span_of_its_own_takes_the_last_step_of_its_schedule(given, cron, found):
    assert data_interval(given, NOW, daily(cron)) == found
