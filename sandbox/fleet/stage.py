"""The place where a fleet is played: Airflow with its database, broker and workers, and a folder of DAGs that fills by deployments."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from infra.resources.airflow_options import REFRESH_SECONDS
from sandbox import compiled
from sandbox.airflow import connections
from sandbox.airflow.lifecycle import start_airflow
from sandbox.airflow.settings import Cluster, Settings
from sandbox.databases.postgresql import SUPERUSER, PostgresqlServer, running_postgresql
from sandbox.fleet.account import Component, components
from sandbox.fleet.broker import start_redis
from sandbox.fleet.day import Day
from sandbox.fleet.many_specs import Many
from sandbox.fleet.records import DATABASE, Records
from sandbox.fleet.timers import Timers
from sandbox.object_store import ObjectStore
from sandbox.processes import ProcessError, Processes, tail
from sandbox.stack import Options, start_services

POOL, POOL_SLOTS = "salesforce_default", 128
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Fleet:
    """What is played: how many DAGs, on which side, by how many workers, of which some are killed.

    `at_once` has one process read all files at first, as `airflow dags reserialize`, since the DAG processor takes an hour for 2,500 files
    on a busy machine; it reads them nevertheless. `lead` is the time, in seconds, between the arrival of the DAGs and the beginning of the day: they have to be seen by then.
    """

    many: Many
    workers: int
    slots: int
    kills: int
    by_hand: bool
    at_once: bool
    lead: float


@dataclass(frozen=True)
class Stage:
    """Everything runs, and no DAG has arrived."""

    fleet: Fleet
    home: Path
    store: ObjectStore
    records: Records
    timers: Timers
    processes: Processes
    database: PostgresqlServer
    airflow: Settings

    @property
    def dags(self) -> Path:
        """The folder that the DAG processor reads."""
        return self.home / "dags"

    def components(self) -> dict[str, Component]:
        """What each has spent and holds by now."""
        return components([*self.processes.children, *self.database.processes.children])

    def fill(self, day: Day) -> Many:
        """Write all DAGs with their schedules in that day, and put them into the folder, whole units at once."""
        many = replace(self.fleet.many, day=day)
        if self.fleet.by_hand:
            many.write_by_hand(self._written)
        else:
            many.write_specs(self.home / "configs")
            compiled.render(self.home / "configs", self._written)
        arriving = shutil.copytree(self._written, self.home / "arriving")
        processor = next(child.process for child in self.processes.children if child.name == "dag-processor")
        if self.fleet.at_once:
            processor.send_signal(signal.SIGSTOP)  # two that insert the same DAGs fail
        for unit in sorted(arriving.iterdir()):
            unit.rename(self.dags / unit.name)
        if self.fleet.at_once:
            self._read_at_once()
            processor.send_signal(signal.SIGCONT)
        return many

    def add(self, many: Many) -> float:
        """Deploy one DAG more; gives the seconds until it is seen."""
        if self.fleet.by_hand:
            many.write_one_by_hand(self._written, many.count)
        else:
            many.write_spec(self.home / "configs", many.count)
        dag_id = many.dag_id(many.count)
        return self._deployed(f"{dag_id}, which is new", lambda: dag_id in self.records.seen())

    def change(self, many: Many) -> float:
        """Deploy one DAG with another description; gives the seconds until that is seen."""
        dag_id = many.dag_id(0)
        unit, _, name = dag_id.partition(".")
        path = (
            self._written / unit / f"{name}.py"
            if self.fleet.by_hand
            else self.home / "configs" / unit / f"{name}.yaml"
        )
        path.write_text(path.read_text().replace("cockpit", "dashboard"))
        before = self.records.hashes(dag_id)
        return self._deployed(f"the change of {dag_id}", lambda: self.records.hashes(dag_id) != before)

    def wait(
        self, ready: Callable[[], bool], what: str, seconds: float, pause: float = LOOK_SECONDS
    ) -> float:
        """Wait for what the DAG processor does, and give how long that took; raise ProcessError when a DAG cannot be imported."""
        began = time.monotonic()

        def look() -> bool:
            time.sleep(pause)
            if errors := self.records.import_errors():
                raise ProcessError("Airflow cannot import these DAG files:\n" + "\n".join(errors))
            return ready()

        self.processes.wait_until(look, what=what, seconds=seconds)
        return time.monotonic() - began

    def _read_at_once(self) -> None:
        command = [sys.executable, "-m", "airflow", "dags", "reserialize"]
        log = self.home / "reserialize.log"
        with log.open("wb") as sink:
            done = subprocess.run(
                command, env=self.airflow.environment(), stdout=sink, stderr=subprocess.STDOUT, check=False
            )
        if done.returncode:
            raise ProcessError(f"airflow dags reserialize ended with {done.returncode}:\n{tail(log)}")

    def _deployed(self, what: str, ready: Callable[[], bool]) -> float:
        if not self.fleet.by_hand:
            compiled.render(self.home / "configs", self._written)
        shutil.copytree(
            self._written, self.dags, dirs_exist_ok=True
        )  # a file that is the same keeps its time
        return self.wait(ready, what, seconds=600, pause=0.2)

    @property
    def _written(self) -> Path:
        return self.home / "written"


@contextmanager
def set_up(fleet: Fleet, home: Path, tell: Callable[[str], None]) -> Iterator[Stage]:
    """Start everything in `home`, and end it on leaving; raises ProcessError when a part does not start."""
    with (
        running_postgresql("--max_connections=200") as database,
        Timers() as timers,
        Processes() as processes,
    ):
        tell("starting PostgreSQL, Redis, a Salesforce org, S3")
        access, store = start_services(processes, home, Options(rows=1000))
        database.sql(f"CREATE DATABASE {DATABASE}")
        address = f"{SUPERUSER}:{database.password}@{database.host}:{database.port}/{DATABASE}"
        cluster = Cluster(
            address, start_redis(processes, home), fleet.workers, fleet.slots, timers.port, REFRESH_SECONDS
        )
        tell(f"starting Airflow with {fleet.workers} workers")
        (home / "dags").mkdir()
        airflow = start_airflow(
            processes,
            home / "airflow",
            home / "dags",
            connections.environment(access, store, ()),
            parallelism=fleet.workers * fleet.slots,
            schedules=True,
            cluster=cluster,
        )
        airflow.rest.create_pool(POOL, slots=POOL_SLOTS)
        yield Stage(fleet, home, store, Records(database), timers, processes, database, airflow.settings)
