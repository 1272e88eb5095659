"""`python -m sandbox run`: start everything, run every sample DAG through Airflow's REST API, print what landed."""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.verification import verify_publication
from rich.console import Console

from sandbox import compiled, landed, progress, report, session, watch
from sandbox.airflow.rest_client import DagRun, RestClient
from sandbox.airflow.settings import REPOSITORY
from sandbox.compiled import CompiledDag
from sandbox.databases.samples import not_servable
from sandbox.object_store import ObjectStore
from sandbox.stack import Options, Stack, running_stack
from sandbox.watch import BROKEN, RunProgress

RUN_SECONDS = 900.0
LOG_LINES = 30
CALLS = (
    REPOSITORY / "build" / "calls-of-runs.jsonl"
)  # for `make audit`, whose templates grant what the files say as they are written


def main(argv: list[str]) -> int:
    """Parse the command line and run; exit code 0 only if every run succeeded and every manifest verifies."""
    parser = argparse.ArgumentParser(prog="python -m sandbox run", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000, help="opportunities in the org (default 50,000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the org's data")
    parser.add_argument("--configs", type=Path, default=session.CONFIGS, help="folder of specs")
    session.add_environment(parser)
    arguments = parser.parse_args(argv)
    console = Console(soft_wrap=True, highlight=False)
    options = Options(
        rows=arguments.rows,
        seed=arguments.seed,
        configs=arguments.configs,
        environment=arguments.environment,
        calls=None if arguments.environment else CALLS,
    )
    return session.at_the_edge(console, lambda: run(console, arguments.configs, options))


def run(console: Console, configs: Path, options: Options) -> int:
    """Compile, start, trigger, follow, report."""
    started = time.monotonic()
    with session.home_of("run") as home:
        place = f" as in {options.environment}" if options.environment else ""
        console.print(
            f"compiling {configs.name}/{place} to {session.DAGS.relative_to(session.DAGS.parents[1])}/"
        )
        dags = servable(console, compiled.render(configs, session.DAGS, options.environment))
        with running_stack(home, session.DAGS, dags, options, console.print) as stack:
            console.print(f"Airflow is up after {time.monotonic() - started:.0f} s; running {len(dags)} DAGs")
            with progress.shown(console) as tell:
                runs = trigger(stack.airflow.rest, [dag for dag in dags if not dag.after])
                last = watch.follow(stack.airflow.rest, runs, tell, RUN_SECONDS)
                # Airflow's own schedules are off here, those after datasets too: these run once the others have published.
                runs += trigger(stack.airflow.rest, [dag for dag in dags if dag.after])
                last = watch.follow(stack.airflow.rest, runs, tell, RUN_SECONDS)
            failures = failed(console, stack, last) + unverified(console, stack.store)
            publications = landed.publications(stack.store)
            console.print(report.landed(publications, last))
            console.print(report.answer(stack.store))
    console.print(f"{'failed' if failures else 'done'} after {time.monotonic() - started:.0f} s")
    return 1 if failures else 0


def servable(console: Console, dags: Sequence[CompiledDag]) -> list[CompiledDag]:
    """The DAGs whose source this machine can stand in for; of the others it is said what they lack."""
    missing = not_servable(compiled.sources(dags))
    for kind, why in missing.items():
        left_out = [dag.dag_id for dag in dags if dag.source == kind]
        console.print(f"[yellow]left out:[/] {', '.join(left_out)}. {why}")
    return [dag for dag in dags if dag.source not in missing]


def trigger(rest: RestClient, dags: Sequence[CompiledDag]) -> list[DagRun]:
    """Start one run of each DAG: its last complete data interval, or now for a DAG without a schedule."""
    now = datetime.now(UTC)
    runs = []
    for dag in dags:
        rest.unpause(dag.dag_id)
        runs.append(rest.trigger(dag.dag_id, dag.logical_date(now), dag.last_interval(now)))
    return runs


def failed(console: Console, stack: Stack, last: Sequence[RunProgress]) -> int:
    """Print the end of each failed task's log; return how many runs failed or did not end in time."""
    broken = [item for item in last if item.run.state != "success"]
    for item in broken:
        console.print(f"[red]{item.run.dag_id} is {item.run.state}[/]: {item.now or 'nothing is running'}")
    for task in (
        task for item in broken for task in item.tasks if task.state in BROKEN - {"upstream_failed"}
    ):
        console.rule(f"{task.dag_id} {task.task_id} {task.label}")
        console.print("\n".join(stack.airflow.rest.log(task).splitlines()[-LOG_LINES:]), markup=False)
    return len(broken)


def unverified(console: Console, store: ObjectStore) -> int:
    """Re-read every publication against its manifest; print the differences and return their number."""
    client = store.client()
    problems = [
        problem
        for publication in landed.publications(store)
        for problem in verify_publication(Bucket(client, store.bucket), publication.key).problems
    ]
    for problem in problems:
        console.print(f"[red]not as its manifest says:[/] {problem}")
    return len(problems)
