"""Notices as Airflow gives rise to them: the callback of a failed task, drift of a publication, and the watch's task."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.trouble import Trouble, Troubles
from lake_ingest.run.notices.topic import Topic

from sandbox.mailbox import Mailbox
from tests.runtime.airflow.tasks import COMPILED, connect, context
from tests.runtime.landing import DAY

NOTICES = {"unit": "finance", "name": "deals", "prefix": "finance", "contact": "finance-data@example.com"}
PLACE = {"aws_conn_id": "lake", "prefix": "finance/deals", "spec_url": "https://git.example.com/deals.yaml"}


@pytest.fixture
def mailbox(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    url = bucket.client.meta.endpoint_url
    box = Mailbox.of(session, url, f"finance-{uuid.uuid4().hex[:8]}")
    topic = Topic(session.client("sns", endpoint_url=url), box.topic_arn)
    monkeypatch.setattr("lake_ingest.airflow.context.topic_of", lambda *_: topic)
    monkeypatch.setattr("lake_ingest.airflow.context.s3_bucket", lambda *_: bucket)
    return box


def task_of(bucket, notices=None):
    from lake_ingest.airflow.tasks import PublishOperator  # noqa: PLC0415 - Airflow reads its settings when it is loaded

    return PublishOperator(task_id="publish", bucket=bucket.name, notices=notices, **PLACE)


def failed(task, error=None):
    from lake_ingest.airflow.notices import tell_failure  # noqa: PLC0415

    instance = SimpleNamespace(log_url="https://airflow.example.com/log", try_number=4)
    tell_failure({**context(DAY), "task": task, "ti": instance, **({"exception": error} if error else {})})


def fatal(text):
    """As `reported` hands it to Airflow."""
    from tests.runtime.airflow.raised import AirflowFailException  # noqa: PLC0415

    return AirflowFailException(text)


@pytest.mark.parametrize(
    ("error", "subject", "sentence"),
    [
        (lambda: fatal("Salesforce has no field 'Nmae'."), "finance.deals failed", "Salesforce has no field 'Nmae'."),
        (lambda: RetriableError("S3 hung up."), "finance.deals failed", "S3 hung up."),
        (
            lambda: fatal("QuotaError: unit finance has made 900 of its 900 API calls"),
            "finance.deals met a limit of calls",
            "unit finance has made 900 of its 900 API calls",
        ),
        (
            lambda: ValueError("password=Wr0ng"),
            "finance.deals failed",
            "The task failed: ValueError. Its log says more.",
        ),
        (lambda: None, "finance.deals failed", "The task failed: its process ended. Its log says more."),
    ],
)  # fmt: skip
def test_a_task_that_failed_for_good_is_told_with_its_sentence(bucket, mailbox, error, subject, sentence):
    failed(task_of(bucket, NOTICES), error())
    failed(task_of(bucket, NOTICES), error())
    (letter,) = mailbox.letters()
    assert letter.subject == subject
    first, *rest = letter.text.splitlines()
    assert first == sentence
    assert "Log: https://airflow.example.com/log" in rest
    assert f"Spec: {PLACE['spec_url']}" in rest


def test_a_spec_that_asks_for_nothing_tells_nothing(bucket, mailbox):
    failed(task_of(bucket), fatal("Salesforce has no field 'Nmae'."))
    assert mailbox.letters() == []
    assert bucket.keys("finance/") == []


def test_a_topic_that_takes_nothing_leaves_the_failure_as_it_is(bucket, mailbox, monkeypatch, caplog):
    def refused(*_):
        raise FatalError("the AWS connection 'lake' names no topic")

    monkeypatch.setattr("lake_ingest.airflow.context.topic_of", refused)
    failed(task_of(bucket, NOTICES), fatal("Salesforce has no field 'Nmae'."))
    assert "Nobody was told of it: the AWS connection 'lake' names no topic" in caplog.text


def test_other_columns_are_told_when_they_are_published(landing, mailbox, monkeypatch):
    from lake_ingest.airflow.tasks import ToS3Operator  # noqa: PLC0415

    connect(landing, monkeypatch)

    def run(day, *fields):
        chosen = {"object": "Product2", "fields": [{"name": name} for name in fields], "drift": "follow"}
        ingestion = {**COMPILED, **chosen}
        task = ToS3Operator(
            task_id="ingest", bucket=landing.bucket.name, notices=NOTICES, ingestion=ingestion, **PLACE
        )
        task.execute(context(day))

    run(DAY, "Id", "Name")
    assert mailbox.letters() == []
    run(DAY + timedelta(days=1), "Id", "Name", "ProductCode")
    run(DAY + timedelta(days=1), "Id", "Name", "ProductCode")
    (letter,) = mailbox.letters()
    assert letter.subject == "finance.deals has other columns"
    assert letter.text.startswith("The columns are not those of the publication before. added: ProductCode.")


def test_the_watch_tells_what_is_late_though_no_run_of_it_ever_began(bucket, mailbox):
    from lake_ingest.airflow.notices import WatchOperator  # noqa: PLC0415

    deals = {
        "name": "deals",
        "bucket": bucket.name,
        "prefix": "finance/deals",
        "deadline": "26 hours",
        "start": None,
        "end": None,
        "spec_url": PLACE["spec_url"],
    }
    watch = WatchOperator(
        task_id="watch", aws_conn_id="lake", prefix="finance", notices=NOTICES, datasets=[deals]
    )
    watch.execute(context(DAY))
    assert mailbox.letters() == []
    seen = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=27)
    Troubles(bucket, "finance").close(Trouble("deals", "awaited", seen, seen))
    Troubles(bucket, "finance").enter(Trouble("deals", "awaited", seen, seen))
    watch.execute(context(DAY))
    watch.execute(context(DAY))
    (letter,) = mailbox.letters()
    assert letter.subject == "finance.deals is late"
    assert letter.text.startswith(
        "Nothing was ever published; by its deadline of 26 hours another was due at "
    )


def test_the_topic_is_that_of_the_unit_as_the_platform_names_it(bucket, monkeypatch):
    """In the topic's own region, whichever the connection names."""
    from lake_ingest.airflow.context import topic_of  # noqa: PLC0415 - Airflow reads its settings when it is loaded
    from lake_ingest.run.notices.notice import Notice  # noqa: PLC0415

    url = bucket.client.meta.endpoint_url
    unit = f"finance_{uuid.uuid4().hex[:8]}"
    box = Mailbox.of(boto3.Session("key", "secret", region_name="eu-west-1"), url, f"Lake-{unit}-notices")
    extra = {"endpoint_url": url, "region_name": "us-east-1"}
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_LAKE_NOTICES", json.dumps(connection))
    monkeypatch.setenv("AIRFLOW__LAKE__TOPIC", box.topic_arn.replace(unit, "{unit}"))
    topic_of("lake_notices", unit).send(Notice("late", "It is late.", "{}", {"unit": unit}))
    assert [letter.subject for letter in box.letters()] == ["late"]


def test_an_airflow_without_topics_says_who_sets_them(monkeypatch):
    from lake_ingest.airflow.context import topic_of  # noqa: PLC0415

    monkeypatch.delenv("AIRFLOW__LAKE__TOPIC", raising=False)
    with pytest.raises(FatalError, match=r"option lake\.topic is not set.*the platform sets it: deploy it"):
        topic_of("lake", "finance")
