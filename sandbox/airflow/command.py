"""`python -m sandbox airflow`: the whole sandbox, left up for browsing until Ctrl-C."""

import argparse
import json
import signal
from pathlib import Path

from rich.console import Console

from sandbox import compiled, session
from sandbox.airflow.settings import USER
from sandbox.stack import Options, Stack, running_stack


def main(argv: list[str]) -> int:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox airflow", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000, help="opportunities in the org (default 50,000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the org's data")
    parser.add_argument("--configs", type=Path, default=session.CONFIGS, help="folder of specs")
    session.add_environment(parser)
    parser.add_argument("--lineage", type=Path, help="file to which OpenLineage's events are written")
    arguments = parser.parse_args(argv)
    console = Console(soft_wrap=True)
    told = lineage_to(arguments.lineage) if arguments.lineage else {}
    options = Options(
        rows=arguments.rows,
        seed=arguments.seed,
        configs=arguments.configs,
        environment=arguments.environment,
        schedules=True,
        variables=lambda _org, _store: told,
    )
    return session.at_the_edge(console, lambda: serve(console, arguments.configs, options))


def serve(console: Console, configs: Path, options: Options) -> int:
    """Start everything, say where it is, and wait for a signal."""
    with session.home_of("airflow") as home:
        dags = compiled.render(configs, session.DAGS, options.environment)
        with running_stack(home, session.DAGS, dags, options, console.print) as stack:
            console.print(address(stack, len(dags)), highlight=False)
            signal.pause()
    return 0


def lineage_to(file: Path) -> dict[str, str]:
    """What switches OpenLineage's provider on, as an environment of the platform has it among its Airflow options."""
    transport = {"type": "file", "log_file_path": str(file.absolute()), "append": True}
    return {"AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(transport)}


def address(stack: Stack, dags: int) -> str:
    """Where to look and how to sign in."""
    airflow = stack.airflow.settings
    return (
        f"\nAirflow     {airflow.url}\nuser        {USER}\npassword    {airflow.password}\n"
        f"\n{dags} DAGs, paused: unpause one and trigger it. S3 is at {stack.store.endpoint_url},"
        f" bucket {stack.store.bucket};\nlogs are in {stack.home}. Ctrl-C ends everything.\n"
    )
