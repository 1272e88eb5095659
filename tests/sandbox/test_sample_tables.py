"""The sample's tables: read in the name of the unit's role, by the runtime itself, over the server that the sandbox starts."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import Run, open_run
from lake_ingest.sources.registry import open_source
from lake_ingest.spec.interval import Interval

from factory.compile.dag import ingestion
from factory.tree.workspace import load
from sandbox.airflow import connections
from sandbox.object_store import ObjectStore
from sandbox.processes import Processes

CONFIGS = Path(__file__).parents[2] / "configs"
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)


@dataclass
class Given:
    """A connection as the sandbox's Airflow has it."""

    extra_dejson: dict[str, Any]
    conn_id: str = "dynamodb_grid"
    host: str | None = None
    login: str | None = None
    password: str | None = None


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    home = tmp_path_factory.mktemp("tables")
    with Processes() as processes:
        command = [sys.executable, "-m", "sandbox.s3", "--configs", str(CONFIGS)]
        processes.start("s3", [*command, "--ready-file", str(home / "ready.json")], log=home / "log")
        processes.wait_until((home / "ready.json").exists, what="the tables", seconds=60)
        yield ObjectStore.attach(home / "ready.json")


@pytest.fixture
def compiled():
    (spec,) = [one for one in load(CONFIGS).specs if one.dag_id == "grid_operations.meter_state"]
    return json.loads(json.dumps(ingestion(spec)))


@pytest.fixture
def worker(store, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", store.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", store.secret_access_key)


def test_the_sample_is_read_by_its_own_role(store, worker, compiled):
    extra = connections.dynamodb(store, store.table_reader_arns["dynamodb_grid"])["extra"]
    source = open_source("dynamodb", Given(extra), {})
    run = Run("grid_operations.meter_state", "run", END, Interval(END - timedelta(hours=24), END))
    request = make_plan(source, open_run(compiled, run)).request(0)
    pending = source.begin(request, lambda _: None)
    while not pending.ready:
        pending = source.look(pending)
    rows = source.resume(request, pending, lambda _: None)
    found = [row for batch in rows.batches() for row in batch.to_pylist()]
    source.discard(pending)
    assert "customer_email" not in found[0]
    assert sum(row["is_deleted"] for row in found) >= 3
    changed = [row for row in found if not row["is_deleted"]]
    assert len(changed) > 100
    assert {row["tariff"] for row in changed} == {'{"day":0.2317,"night":0.1104}'}
    assert all(END - timedelta(hours=24) <= row["written_at"] < END for row in found)
    left = store.client(store.table_reader_arns["dynamodb_grid"]).list_objects_v2(Bucket=store.export_bucket)
    assert left["KeyCount"] == 0


def test_another_role_may_not_read_the_table(store, worker, compiled):
    extra = connections.dynamodb(store, store.writer_arns["aws_finance"])["extra"]
    source = open_source("dynamodb", Given(extra), {})
    run = Run("grid_operations.meter_state", "run", END, Interval(END - timedelta(hours=24), END))
    with pytest.raises(FatalError, match=r"could not describe the table meter_state: .*AccessDenied"):
        make_plan(source, open_run(compiled, run))
