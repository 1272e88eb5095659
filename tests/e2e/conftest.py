"""One org, one S3 and one Airflow for all end-to-end tests; DAG runs are started together, in two rounds.

The fixtures are of the package, so that Airflow ends with its last test and not with the worker: idle, it takes a tenth of a core.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import compiled, landed, watch
from sandbox.airflow import connections
from sandbox.airflow.connections import OrgAccess
from sandbox.airflow.rest_client import DagRun
from sandbox.compiled import CompiledDag
from sandbox.landed import Publication
from sandbox.object_store import ObjectStore
from sandbox.salesforce import Org
from sandbox.stack import Options, Stack, running_stack
from sandbox.watch import RunProgress

HERE = Path(__file__).parent
ENVIRONMENT = "trial"  # of the group's: its DAGs land in folders below trial/
ROUND_SECONDS = 1000.0
WRONG_PASSWORD = "Wr0ng-and-secret-all-the-same"


def odd_connections(org: OrgAccess, store: ObjectStore) -> Mapping[str, str]:
    """A wrong password, a role that is refused, and the region as the original system spelt it."""
    aws = connections.aws(store, store.role_arn)
    refused = {**aws["extra"], "role_arn": f"{store.role_arn}_of_somebody_else"}
    by_region = {"region" if key == "region_name" else key: value for key, value in aws["extra"].items()}
    return connections.variables(
        {
            "wrong_password": {**connections.by_password(org), "password": WRONG_PASSWORD},
            "aws_refused": {**aws, "extra": refused},
            "aws_by_region": {**aws, "extra": by_region},
        }
    )


@pytest.fixture(scope="package")
def dags(tmp_path_factory) -> tuple[Path, list[CompiledDag]]:
    folder = tmp_path_factory.mktemp("dags")
    sample = compiled.render(HERE / "configs", folder, ENVIRONMENT)
    shutil.copy(HERE / "dags" / "by_hand.py", folder)
    shutil.copy(HERE.parents[1] / "infra" / "proof" / "platform_canary.py", folder)
    return folder, sample


@pytest.fixture(scope="package")
def stack(tmp_path_factory, dags):
    folder, sample = dags
    options = Options(
        rows=2000,
        configs=HERE / "configs",
        environment=ENVIRONMENT,
        parallelism=4,
        org_options=("--job-seconds", "15"),
        variables=odd_connections,
    )
    with running_stack(
        tmp_path_factory.mktemp("sandbox"),
        folder,
        sample,
        options,
        extra_dag_ids={"by_hand", "platform_canary"},
    ) as running:
        yield running


@pytest.fixture(scope="package")
def org(stack: Stack) -> Org:
    return Org.attach(stack.org_ready_file)


@dataclass(frozen=True)
class Round:
    """What became of the runs that were started together.

    `states` are the states in which each task instance was seen; `published` the lake right after the round.
    """

    progress: Mapping[str, RunProgress]
    states: frozenset[tuple[str, str, str]]
    published: Mapping[str, Publication]

    def failure(self, stack: Stack, dag_id: str) -> str:
        """The logs of the run's failed tasks."""
        broken = [task for task in self.progress[dag_id].tasks if task.state == "failed"]
        return "\n".join(stack.airflow.rest.log(task) for task in broken)


ASKED = {"window_from": "2026-02-01", "window_to": "2026-02-02"}  # as Airflow's form gives it
Seen = set[tuple[str, str, str]]


def finish(stack: Stack, runs: list[DagRun], meanwhile: Callable[[Seen], None] = lambda _: None) -> Round:
    seen: Seen = set()

    def look(progress):
        seen.update((task.dag_id, task.task_id, str(task.state)) for item in progress for task in item.tasks)
        meanwhile(seen)

    last = watch.follow(stack.airflow.rest, runs, look, ROUND_SECONDS)
    published = {publication.dag_id: publication for publication in landed.publications(stack.store)}
    return Round({item.run.dag_id: item for item in last}, frozenset(seen), published)


@pytest.fixture(scope="package")
def transaction(org: Org) -> str:
    """A transaction that is open while the first round runs, for windows that ended before it do not hold its row."""
    return org.begin("Lead", {"LastName": "Late", "Company": "Late & Sons", "Status": "Open"})


@pytest.fixture(scope="package")
def first(stack: Stack, dags, transaction: str) -> Round:
    """Every DAG once."""
    now = datetime.now(UTC).replace(microsecond=0)
    rest = stack.airflow.rest
    runs = []
    for dag in dags[1]:
        rest.unpause(dag.dag_id)
        runs.append(rest.trigger(dag.dag_id, dag.logical_date(now), dag.last_interval(now)))
    rest.unpause("by_hand")
    runs.append(rest.trigger("by_hand", now))
    runs.append(rest.trigger("platform_canary", None))
    return finish(stack, runs)


@pytest.fixture(scope="package")
def second(stack: Stack, org: Org, transaction: str, first: Round) -> Round:
    """Two of the runs once more, and a later one.

    One after its object has changed, one while Salesforce refuses its query; and a run of a DAG whose object has lost rows
    meanwhile, while a transaction is open.
    """
    ids = sorted(row["Id"] for row in org.rows("Product2", ["Id"]))
    org.update("Product2", ids[0], Name='renamed, "quoted"\nand over two lines')
    org.delete("Product2", ids[1])
    org.fault(
        "error", r"query.*Account__c", times=None, status=400, code="INVALID_FIELD", message="No such column"
    )
    runs = [first.progress[dag_id].run for dag_id in ("landing.rerun", "landing.interrupted")]
    for run in runs:
        stack.airflow.rest.clear(run)
    binned, purged = sorted(row["Id"] for row in org.rows("Lead", ["Id"]))[:2]
    org.delete("Lead", binned)
    org.hard_delete("Lead", purged)
    now = datetime.now(UTC).replace(microsecond=0)
    runs.append(stack.airflow.rest.trigger("landing.purged", now, (now - timedelta(hours=1), now)))
    runs.append(
        stack.airflow.rest.trigger("landing.nothing_csv", now, (now - timedelta(hours=1), now), ASKED)
    )

    committed: list[str] = []

    def commit(seen: Seen) -> None:
        if ("landing.purged", "ingest", "deferred") in seen and not committed:
            committed.extend(org.commit(transaction))

    try:
        return finish(stack, runs, commit)
    finally:
        org.clear_faults()


@pytest.fixture(scope="package")
def secrets(org: Org, stack: Stack) -> dict[str, str]:
    """What must not show up in any log or object, by name."""
    key = [line for line in Path(org.private_key_file).read_text().splitlines() if "-" not in line]
    return {
        "password": org.password,
        "wrong password": WRONG_PASSWORD,
        "security token": org.security_token,
        "consumer secret": org.consumer_secret,
        "private key": key[1],
        "cloud key": stack.store.secret_access_key,
    }
