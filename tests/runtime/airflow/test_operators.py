"""The tasks as Airflow runs them: deferred, resumed, retried. Airflow's own part is played here."""

import asyncio
import importlib
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from lake_ingest.errors import RetriableError
from lake_ingest.run.budget import Ledger
from lake_ingest.sources import polling
from lake_ingest.sources.salesforce import bulk
from lake_ingest.version import VERSION

from sandbox.airflow import connections
from tests.runtime.landing import DAY
from tests.runtime.published import expected_rows, published_rows

INGESTION = {
    "runtime": VERSION,
    "source": "salesforce",
    "name": "deals",
    "conn_id": "org",
    "fields": [{"name": name} for name in ("Id", "Name", "SystemModstamp")],
    "window": {"from": "2026-01-01", "to": "2026-11-01"},
    "api": "bulk",
    "format": "csv",
}
WHERE = "SystemModstamp >= '2026-01-01' AND SystemModstamp < '2026-11-01'"


class Run:
    """One DAG run; every task is another object each time, as it is another process in Airflow."""

    def __init__(self, landing, unit="finance", object_name="Opportunity"):
        self.landing, self.unit, self.object_name = landing, unit, object_name
        from lake_ingest.airflow import tasks as operators  # noqa: PLC0415 - Airflow reads its settings when it is loaded

        self._operators = operators
        self.prefix = f"{unit}/deals"
        dag_run = {"dag_id": f"{unit}.deals", "run_id": "run", "logical_date": DAY}
        self.context = {
            "dag_run": SimpleNamespace(
                **dag_run, data_interval_start=None, data_interval_end=None, run_after=DAY
            )
        }

    def _place(self):
        return {"aws_conn_id": "lake", "bucket": self.landing.bucket.name, "prefix": self.prefix}

    def plan(self, **spec):
        own = {
            "unit": self.unit,
            "object": self.object_name,
            "budget": {"prefix": self.unit, "calls_per_day": 1000},
        }
        task = self._operators.PlanBatchesOperator(
            task_id="plan_batches", ingestion={**INGESTION, **own, **spec}, **self._place()
        )
        return json.loads(json.dumps(task.execute(self.context)))

    def extract(self, batch):
        return self._operators.ToS3Operator(task_id="extract", batch=batch, **self._place())

    def publish(self):
        self._operators.PublishOperator(task_id="publish", **self._place()).execute(self.context)
        return self.landing.bucket.get_json(f"{self.prefix}/dt=20261101T000000Z/_manifest.json")

    def tried(self, batch):
        """Nothing when the task came through at once, else what Airflow keeps of one that left its wait to the triggerer."""
        from tests.runtime.airflow.raised import TaskDeferred  # noqa: PLC0415

        try:
            self.extract(batch).execute(self.context)
        except TaskDeferred as waiting:
            path, arguments = waiting.trigger.serialize()
            return path, json.loads(json.dumps(arguments))
        return None

    def finish(self, batch):
        """The task from its start to its end, however it comes there."""
        if waiting := self.tried(batch):
            self.extract(batch).resume(self.context, fired(*waiting))

    def whole(self):
        """Every task of the run, the batches side by side."""
        batches = self.plan(batch_size="2 months")
        with ThreadPoolExecutor(len(batches)) as workers:
            list(workers.map(self.finish, batches))
        return self.publish()


def fired(path, arguments):
    """The event of a trigger that is made anew from what Airflow kept."""
    module, _, name = path.rpartition(".")
    trigger = getattr(importlib.import_module(module), name)(**arguments)

    async def first():
        return await anext(trigger.run())

    return json.loads(json.dumps(asyncio.run(first()).payload))


@pytest.fixture
def run(landing, monkeypatch, tmp_path_factory):
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path_factory.getbasetemp() / "airflow"))
    org = landing.org
    given = {
        "org": {
            "conn_type": "http",
            "host": f"{org.my_domain}.salesforce.com",
            "login": org.username,
            "password": org.password,
            "extra": {"security_token": org.security_token, "proxies": {"https": org.proxy}},
        },
        "lake": {
            "conn_type": "aws",
            "login": "key",
            "password": "secret",
            "extra": {"region_name": "eu-west-1", "endpoint_url": landing.bucket.client.meta.endpoint_url},
        },
    }
    for name, value in connections.variables(given).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bulk, "_QUICK_POLLS", (0.0,))
    monkeypatch.setattr(polling, "_SHORTEST", 0.05)
    return Run(landing)


def job_of(arguments):
    """The Bulk job that a trigger waits for."""
    (job,) = arguments["waiting"]["pending"]["token"]["jobs"]
    return job["id"]


def asked(landing, method, path="/jobs/query"):
    return [one for one in landing.org.requests() if one["method"] == method and path in one["path"]]


def test_a_run_that_follows_another_has_its_date_and_its_window_s_end(run, landing):
    asset = SimpleNamespace(uri="lake://finance/product", name="lake://finance/product")
    dates = {
        "logical_date": "2026-10-31T00:00:00Z",
        "data_interval": {"start": None, "end": "2026-11-01T00:00:00Z"},
    }
    event = SimpleNamespace(asset=asset, timestamp=DAY.replace(day=20), extra={"rows": 3, **dates})
    dag_run = run.context["dag_run"]
    dag_run.logical_date, dag_run.run_after, dag_run.consumed_asset_events = (
        None,
        DAY.replace(day=20),
        [event],
    )
    for batch in run.plan(window={"last": "2 months"}, budget=None):
        run.finish(batch)
    run._operators.PublishOperator(task_id="publish", **run._place()).execute(run.context)
    manifest = landing.bucket.get_json("finance/deals/dt=20261031T000000Z/_manifest.json")
    assert manifest["window"] == {"start": "2026-09-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}
    event.extra = {"logical_date": "soon"}
    from tests.runtime.airflow.raised import AirflowFailException  # noqa: PLC0415

    with pytest.raises(AirflowFailException, match="the run follows an event of lake://finance/product"):
        run.plan()


def test_a_run_waits_in_the_triggerer_and_asks_nothing_twice(run, landing):
    landing.org.fault("slow_job", seconds=4)
    (batch,) = run.plan()
    waiting = run.tried(batch)
    assert [one["status"] for one in asked(landing, "DELETE")] == []
    event = fired(*waiting)
    looks = len(asked(landing, "GET"))
    run.extract(batch).resume(run.context, event)
    after = [one["path"].rsplit("/", 1)[-1] for one in asked(landing, "GET")[looks:]]
    assert after == ["results"]
    assert len(asked(landing, "POST")) == len(asked(landing, "DELETE")) == 1
    manifest = run.publish()
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, WHERE)
    calls = [one for one in landing.org.requests() if one["api"]]
    assert manifest["calls"] == len(calls) == Ledger(landing.bucket, "finance").spent()


def test_a_job_that_hangs_is_stopped_and_the_retry_replaces_it(run, landing):
    landing.org.fault("slow_job", seconds=3600)
    (batch,) = run.plan()
    path, arguments = run.tried(batch)
    waiting = arguments["waiting"]
    late = {**waiting, "pending": {**waiting["pending"], "deadline": 0.0}}
    event = fired(path, {"waiting": late})
    with pytest.raises(RetriableError, match="had not ended by its deadline; it was stopped"):
        run.extract(batch).resume(run.context, event)
    (aborted,) = asked(landing, "PATCH")
    assert aborted["path"].endswith(job_of(arguments))
    assert asked(landing, "DELETE")[-1]["status"] == 204
    run.finish(batch)
    manifest = run.publish()
    assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, WHERE)


def test_jobs_of_a_task_that_was_killed_while_it_waited_are_deleted(run, landing):
    landing.org.fault("slow_job", seconds=3600)
    (batch,) = run.plan()
    _, left = run.tried(batch)
    run.finish(batch)  # Airflow's retry knows nothing of it
    gone = [one["path"].rsplit("/", 1)[-1] for one in asked(landing, "DELETE") if one["status"] == 204]
    assert job_of(left) in gone
    assert len(gone) == len(asked(landing, "POST")) == 2


def test_jobs_of_a_run_that_is_planned_anew_are_deleted(run, landing):
    landing.org.fault("slow_job", seconds=3600)
    (batch,) = run.plan()
    _, left = run.tried(batch)
    run.plan()
    run.finish(batch)
    gone = [one["path"].rsplit("/", 1)[-1] for one in asked(landing, "DELETE") if one["status"] == 204]
    assert job_of(left) in gone


def test_the_wait_ends_with_the_job_s_own_failure(run, landing):
    landing.org.fault("job_failed", reason="retries", seconds=0.2)
    (batch,) = run.plan()
    with pytest.raises(
        RetriableError, match="ended as Failed: InternalServerError : Retried more than fifteen times"
    ):
        run.finish(batch)
    assert asked(landing, "DELETE")[-1]["status"] == 204


def test_airflow_retries_only_what_may_pass(run, landing):
    from tests.runtime.airflow.raised import AirflowFailException  # noqa: PLC0415

    landing.org.fault("daily_limit", "/describe")
    with pytest.raises(AirflowFailException, match=r"^QuotaError: .*A limit of the org is used up"):
        run.plan()
    with pytest.raises(AirflowFailException, match="has no field 'Amont'"):
        run.plan(fields=[{"name": "Amont"}])
    Ledger(landing.bucket, "finance").record(1000)
    with pytest.raises(AirflowFailException, match=r"^QuotaError: unit finance has made 100\d of its 1000"):
        run.plan()


def test_two_units_at_once_do_not_mix(run, landing):
    """The same run id, the same org, the same bucket; sessions end under both of them."""
    runs = [run, Run(landing, "sales", "Contact")]
    landing.org.fault("slow_job", seconds=0.3, times=None)
    landing.org.fault("session_expired", "/results", skip=3)
    with ThreadPoolExecutor(2) as units:
        manifests = list(units.map(Run.whole, runs))
    for one, manifest in zip(runs, manifests, strict=True):
        assert manifest["object"] == one.object_name
        assert published_rows(landing.bucket, manifest) == expected_rows(landing.org, manifest, WHERE)
        assert Ledger(landing.bucket, one.unit).spent() == manifest["calls"]
        named = {batch["key"] for batch in manifest["batches"]}
        assert len(named) == 5
        assert {key for key in landing.bucket.keys(f"{one.prefix}/") if "_manifest" not in key} == named
    assert (
        len(asked(landing, "POST"))
        == len([one for one in asked(landing, "DELETE") if one["status"] == 204])
        == 10
    )
