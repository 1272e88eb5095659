"""The original system's operator: which rows its two dates select."""

import csv
import io
import time
from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.sources import polling
from lake_ingest.sources.salesforce import bulk

from sandbox.salesforce.running import running_org
from tests.runtime.airflow import tasks
from tests.runtime.airflow.raised import AirflowFailException, TaskDeferred
from tests.runtime.landing import Landing

NOW = datetime.now(UTC)
YESTERDAY = (NOW - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
# As a daily DAG has it: the interval ended before the rows were changed that the task is to read.
ENDED = (YESTERDAY - timedelta(days=1), YESTERDAY)


@pytest.fixture(scope="module")
def young_org():
    """An org whose rows are changed while the tests run."""
    with running_org(rows=400, seed=3) as running:
        yield running


@pytest.fixture
def place(young_org, bucket, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", young_org.ca)
    landing = Landing(young_org, bucket)
    tasks.connect(landing, monkeypatch)
    return landing


def operator(api, **dates):
    from operators.salesforce_to_s3_operator import SalesforceToS3Operator  # noqa: PLC0415 - loads Airflow

    return SalesforceToS3Operator(
        task_id="one",
        sf_conn_id="org",
        sf_obj="Account",
        s3_conn_id="lake",
        s3_bucket="lake",
        s3_key="account.csv",
        sf_fields=["Id", "Name"],
        api=api,
        **dates,
    )


def written(place):
    """The names of the accounts in the object."""
    body = place.bucket.client.get_object(Bucket=place.bucket.name, Key="account.csv")["Body"].read()
    rows = csv.DictReader(io.StringIO(body.decode(), newline=""))
    names = {row["Name"] for row in rows}
    assert rows.fieldnames == ["Id", "Name"]
    return names


def read(place, api="rest", **dates):
    """The names that the operator writes."""
    tasks.run(operator(api, **dates), tasks.context(*ENDED))
    return written(place)


def stamped(place, name, instant):
    place.org.commit_late("Account", {"Name": name}, instant)


@pytest.mark.parametrize(
    "from_date", [f"{YESTERDAY:%Y-%m-%dT%H:%M:%SZ}", f"{YESTERDAY:%Y-%m-%d}", "YESTERDAY"]
)
@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_from_date_alone_reads_up_to_the_moment_of_the_run(place, api, from_date):
    place.org.insert("Account", {"Name": "changed just now"})
    stamped(place, "at the first moment", YESTERDAY)
    stamped(place, "before", YESTERDAY - timedelta(seconds=1))
    found = read(place, api, from_date=from_date)
    assert {"changed just now", "at the first moment"} <= found
    assert "before" not in found


def test_today_is_the_day_of_the_run(place):
    place.org.insert("Account", {"Name": "changed today"})
    stamped(place, "changed yesterday", YESTERDAY + timedelta(hours=23))
    found = read(place, from_date="TODAY")
    assert "changed today" in found
    assert "changed yesterday" not in found


def test_the_moment_is_frozen_while_the_task_waits(place, monkeypatch):
    monkeypatch.setattr(bulk, "_QUICK_POLLS", (0.0,))
    monkeypatch.setattr(polling, "_SHORTEST", 0.05)
    place.org.insert("Account", {"Name": "before the task began"})
    time.sleep(1.1)  # stamps are whole seconds
    place.org.fault(
        "job_failed", reason="query_timeout", seconds=0.5
    )  # the org is asked again after the wait, in two parts
    task = operator("bulk", from_date="YESTERDAY")
    given = tasks.context(*ENDED)
    with pytest.raises(TaskDeferred) as deferral:
        task.execute(given)
    time.sleep(1.1)
    place.org.insert("Account", {"Name": "while the task waited"})
    event = tasks.fire(deferral.value)
    while True:
        try:
            operator("bulk", from_date="YESTERDAY").resume(given, event)
            break
        except TaskDeferred as again:
            event = tasks.fire(again)
    found = written(place)
    assert "before the task began" in found
    assert "while the task waited" not in found


@pytest.mark.parametrize(
    ("to_date", "last"),
    [
        (f"{YESTERDAY:%Y-%m-%dT12:00:00Z}", YESTERDAY.replace(hour=12)),
        (f"{YESTERDAY:%Y-%m-%d}", YESTERDAY.replace(hour=23, minute=59, second=59)),
        ("YESTERDAY", YESTERDAY.replace(hour=23, minute=59, second=59)),
    ],
)
def test_to_date_belongs_to_the_window(place, to_date, last):
    stamped(place, f"last of {to_date}", last)
    stamped(place, f"after {to_date}", last + timedelta(seconds=1))
    found = read(place, from_date=f"{YESTERDAY:%Y-%m-%dT%H:%M:%SZ}", to_date=to_date)
    assert f"last of {to_date}" in found
    assert f"after {to_date}" not in found


@pytest.mark.parametrize(
    "dates",
    [
        {"from_date": "TOMORROW"},
        {"from_date": "2026-02-01T00:00:00Z", "to_date": "2026-01-01T00:00:00Z"},
        {"from_date": "TODAY", "to_date": "YESTERDAY"},
    ],
)
def test_an_empty_window_gives_an_empty_object(place, dates):
    assert read(place, **dates) == set()


def test_a_date_that_cannot_be_read_is_refused(place):
    with pytest.raises(AirflowFailException, match="'2026-02-30': day is out of range"):
        read(place, from_date="2026-02-30")


def test_a_query_replaces_the_fields_as_it_always_has(place):
    assert read(place, query="SELECT Id, Name FROM Account WHERE Name = 'none of this name'") == set()


def test_deleted_rows_are_refused_where_nothing_marks_them(place):
    with pytest.raises(AirflowFailException, match="nothing marks them; read the field IsDeleted"):
        read(place, include_deleted=True)
