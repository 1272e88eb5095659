"""The whole sandbox in one piece: a Salesforce org, databases, S3 and Airflow, started together and ended together."""

import json
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import compiled
from sandbox.airflow import connections
from sandbox.airflow.connections import OrgAccess
from sandbox.airflow.lifecycle import Airflow, start_airflow, wait_for_dags
from sandbox.compiled import CompiledDag
from sandbox.databases.samples import SERVERS, sample_databases
from sandbox.object_store import ObjectStore
from sandbox.processes import Processes

READY_SECONDS = 300.0
Variables = Callable[[OrgAccess, ObjectStore], Mapping[str, str]]


@dataclass(frozen=True)
class Options:
    """What may differ between a demonstration, a browsing session and a test.

    `rows` is the number of Opportunity rows in the org; `configs` the tree whose units get an AWS connection and a role
    each, as they are in an `environment` of its group; `org_options` go to `python -m sandbox org` as they are;
    `calls` is a file that notes what is asked of AWS; `variables` adds environment variables that depend on the org and the store, such as further connections;
    `forked` is `start_airflow`'s: False to measure what a task costs.
    """

    rows: int = 50_000
    seed: int = 1
    configs: Path | None = None
    environment: str | None = None
    parallelism: int = 3
    schedules: bool = False
    org_options: tuple[str, ...] = ()
    calls: Path | None = None
    variables: Variables = lambda _org, _store: {}
    forked: bool = True


@dataclass(frozen=True)
class Stack:
    """A running sandbox."""

    home: Path
    store: ObjectStore
    airflow: Airflow

    @property
    def org_ready_file(self) -> Path:
        """For `sandbox.salesforce.Org.attach`."""
        return self.home / "org.json"


@contextmanager
def running_stack(
    home: Path,
    dags: Path,
    sample: Collection[CompiledDag],
    options: Options,
    tell: Callable[[str], None] = lambda _: None,
    extra_dag_ids: Collection[str] = (),
) -> Iterator[Stack]:
    """Start everything in `home` and end it on leaving.

    `sample` are the compiled DAGs below `dags`, whose pools and keys are set up and which are waited for, as are
    `extra_dag_ids`; `tell` hears what happens. Raises ProcessError when a part does not start.
    """
    home.mkdir(parents=True, exist_ok=True)
    kinds = compiled.sources(sample)
    databases_too = "".join(f", {server}" for kind, server in SERVERS.items() if kind in kinds)
    tell(f"starting a Salesforce org with {options.rows:,} opportunities{databases_too}, and S3")
    with Processes() as processes, ExitStack() as servers:
        org, store = start_services(processes, home, options)
        databases = servers.enter_context(sample_databases(kinds, store))
        variables = {
            **connections.environment(org, store, {d.protect_conn_id for d in sample if d.protect_conn_id}),
            **connections.variables(databases),
            **options.variables(org, store),
        }
        tell("starting Airflow")
        airflow = start_airflow(
            processes,
            home / "airflow",
            dags,
            variables,
            parallelism=options.parallelism,
            schedules=options.schedules,
            forked=options.forked,
        )
        for pool in sorted(compiled.pools(sample) - {"default_pool"}):
            airflow.rest.create_pool(pool, slots=16)
        tell("waiting for the DAG processor")
        wait_for_dags(processes, airflow, {dag.dag_id for dag in sample}.union(extra_dag_ids))
        yield Stack(home, store, airflow)


def start_services(processes: Processes, home: Path, options: Options) -> tuple[OrgAccess, ObjectStore]:
    """Start the org and S3 in `home`, without Airflow; gives how to reach them. Raises ProcessError when one does not start."""
    org_ready, store_ready = home / "org.json", home / "s3.json"
    module = [sys.executable, "-m"]
    size = ["--rows", str(options.rows), "--seed", str(options.seed), *options.org_options]
    ports = ["--port", "0", "--proxy-port", "0", "--ready-file", str(org_ready)]
    processes.start("org", [*module, "sandbox", "org", *ports, *size], log=home / "org.log")
    units = ["--configs", str(options.configs)] if options.configs else []
    units += ["--environment", options.environment] if options.environment else []
    units += ["--calls", str(options.calls)] if options.calls else []
    processes.start(
        "s3", [*module, "sandbox.s3", *units, "--ready-file", str(store_ready)], log=home / "s3.log"
    )
    processes.wait_until(
        lambda: org_ready.exists() and store_ready.exists(), what="the org or S3", seconds=READY_SECONDS
    )
    return _org_access(json.loads(org_ready.read_text())), ObjectStore.attach(store_ready)


def _org_access(ready: Mapping[str, Any]) -> OrgAccess:
    user, app = ready["users"][0], ready["apps"][0]
    return OrgAccess(
        my_domain=ready["my_domain"],
        proxy=ready["proxy"],
        bundle=ready["bundle"],
        username=user["username"],
        password=user["password"],
        security_token=user["security_token"],
        consumer_key=app["consumer_key"],
        consumer_secret=app["consumer_secret"],
        private_key_file=app["private_key_file"],
    )
