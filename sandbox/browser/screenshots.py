"""`python -m sandbox screenshots`: the stories of the browser on the sample DAGs, as pictures for the documents."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from sandbox import compiled, session, watch
from sandbox.airflow.settings import REPOSITORY, USER
from sandbox.browser import stories
from sandbox.browser.chromium import running_browser
from sandbox.browser.person import Person, camera
from sandbox.salesforce import Org
from sandbox.stack import Options, Stack, running_stack

PICTURES = REPOSITORY / "docs" / "pictures"
LANDING = ("finance.opportunity", "finance.product", "sales.account")
FAILING = "sales.lead"
SECONDS = 900.0


def main(argv: list[str]) -> int:
    """Start the sandbox, land some datasets, let one fail, and take the pictures."""
    parser = argparse.ArgumentParser(prog="python -m sandbox screenshots", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=PICTURES, help="folder of the pictures (default docs/pictures)"
    )
    arguments = parser.parse_args(argv)
    console = Console(soft_wrap=True, highlight=False)
    return session.at_the_edge(console, lambda: take(console, arguments.out))


def take(console: Console, out: Path) -> int:
    """Take every picture; what they show is asserted by tests/e2e/test_browser.py."""
    options = Options(rows=2000, configs=session.CONFIGS, parallelism=4)
    with session.home_of("screenshots") as home:
        dags = compiled.render(session.CONFIGS, session.DAGS)
        with running_stack(home, session.DAGS, dags, options, console.print) as stack:
            _run(stack, [dag for dag in dags if dag.dag_id in {*LANDING, FAILING}])
            settings = stack.airflow.settings
            with running_browser() as browser:
                person, into = Person(browser, settings.url, USER, settings.password), camera(out)
                stories.finds_its_dags(person, "finance", into)
                stories.sees_what_landed_last(person, "finance", "product", into)
                stories.finds_why_it_is_red(person, FAILING, "ingest", into)
                stories.reads_about_a_dag(person, "finance.product", into)
                stories.follows_links(person, "finance.product", "ingest", into)
    for picture in sorted(out.glob("*.png")):
        console.print(f"{picture.stat().st_size / 1000:4.0f} kB  {picture.name}")
    return 0


def _run(stack: Stack, dags: list[compiled.CompiledDag]) -> None:
    org, rest, now = Org.attach(stack.org_ready_file), stack.airflow.rest, datetime.now(UTC)
    org.fault("error", r"query.*Lead", times=None, status=400, code="INVALID_FIELD",
              message="No such column 'Rating' on entity 'Lead'")  # fmt: skip
    runs = []
    for dag in dags:
        rest.unpause(dag.dag_id)
        if not dag.after:
            runs.append(rest.trigger(dag.dag_id, dag.logical_date(now), dag.last_interval(now)))
    watch.follow(rest, runs, lambda _: None, SECONDS)
