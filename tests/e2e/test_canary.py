"""The DAG that the provisioning pipeline runs on a worker: it needs no connection, and loads what every ingestion may load."""

import boto3
import pytest
from botocore.config import Config

from infra.release.airflow_api import AirflowApi, CouldNotAskError
from sandbox.airflow.settings import USER
from sandbox.rehearsal.services import HICCUPS, Hosted, mwaa

_ONCE = Config(retries={"total_max_attempts": 1})
pytestmark = pytest.mark.e2e


def test_the_canary_runs_as_it_arrives(stack, first):
    """Nobody unpaused it."""
    assert first.progress["platform_canary"].run.state == "success", first.failure(stack, "platform_canary")


def test_airflow_tells_what_prove_asks_of_a_run(stack, first, monkeypatch):
    """The names of its answers are Airflow's own."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
    run = first.progress["platform_canary"].run
    settings = stack.airflow.settings
    with mwaa({"Lake": Hosted(settings.url, USER, settings.password, "dags")}, role="User") as address:
        airflow = AirflowApi(boto3.client("mwaa", endpoint_url=address, config=_ONCE), "Lake")
        for _ in HICCUPS:
            with pytest.raises(CouldNotAskError):
                airflow.airflow_version()
        assert airflow.state(run.dag_id, run.run_id) == "success"
        assert airflow.begun(run.dag_id, run.run_id)
        airflow.busy()
        airflow.start(run.dag_id, run.run_id)  # the answer to the first start may have been lost
