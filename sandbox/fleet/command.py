"""`python -m sandbox fleet`: DAGs of many units in an Airflow with PostgreSQL, Redis and Celery workers, one of which is killed.

Exit code 0 only if every run ended well and every publication is as its manifest says.
"""

import argparse
import time
from dataclasses import dataclass

from rich.console import Console

from sandbox import compiled, landed, run, session
from sandbox.airflow import connections
from sandbox.airflow.lifecycle import start_airflow, wait_for_dags
from sandbox.airflow.settings import Cluster
from sandbox.databases.postgresql import SUPERUSER, PostgresqlServer, running_postgresql
from sandbox.fleet import account
from sandbox.fleet.broker import start_redis
from sandbox.fleet.many_specs import UNITS, Many
from sandbox.fleet.play import Killer, Played, play
from sandbox.object_store import ObjectStore
from sandbox.processes import Processes
from sandbox.stack import Options, start_services

RUN_SECONDS = 3600.0


@dataclass(frozen=True)
class Fleet:
    """What is played."""

    many: Many
    workers: int
    slots: int
    by_hand: bool
    kill: bool


def main(argv: list[str]) -> int:
    """Parse the command line and play."""
    parser = argparse.ArgumentParser(prog="python -m sandbox fleet", description=__doc__)
    parser.add_argument("--dags", type=int, default=50, help="one run of each (50)")
    parser.add_argument("--units", type=int, default=UNITS, help=f"that the DAGs belong to ({UNITS})")
    parser.add_argument("--workers", type=int, default=2, help="Celery workers, each a process (2)")
    parser.add_argument("--slots", type=int, default=2, help="tasks that a worker runs at once (2)")
    parser.add_argument(
        "--by-hand", action="store_true", help="the same DAGs written by hand, with Airflow's operator"
    )
    parser.add_argument("--no-kill", action="store_true", help="let every worker live")
    arguments = parser.parse_args(argv)
    fleet = Fleet(
        Many(arguments.dags, arguments.units),
        arguments.workers,
        arguments.slots,
        arguments.by_hand,
        not arguments.no_kill and arguments.workers > 1,
    )
    console = Console(soft_wrap=True, highlight=False)
    return session.at_the_edge(console, lambda: serve(console, fleet))


def serve(console: Console, fleet: Fleet) -> int:
    """Start everything, play, report."""
    with (
        session.home_of("fleet") as home,
        running_postgresql("--max_connections=200") as database,
        Processes() as processes,
    ):
        console.print("starting PostgreSQL, Redis, a Salesforce org, S3")
        access, store = start_services(processes, home, Options(rows=1000))
        configs = fleet.many.write_specs(home / "configs")
        sample = compiled.render(configs, home / "compiled")
        dag_ids = {dag.dag_id for dag in sample}
        dags = fleet.many.write_by_hand(home / "by_hand") if fleet.by_hand else home / "compiled"
        cluster = Cluster(_database_url(database), start_redis(processes, home), fleet.workers, fleet.slots)
        console.print(f"starting Airflow with {fleet.workers} workers")
        airflow = start_airflow(
            processes,
            home / "airflow",
            dags,
            connections.environment(access, store, ()),
            parallelism=fleet.workers * fleet.slots,
            cluster=cluster,
        )
        for pool in sorted(compiled.pools(sample) - {"default_pool"}):
            airflow.rest.create_pool(pool, slots=128)
        began = time.monotonic()
        wait_for_dags(processes, airflow, dag_ids)
        console.print(
            f"{len(dag_ids)} DAGs seen after {time.monotonic() - began:.0f} s; a run of each begins"
        )
        before, size = account.components(processes.children), account.database_megabytes(database)
        worker = (
            next(child for child in processes.children if child.name == "worker-2") if fleet.kill else None
        )
        killer = Killer(processes, worker, len(dag_ids) // 3, console.print) if worker else None
        played = play(airflow.rest, dag_ids, killer or _leave, console.print, RUN_SECONDS)
        after = account.components(processes.children)
        if killer and killer.spent:
            after[killer.worker.name] = killer.spent
        _report(console, played, before, after, database, size)
        return 1 if _lost(console, played, store, fleet) else 0


def _leave(_: int) -> None:
    """Disturb nothing."""


def _database_url(server: PostgresqlServer) -> str:
    server.sql(f"CREATE DATABASE {account.DATABASE}")
    return f"{SUPERUSER}:{server.password}@{server.host}:{server.port}/{account.DATABASE}"


def _report(
    console: Console,
    played: Played,
    before: dict[str, account.Component],
    after: dict[str, account.Component],
    database: PostgresqlServer,
    megabytes: float,
) -> None:
    runs, delay = len(played.runs), account.delay(database)
    grown = account.database_megabytes(database) - megabytes
    console.print(f"\n{runs} runs in {played.seconds:.0f} s: {runs / played.seconds * 3600:,.0f} an hour")
    console.print(
        f"{delay.tasks} tasks waited {delay.mean:.1f} s in the queue; all but one of twenty at most {delay.of_twenty:.1f} s"
    )
    console.print(f"database: {megabytes:.1f} MB before the runs, {grown / runs * 1000:.0f} KB a run\n")
    console.print(f"{'':16}{'CPU s a run':>12}{'MB':>7}")
    whole = 0.0
    for name, component in after.items():
        spent = component.cpu_seconds - (before[name].cpu_seconds if name in before else 0.0)
        whole += spent
        console.print(f"{name:16}{spent / runs:>12.2f}{component.megabytes:>7.0f}")
    console.print(f"{'together':16}{whole / runs:>12.2f}")


def _lost(console: Console, played: Played, store: ObjectStore, fleet: Fleet) -> int:
    """Count runs that did not succeed, publications that are missing, and what is not as a manifest says."""
    for lost in played.lost:
        console.print(f"[red]{lost.dag_id} is {lost.state}[/]")
    if fleet.by_hand:
        return len(played.lost)
    published = len(landed.publications(store))
    missing = len(played.runs) - published
    wrong = run.unverified(console, store)
    console.print(
        f"\n{published} publications, {missing} missing, {wrong} not as their manifests say; {len(played.lost)} runs lost"
    )
    return len(played.lost) + missing + wrong
