"""`python -m infra.rehearsal`: synthesise, start the stand-ins, and play every scene of the story."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.analysis.template import Assembly
from infra.rehearsal.cloud import DagSync, running_cloud
from infra.rehearsal.pipeline import Rehearsal
from infra.rehearsal.plan import PipelinePlan
from infra.rehearsal.repository import Repository
from infra.rehearsal.services import comments, rest_api
from infra.rehearsal.story import Story, StoryError
from infra.rehearsal.thin import lend_environment
from sandbox.airflow.rest import RestError
from sandbox.airflow.settings import USER
from sandbox.processes import ProcessError
from sandbox.stack import Options, running_stack

ROOT = Path(__file__).parents[2]
# A short rehearsal waits less for an import error to go away by itself.
_SHORT = {"VERIFY_PATIENCE": "15"}


def main(argv: list[str] | None = None) -> int:
    """Play the story; 1 with what went wrong when a scene does not end as it must."""
    parser = argparse.ArgumentParser(prog="python -m infra.rehearsal", description=__doc__)
    parser.add_argument("--short", action="store_true", help="borrow this environment's packages, wait less")
    parser.add_argument("--rows", type=int, default=2_000, help="opportunities in the org (2,000)")
    arguments = parser.parse_args(argv)
    started = time.monotonic()
    signal.signal(signal.SIGTERM, _interrupt)
    with TemporaryDirectory(prefix="rehearsal-") as folder, ExitStack() as stack:
        try:
            story = _stage(stack, Path(folder), short=arguments.short, rows=arguments.rows)
            _say(f"the stand-ins are up after {time.monotonic() - started:.0f} s")
            for scene in (
                story.a_new_spec_arrives_and_lands_data,
                story.a_pull_request_is_answered_on_its_line,
                story.a_mistake_is_stopped_with_its_line,
                story.removing_a_spec_removes_its_dag,
                story.a_dag_that_cannot_be_imported_is_rolled_back,
            ):
                scene()
        except (StoryError, ProcessError, RestError) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            return 1
        except KeyboardInterrupt:
            _say("interrupted; what was started is being ended")
            return 130
    _say(f"rehearsed in {time.monotonic() - started:.0f} s")
    return 0


def _stage(stack: ExitStack, folder: Path, *, short: bool, rows: int) -> Story:
    """Start everything; `stack` ends it."""
    assembly = _synthesise(folder / "cdk.out")
    plan = PipelinePlan.read(assembly)
    cloud = stack.enter_context(running_cloud(assembly, plan.bucket))
    dags = folder / "dags"
    reader = next(role for role in cloud.credentials if ".ExecutionRole" in role)
    stack.enter_context(DagSync(cloud.s3(reader), plan.bucket, dags))
    options = Options(rows=rows, configs=ROOT / "configs", variables=lambda _org, _store: _protect_keys())
    sandbox = stack.enter_context(running_stack(folder / "sandbox", dags, [], options, _say))
    sandbox.airflow.rest.create_pool("salesforce_default", slots=16)
    settings = sandbox.airflow.settings
    api = stack.enter_context(rest_api(plan.environment, settings.url, USER, settings.password))
    said: list[dict[str, Any]] = []
    rehearsal = Rehearsal(
        plan=plan,
        cloud=cloud,
        repository=Repository(ROOT, folder),
        work=folder / "executions",
        endpoints={
            "AWS_ENDPOINT_URL_S3": cloud.endpoint,
            "AWS_ENDPOINT_URL_MWAA": api,
            "AWS_ENDPOINT_URL_CODECOMMIT": stack.enter_context(comments(said)),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        },
        prepare=lend_environment if short else lambda _: None,
        overrides=_SHORT if short else {},
        say=_say,
    )
    return Story(rehearsal, sandbox, said, _say)


def _synthesise(out: Path) -> Assembly:
    """The assembly as the CDK CLI would have the app write it."""
    context = json.dumps(json.loads((ROOT / "infra/cdk.json").read_text(encoding="utf-8"))["context"])
    environment = {**os.environ, "CDK_CONTEXT_JSON": context, "CDK_OUTDIR": str(out)}
    subprocess.run([sys.executable, "-m", "infra.app"], cwd=ROOT, env=environment, check=True)
    return Assembly.read(sorted(out.glob("*.template.json")))


def _protect_keys() -> dict[str, str]:
    key = json.dumps({"conn_type": "generic", "password": "rehearsal"})
    return {"AIRFLOW_CONN_SALES_PROTECT_KEY": key}


def _interrupt(_signal: int, _frame: object) -> None:
    """Being told to end is the same as Ctrl-C: everything that was started ends, folders are removed."""
    raise KeyboardInterrupt


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
