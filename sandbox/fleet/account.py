"""What a fleet costs: processor time and memory of each component, and what the database says of its tasks."""

from dataclasses import dataclass

import psutil

from sandbox.databases.postgresql import PostgresqlServer
from sandbox.processes import Child

DATABASE = "airflow"
_DELAYS = """
SELECT count(*), coalesce(avg(extract(epoch FROM start_date - queued_dttm)), 0),
       coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM start_date - queued_dttm)), 0)
FROM task_instance WHERE start_date IS NOT NULL AND queued_dttm IS NOT NULL
"""


@dataclass(frozen=True)
class Component:
    """A component with all that it started: processor seconds since its start, and the memory that it alone holds, in MB."""

    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True)
class Delay:
    """Of tasks, between the moment at which they were queued and their start; seconds."""

    tasks: int
    mean: float
    of_twenty: float  # all but one of twenty wait no longer


def components(children: list[Child]) -> dict[str, Component]:
    """Every child that still runs, by its name."""
    return {child.name: component(child) for child in children if child.process.poll() is None}


def component(child: Child) -> Component:
    """A process and its descendants; those that have ended are counted where their parent has waited for them."""
    cpu = held = 0.0
    root = psutil.Process(child.process.pid)
    for process in (root, *root.children(recursive=True)):
        try:
            times, memory = process.cpu_times(), process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        cpu += times.user + times.system + times.children_user + times.children_system
        held += memory.uss
    return Component(cpu, held / 1e6)


def delay(server: PostgresqlServer) -> Delay:
    """How long tasks wait in the queue."""
    tasks, mean, of_twenty = server.sql(_DELAYS, DATABASE).split("|")
    return Delay(int(tasks), float(mean), float(of_twenty))


def database_megabytes(server: PostgresqlServer) -> float:
    """The size of Airflow's database."""
    return int(server.sql(f"SELECT pg_database_size('{DATABASE}')")) / 1e6
