"""`python -m sandbox fleet`: a day of many DAGs of many units, in an Airflow with PostgreSQL, Redis and Celery workers.

The scheduler itself begins each run when its cron says so: the schedules of a day are written closer together, as `--speed` says.
Some workers are killed on the way. Exit code 0 only if each run that was due ended well and each publication is as its manifest says.
"""

import argparse
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from sandbox import landed, run, session
from sandbox.fleet import account, play
from sandbox.fleet.day import Day, next_minute
from sandbox.fleet.figures import Figures, Spread, table
from sandbox.fleet.many_specs import UNITS, Many
from sandbox.fleet.play import Killer
from sandbox.fleet.records import Run
from sandbox.fleet.stage import Fleet, Stage, set_up
from sandbox.fleet.timers import SCHEDULER_LOOP
from sandbox.processes import Child

LEAD_SECONDS = 90.0
OF_A_DAG = {"ours": 0.2, "by hand": 0.4}  # seconds until it is seen, on a busy machine
SETTLED_SECONDS = 10.0
REST_SECONDS = 15.0  # at least, for what is spent at rest
LATE = ", after the day had begun: nothing is measured at rest; give a longer --lead"
LATE_SECONDS = 3600.0  # after the end of the day, when whatever still runs is given up


def main(argv: list[str]) -> int:
    """Parse the command line and play."""
    parser = argparse.ArgumentParser(prog="python -m sandbox fleet", description=__doc__)
    parser.add_argument("--dags", type=int, default=50, help="how many, each with one run a day (50)")
    parser.add_argument("--units", type=int, default=UNITS, help=f"that the DAGs belong to ({UNITS})")
    parser.add_argument(
        "--speed", type=float, default=720, help="the day's, to the clock's (720: two minutes)"
    )
    parser.add_argument("--hours", type=float, default=24, help="of the day that are played (24)")
    parser.add_argument("--workers", type=int, default=2, help="Celery workers, each a process (2)")
    parser.add_argument("--slots", type=int, default=2, help="tasks that a worker runs at once (2)")
    parser.add_argument("--kills", type=int, default=1, help="workers that are killed (1)")
    parser.add_argument(
        "--by-hand", action="store_true", help="the same DAGs written by hand, with Airflow's operator"
    )
    parser.add_argument(
        "--at-once",
        action="store_true",
        help="read all DAGs by one process at first: airflow dags reserialize",
    )
    parser.add_argument("--lead", type=float, help="seconds for the DAGs to be seen before the day begins")
    parser.add_argument("--figures", type=Path, help="a file for what was measured, as JSON")
    arguments = parser.parse_args(argv)
    if arguments.kills >= arguments.workers:
        parser.error("--kills: at least one worker has to live")
    lead = (
        arguments.lead or LEAD_SECONDS + arguments.dags * OF_A_DAG["by hand" if arguments.by_hand else "ours"]
    )
    fleet = Fleet(
        Many(arguments.dags, arguments.units),
        arguments.workers,
        arguments.slots,
        arguments.kills,
        arguments.by_hand,
        arguments.at_once,
        lead,
    )
    console = Console(soft_wrap=True, highlight=False)
    return session.at_the_edge(
        console, lambda: serve(console, fleet, arguments.speed, arguments.hours, arguments.figures)
    )


def serve(console: Console, fleet: Fleet, speed: float, hours: float, file: Path | None) -> int:
    """Start everything, play, report."""
    name = "fleet-by-hand" if fleet.by_hand else "fleet"
    with session.home_of(name) as home, set_up(fleet, home, console.print) as stage:
        figures = measured(console, stage, speed, hours)
    console.print("\n" + "\n".join(table([figures])), markup=False)
    if file:
        figures.write(file)
    return 1 if figures.lost else 0


def measured(console: Console, stage: Stage, speed: float, hours: float) -> Figures:
    """Play, and take the figures."""
    fleet = stage.fleet
    empty, started = stage.records.megabytes(), stage.components()
    day = Day(next_minute(datetime.now(UTC) + timedelta(seconds=fleet.lead)), speed, hours)
    many = stage.fill(day)
    due = many.due
    console.print(
        f"{many.count} DAGs arrive; {len(due)} runs are due from {day.begin:%H:%M} to {day.end:%H:%M} UTC"
    )
    seen_seconds = stage.wait(lambda: many.dag_ids <= stage.records.seen(), "the DAGs", seconds=7200)
    late = datetime.now(UTC) > day.begin
    console.print(f"all seen after {seen_seconds:.0f} s{LATE if late else ''}")
    time.sleep(SETTLED_SECONDS)
    seen, seen_size = stage.components(), stage.records.megabytes()
    rest_began, since = time.monotonic(), time.time()
    time.sleep(max(REST_SECONDS, (day.begin - datetime.now(UTC)).total_seconds()))
    rested, play_began = stage.components(), time.monotonic()
    read = stage.records.read_since(since)
    of_a_pass = account.spent(started, seen)["dag-processor"]
    if fleet.at_once:  # then the DAG processor has read only some of them until now
        of_a_pass = account.spent(seen, rested)["dag-processor"] / max(1, read) * many.count
    killer = Killer(stage.processes, _victims(stage), max(1, len(due) // (fleet.kills + 1)), console.print)
    runs = play.play(stage.records, due, killer, console.print, day.seconds + LATE_SECONDS)
    play_ended, load = time.monotonic(), os.getloadavg()[2]
    played = stage.components() | killer.spent
    size = stage.records.megabytes()
    lost = _lost(console, stage, runs, play.lost(runs, due))
    return Figures(
        side="by hand" if fleet.by_hand else "ours",
        dags=many.count,
        hours=hours,
        speed=speed,
        workers=fleet.workers,
        slots=fleet.slots,
        killed=len(killer.spent),
        runs=len(due),
        lost=lost,
        seconds=max((one.ended for one in runs), default=0.0) - day.begin.timestamp(),
        seen_seconds=seen_seconds,
        pass_cpu=of_a_pass,
        loop_at_rest=Spread.of(stage.timers.taken(SCHEDULER_LOOP, rest_began, play_began)),
        loop_in_play=Spread.of(stage.timers.taken(SCHEDULER_LOOP, play_began, play_ended)),
        rest_cpu={} if late else _each(account.spent(seen, rested), (play_began - rest_began) / 60),
        run_cpu=_each(account.spent(rested, played), len(due)),
        memory={name: component.megabytes for name, component in played.items()},
        due_to_queued=Spread.of(one.queued - one.due for one in runs if one.queued),
        queued_to_started=Spread.of(one.started - one.queued for one in runs if one.started and one.queued),
        due_to_ended=Spread.of(one.ended - one.due for one in runs if one.ended),
        database_per_dag=(seen_size - empty) / many.count * 1000,
        database_per_run=(size - seen_size) / len(due) * 1000,
        database=size,
        new_spec_seconds=stage.add(many),
        changed_spec_seconds=stage.change(many),
        load=load,
    )


def _victims(stage: Stage) -> list[Child]:
    """The workers that will be killed; the first one lives."""
    names = [f"worker-{number}" for number in range(2, stage.fleet.kills + 2)]
    return [child for child in stage.processes.children if child.name in names]


def _each(spent: dict[str, float], number: float) -> dict[str, float]:
    return {name: seconds / number for name, seconds in spent.items()}


def _lost(console: Console, stage: Stage, runs: list[Run], lost: dict[str, str]) -> int:
    """Count runs that did not succeed, publications that are missing, and what is not as a manifest says."""
    for dag_id, state in lost.items():
        console.print(f"[red]{dag_id}: {state}[/]")
    if stage.fleet.by_hand:
        return len(lost)
    publications = landed.publications(stage.store)
    missing = len({one.dag_id for one in runs} - {one.dag_id for one in publications})
    wrong = run.unverified(console, stage.store)
    console.print(
        f"{len(publications)} publications, {missing} missing, {wrong} not as their manifests say; {len(lost)} runs lost"
    )
    return len(lost) + missing + wrong
