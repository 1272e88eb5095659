"""The Prove stage as the pipeline runs it, over the real clients: what works is noted, what does not takes the former files."""

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from infra.proof.__main__ import main
from infra.proof.provisioned import CodeBucket, Provisioned
from sandbox.rehearsal.deployment import Deployment
from sandbox.rehearsal.loopback import serving
from sandbox.rehearsal.played_environment import PlayedEnvironment
from tests.infra.served import speak_to

BUCKET = "code-bucket"


class Mwaa:
    """An environment: what it runs on, and what its Airflow answers. `updates` are the changes that it was asked for."""

    def __init__(self) -> None:
        self.runs = Provisioned("", "", "3.3.1")
        self.statuses: list[str] = []
        self.trouble: str | None = None
        self.says = "3.3.1"
        self.errors = 0
        self.unread = False
        self.deaf = False
        self.canaries: list[str] = [
            "queued",
            "running",
            "success",
        ]  # states of its run, the last for ever; none without the DAG
        self.begun = True  # whether a worker has begun the canary's task
        self.conflict = False  # whether a run of that id is there already
        self.running = 0  # tasks of other DAGs
        self.started: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        status, told = self._told(path, json.loads(body) if body else {})
        return status, "application/json", json.dumps(told).encode()

    def _told(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.deaf:
            return 403, {"__type": "AccessDeniedException", "Message": "no"}
        if path == "/environments/Lake" and asked:
            self.updates.append(asked)
            self.runs = Provisioned(
                asked["PluginsS3ObjectVersion"], asked["RequirementsS3ObjectVersion"], self.runs.airflow
            )
            self.statuses = ["UPDATING"]
            return 200, {"Arn": "arn"}
        if path == "/environments/Lake":
            return 200, {"Environment": self._environment()}
        if asked["Method"] != "GET":
            self.started.append(asked)
            if self.conflict and asked["Method"] == "POST":
                conflict = {"__type": "RestApiClientException", "RestApiStatusCode": 409}
                return 409, conflict | {"RestApiResponse": {"detail": "DAGRun already exists"}}
            return 200, {"RestApiStatusCode": 200, "RestApiResponse": {}}
        return 200, {"RestApiStatusCode": 200, "RestApiResponse": self._airflow(asked["Path"])}

    def _environment(self) -> dict[str, Any]:
        last = {
            "Status": "FAILED" if self.trouble else "SUCCESS",
            "Error": {"ErrorMessage": self.trouble or ""},
        }
        return {
            "Status": self.statuses.pop(0) if self.statuses else "AVAILABLE",
            "AirflowVersion": self.runs.airflow,
            "PluginsS3ObjectVersion": self.runs.plugins,
            "RequirementsS3ObjectVersion": self.runs.requirements,
            "LastUpdate": last,
        }

    def _airflow(self, path: str) -> dict[str, Any]:
        if path == "/version":
            return {"version": self.says}
        if path == "/importErrors":
            errors = [
                {"filename": f"finance/{n}.py", "stack_trace": "ImportError: no pyarrow"}
                for n in range(self.errors)
            ]
            return {"import_errors": errors, "total_entries": len(errors)}
        if path == "/dags/~/dagRuns/~/taskInstances":
            return {"task_instances": [], "total_entries": self.running}
        if path.endswith("/taskInstances"):
            task = {"state": "failed", "hostname": "worker-1" if self.begun else ""}
            return {"task_instances": [task], "total_entries": 1}
        if path.startswith("/dags/platform_canary/dagRuns/"):
            return {"state": self.canaries.pop(0) if len(self.canaries) > 1 else self.canaries[0]}
        moment = "2020-01-01T00:00:00Z" if self.unread else datetime.now(UTC).isoformat()
        there = ["finance.product", *(["platform_canary"] if self.canaries else [])]
        dags = [{"dag_id": dag_id, "last_parsed_time": moment} for dag_id in there]
        return {"dags": dags, "total_entries": len(dags)}


@pytest.fixture
def mwaa(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mwaa]:
    played = Mwaa()
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with serving(played.answer) as address:
        speak_to(monkeypatch, s3=s3_address, mwaa=address)
        yield played


@pytest.fixture
def bucket(mwaa: Mwaa) -> Iterator[CodeBucket]:
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    provision(mwaa)
    yield CodeBucket(client, BUCKET)
    listed = client.list_object_versions(Bucket=BUCKET)
    for version in listed.get("Versions", ()):
        client.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    client.delete_bucket(Bucket=BUCKET)


def provision(mwaa: Mwaa) -> None:
    """New files in the bucket, which the environment runs on."""
    client = boto3.client("s3")
    stored = [
        client.put_object(Bucket=BUCKET, Key=name, Body=str(time.monotonic_ns()))["VersionId"]
        for name in ("plugins.zip", "requirements.txt")
    ]
    mwaa.runs = Provisioned(*stored, mwaa.runs.airflow)


def prove(seconds: float = 60) -> int:
    return main(["--environment", "Lake", "--bucket", BUCKET, "--seconds", str(seconds), "--patience", "0"])


def test_what_works_is_noted(mwaa, bucket):
    mwaa.statuses = ["AVAILABLE", "UPDATING", "UPDATING"]
    assert prove() == 0
    assert bucket.proven() == mwaa.runs
    assert mwaa.updates == []


def test_a_worker_runs_the_canary_once_before_anything_is_proven(mwaa, bucket):
    assert prove() == 0
    assert mwaa.canaries == ["success"]
    assert [(asked["Method"], asked["Path"]) for asked in mwaa.started] == [
        ("PATCH", "/dags/platform_canary"),
        ("POST", "/dags/platform_canary/dagRuns"),
    ]
    assert mwaa.started[0]["Body"] == {"is_paused": False}


def test_a_worker_that_has_no_time_proves_nothing_and_moves_nothing(mwaa, bucket, capsys):
    assert prove() == 0
    provision(mwaa)
    mwaa.canaries = ["queued"]
    assert prove(seconds=0) == 1
    told = capsys.readouterr().err
    assert "platform_canary is queued" in told
    assert "so everything stays" in told
    assert mwaa.updates == []


def no_worker_begins_it(mwaa: Mwaa) -> None:
    """As Airflow leaves a task that has waited too long for a worker: failed, and no worker's name."""
    mwaa.begun = False
    mwaa.canaries = ["queued", "failed", "queued"]


@pytest.mark.parametrize("running", [1, 40])
def test_a_canary_that_airflow_failed_while_all_workers_were_busy_is_started_again(
    mwaa, bucket, capsys, running
):
    assert prove() == 0
    provision(mwaa)
    no_worker_begins_it(mwaa)
    mwaa.running = running
    mwaa.canaries.append("success")
    mwaa.started.clear()
    assert prove() == 0
    assert "queued again, after no worker had begun it" in capsys.readouterr().out
    runs = [asked["Body"]["dag_run_id"] for asked in mwaa.started if asked["Method"] == "POST"]
    assert len(set(runs)) == 2
    assert mwaa.updates == []
    assert bucket.proven() == mwaa.runs


def test_workers_that_stay_busy_prove_nothing_and_move_nothing(mwaa, bucket, monkeypatch, capsys):
    assert prove() == 0
    provision(mwaa)
    no_worker_begins_it(mwaa)
    mwaa.running = 40
    clock = itertools.count(step=10)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    assert prove() == 1
    assert "it is not known whether anything is wrong, so everything stays" in capsys.readouterr().err
    assert mwaa.updates == []


def test_a_start_whose_answer_was_lost_is_no_second_run(mwaa, bucket):
    mwaa.conflict = True
    assert prove() == 0
    assert mwaa.canaries == ["success"]


def canary_failed(mwaa: Mwaa) -> None:
    mwaa.canaries = ["queued", "failed"]


def no_canary(mwaa: Mwaa) -> None:
    mwaa.canaries = []


def test_an_airflow_that_never_shows_the_canary_goes_back(mwaa, bucket, capsys):
    assert prove() == 0
    former = mwaa.runs
    provision(mwaa)
    no_canary(mwaa)
    assert prove(seconds=0) == 1
    assert "Airflow does not show platform_canary yet" in capsys.readouterr().err
    assert mwaa.runs == former


def broken(mwaa: Mwaa) -> None:
    mwaa.errors = 3


def another_version(mwaa: Mwaa) -> None:
    mwaa.says = "3.0.6"


def failed_update(mwaa: Mwaa) -> None:
    mwaa.trouble = "it went wrong"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (broken, "3 files cannot be imported, and 0 could not before: finance/0.py: ImportError: no pyarrow"),
        (another_version, "Airflow says it is 3.0.6, and MWAA that it runs 3.3.1"),
        (failed_update, "MWAA could not update the environment: it went wrong"),
        (no_worker_begins_it, "no worker begins platform_canary, and none runs anything else"),
        (canary_failed, "platform_canary failed on a worker: its log in Airflow says why"),
    ],
)
def test_what_does_not_work_takes_the_former_files(mwaa, bucket, capsys, spoil, sentence):
    assert prove() == 0
    former = mwaa.runs
    provision(mwaa)
    spoil(mwaa)
    assert prove() == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert "the environment runs on the former files" in told
    assert [(u["PluginsS3ObjectVersion"], u["RequirementsS3ObjectVersion"]) for u in mwaa.updates] == [
        (former.plugins, former.requirements)
    ]
    assert bucket.proven() == former


def test_errors_that_stood_before_are_not_the_new_files_fault(mwaa, bucket):
    assert prove() == 0
    bucket.note_proven(Provisioned(mwaa.runs.plugins, mwaa.runs.requirements, "3.3.1", import_errors=2))
    provision(mwaa)
    mwaa.errors = 2
    assert prove() == 0
    proven = bucket.proven()
    assert proven is not None
    assert proven.import_errors == 2


def test_the_first_files_have_nothing_to_go_back_to(mwaa, bucket, capsys):
    mwaa.errors = 1
    assert prove() == 1
    assert "there is nothing to go back to" in capsys.readouterr().err
    assert mwaa.updates == []


def test_mwaa_does_not_go_back_to_another_airflow(mwaa, bucket, capsys):
    bucket.note_proven(Provisioned("p", "r", "3.0.6"))
    mwaa.errors = 1
    assert prove() == 1
    assert "of Airflow 3.0.6, to which MWAA does not go back" in capsys.readouterr().err
    assert mwaa.updates == []


def test_files_that_were_proven_before_are_not_blamed(mwaa, bucket, capsys):
    assert prove() == 0
    mwaa.errors = 1
    assert prove() == 1
    assert "these very files were proven before" in capsys.readouterr().err
    assert mwaa.updates == []


def test_an_environment_that_was_put_back_stays_unproven(mwaa, bucket, capsys):
    """The next run of the pipeline with the same files must not pass because nothing moved."""
    assert prove() == 0
    former = mwaa.runs
    provision(mwaa)
    mwaa.runs = former
    assert prove() == 1
    told = capsys.readouterr().err
    assert "runs on other versions of plugins.zip or requirements.txt than were deployed" in told
    assert "runs on the former files already" in told
    assert mwaa.updates == []


def test_nobody_answers_so_nothing_is_changed(mwaa, bucket, capsys):
    bucket.note_proven(Provisioned("p", "r", "3.3.1"))
    told: list[str] = []
    real = mwaa.answer

    def deaf_after_the_first(path: str, body: bytes) -> tuple[int, str, bytes]:
        told.append(path)
        mwaa.deaf = len(told) > 1
        return real(path, body)

    mwaa.answer = deaf_after_the_first  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patched, serving(mwaa.answer) as address:
        patched.setenv("AWS_ENDPOINT_URL_MWAA", address)
        assert prove(seconds=0) == 1
    assert "it is not known whether anything is wrong, so everything stays" in capsys.readouterr().err
    assert mwaa.updates == []


def test_dags_that_the_new_airflow_has_not_read_prove_nothing(mwaa, bucket, capsys):
    mwaa.unread = True
    assert prove(seconds=0) == 1
    assert "2 DAGs have not been read since, among them finance.product" in capsys.readouterr().err


def test_an_update_that_does_not_end_is_left_alone(mwaa, bucket, capsys):
    bucket.note_proven(Provisioned("p", "r", "3.3.1"))
    mwaa.statuses = ["AVAILABLE", *["UPDATING"] * 5]
    assert prove(seconds=0) == 1
    told = capsys.readouterr().err
    assert "the environment is UPDATING" in told
    assert "so everything stays" in told
    assert mwaa.updates == []


def test_who_may_not_ask_at_all_is_told_so(mwaa, bucket, capsys):
    mwaa.deaf = True
    assert prove(seconds=0) == 1
    assert capsys.readouterr().err.startswith("the environment or its bucket could not be asked: ")


def test_the_environment_of_the_rehearsal_goes_back_as_mwaa_does(mwaa, bucket, monkeypatch):
    """What `make rehearse` plays MWAA with: it runs on what was deployed last, until it is given something else."""
    deployment = Deployment(SimpleNamespace(), prefix="")  # nothing is deployed through it here
    played = PlayedEnvironment(deployment)
    with serving(played.answer) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_MWAA", address)
        for _ in range(2):
            provision(mwaa)
            deployment.environments.append(
                {
                    "AirflowVersion": "3.3.1",
                    "PluginsS3ObjectVersion": mwaa.runs.plugins,
                    "RequirementsS3ObjectVersion": mwaa.runs.requirements,
                }
            )
            if played.working is None:
                assert prove() == 0
                former = played.runs
                played.working = {former["PluginsS3ObjectVersion"]}
        assert played.runs != former
        assert prove() == 1
        assert played.runs == former
