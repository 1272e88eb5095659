"""Late commits: a run that awaits them reads the row that another one misses."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from lake_ingest.airflow.tasks import PlanBatchesOperator
from lake_ingest.airflow.trigger import SourceTrigger
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.staging import Staging
from lake_ingest.run.budget import Ledger
from lake_ingest.run.publish import publish
from lake_ingest.run.waiting import Waiting
from lake_ingest.sources.salesforce import commits
from lake_ingest.sources.salesforce.commits import Coverage, check_patience, coverage
from lake_ingest.sources.source import Pending
from lake_ingest.spec.ingestion import Ingestion

from tests.runtime.airflow import tasks
from tests.runtime.airflow.raised import AirflowFailException, TaskDeferred
from tests.runtime.landing import PREFIX
from tests.runtime.published import published_rows

ROW = {"Name": "a long transaction", "StageName": "Prospecting", "CloseDate": "2026-05-01"}
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def awaiting(landing, monkeypatch):
    """The task plan_batches of a spec that awaits commits, whose triggerer does not dawdle."""
    tasks.connect(landing, monkeypatch)
    monkeypatch.setattr(commits, "_FIRST_PAUSE", 0.01)

    def operator(**spec):
        compiled = {**tasks.COMPILED, "await_commits": True, "fields": [{"name": "Id"}], **spec}
        return PlanBatchesOperator(task_id="plan_batches", ingestion=compiled, **tasks.UNIT)

    return operator


def window(start, end):
    return {"from": f"{start:%Y-%m-%dT%H:%M:%SZ}", "to": f"{end:%Y-%m-%dT%H:%M:%SZ}"}


@pytest.fixture
def open_transaction(org):
    """A row that was stamped a moment ago and is not committed, and a window that holds its stamp."""
    began = org.clock()
    transaction = org.begin("Opportunity", ROW)
    org.clock(advance=2)
    ids = []

    def commit():
        ids.extend(org.commit(transaction))
        return ids[0]

    yield commit, window(began - MINUTE, org.clock())
    if not ids:
        commit()
    org.hard_delete("Opportunity", ids)


def test_without_the_option_a_late_commit_is_missed(landing, open_transaction):
    commit, span = open_transaction
    manifest = landing.land(object="Opportunity", fields=[{"name": "Id"}], window=span)
    late = commit()
    assert late not in {row["Id"] for row in published_rows(landing.bucket, manifest)}


def test_with_it_the_run_waits_and_reads_the_row(landing, awaiting, open_transaction):
    commit, span = open_transaction
    operator, given = awaiting(window=span), tasks.context(NOW)
    with pytest.raises(TaskDeferred) as deferral:
        operator.execute(given)
    assert landing.bucket.keys(f"{PREFIX}/") == []
    late = commit()
    event = tasks.fire(deferral.value)
    assert event["pending"]["ready"]
    assert len(operator.resume(given, event)) == 1
    staging = Staging(landing.bucket, PREFIX, "run")
    planned = staging.frozen()["calls"]
    landing.stage(staging, 0)
    manifest = publish(staging, PREFIX, "run", NOW).to_dict()
    assert late in {row["Id"] for row in published_rows(landing.bucket, manifest)}
    asked = [request for request in landing.org.requests() if request["path"].endswith("/updated")]
    assert len(asked) == 1 + event["unrecorded"]
    assert planned == len(asked) + 1  # the description
    assert Ledger(landing.bucket, "finance").spent() == planned


def test_what_is_committed_is_not_waited_for(landing, awaiting):
    now = landing.org.clock()
    batches = awaiting(window=window(now - 10 * MINUTE, now - MINUTE)).execute(tasks.context(NOW))
    assert len(batches) == 1
    assert len([one for one in landing.org.requests() if one["path"].endswith("/updated")]) == 1


def test_a_window_that_has_not_ended_is_waited_for(landing, awaiting):
    end = (landing.org.clock() + timedelta(seconds=2)).replace(microsecond=0)
    tasks.run(awaiting(window=window(end - MINUTE, end)), tasks.context(NOW))
    assert landing.org.clock() >= end


def test_a_window_that_ends_far_ahead_is_refused(landing, awaiting):
    end = landing.org.clock() + timedelta(hours=3)
    with pytest.raises(AirflowFailException, match=r"finance\.deals ends at .* ahead of the org's clock"):
        awaiting(window=window(end - MINUTE, end)).execute(tasks.context(NOW))


def test_patience_ends_with_a_sentence(landing, awaiting, open_transaction, monkeypatch):
    monkeypatch.setattr(commits, "PATIENCE", timedelta(seconds=0.3))
    _, span = open_transaction
    with pytest.raises(
        RetriableError, match=r"finance\.deals ends at .*answers for changes before 20.*latestDateCovered"
    ):
        tasks.run(awaiting(window=span), tasks.context(NOW))
    assert Ledger(landing.bucket, "finance").spent() == len(
        [one for one in landing.org.requests() if one["path"].endswith("/updated")]
    )


def test_a_question_that_fails_is_the_task_s_own_failure(landing, awaiting, open_transaction):
    _, span = open_transaction
    operator, given = awaiting(window=span), tasks.context(NOW)
    with pytest.raises(TaskDeferred) as deferral:
        operator.execute(given)
    landing.org.fault(
        "error", "/updated", times=None, status=400, code="INSUFFICIENT_ACCESS", message="not yours"
    )
    event = tasks.fire(deferral.value)
    assert not event["pending"]["ready"]
    with pytest.raises(AirflowFailException, match="INSUFFICIENT_ACCESS not yours"):
        operator.resume(given, event)


def test_an_answer_without_the_mark_is_no_answer(landing):
    landing.org.fault("html", "/updated", times=None)
    with pytest.raises(RetriableError, match="say up to when the changes of Account are committed"):
        coverage(landing.client(), "Account", landing.org.clock())


def test_what_the_org_cannot_be_asked_for_is_committed(landing, awaiting):
    old = datetime.now(UTC) - timedelta(days=30)
    awaiting(window=window(old - MINUTE, old)).execute(tasks.context(NOW))
    assert not [one for one in landing.org.requests() if one["path"].endswith("/updated")]


def test_pauses_grow_and_begin_after_the_window(monkeypatch):
    """By the clock of the org, which is an hour behind; nothing is committed."""
    now = datetime.now(UTC)
    monkeypatch.setattr(commits, "coverage", lambda *_: Coverage(now - 2 * MINUTE, now - MINUTE))
    ingestion = Ingestion.from_dict({**tasks.COMPILED, "window": {"last": "1 day"}})
    waiting = commits.await_commits(None, ingestion, now, time.time())
    assert waiting.look_at - time.time() == pytest.approx(60, abs=5)
    pauses = []
    for _ in range(30):
        waiting = commits.look_for_commits(None, waiting)
        pauses.append(round(waiting.look_at - time.time(), 1))
    assert pauses[:3] == pytest.approx([15, 22.5, 33.75], abs=1)
    assert pauses[-1] == pytest.approx(300, abs=1)
    check_patience("u.n", NOW, Coverage(NOW - MINUTE, NOW), over=False)
    with pytest.raises(FatalError, match="2027"):
        check_patience("u.n", NOW + timedelta(days=365), Coverage(NOW, NOW), over=False)


def test_the_trigger_is_made_again_from_what_airflow_keeps():
    pending = Pending("commits", {"commits_of": "Account"}, 3.0, 5.0)
    trigger = SourceTrigger(Waiting("salesforce", "org", {}, pending, "commits", 1.0, 2).to_dict())
    path, kept = trigger.serialize()
    assert path == f"{SourceTrigger.__module__}.SourceTrigger"
    assert SourceTrigger(**kept).serialize() == (path, kept)
