"""`python -m sandbox.rehearsal`: synthesise, start the stand-ins, and play every scene of every story."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.analysis.template import Assembly
from sandbox.airflow.rest_client import RestError
from sandbox.observed import keep, observing
from sandbox.processes import ProcessError
from sandbox.rehearsal.environments_story import EnvironmentsStory
from sandbox.rehearsal.installation_story import InstallationStory
from sandbox.rehearsal.project_story import Story
from sandbox.rehearsal.provisioning_story import ProvisioningStory
from sandbox.rehearsal.recovery_story import RecoveryStory
from sandbox.rehearsal.scenery import Stage
from sandbox.rehearsal.upgrade_story import UpgradeStory
from sandbox.rehearsal.verdict import StoryError

ROOT = Path(__file__).parents[2]
OBSERVED = ROOT / "build" / "calls-of-rehearsals.jsonl"  # for `make audit`
STORIES = {
    "environments": "two environments, from one artifact",
    "installation": "what MWAA installs, cut off from every index",
    "project": "the project pipeline",
    "provisioning": "the provisioning pipeline",
    "recovery": "a loss and its recovery",
    "upgrade": "an upgrade of Airflow, in place and beside the old one",
}


def main(argv: list[str] | None = None) -> int:
    """Play the stories; 1 with what went wrong when a scene does not end as it must."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.rehearsal", description=__doc__)
    parser.add_argument("--short", action="store_true", help="borrow this environment's packages, wait less")
    parser.add_argument("--rows", type=int, default=2_000, help="opportunities in the org (2,000)")
    parser.add_argument("--pipeline", "--story", choices=STORIES, help="only this one (all)")
    parser.add_argument("--assembly", type=Path, help="what was synthesised already, with default parameters")
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, _interrupt)
    stories = [arguments.pipeline] if arguments.pipeline else list(STORIES)
    try:
        _play(arguments, stories)
    except (StoryError, ProcessError, RestError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    except KeyboardInterrupt:
        _say("interrupted; what was started is being ended")
        return 130
    return 0


def _play(arguments: argparse.Namespace, stories: Sequence[str]) -> None:
    started = time.monotonic()
    with TemporaryDirectory(prefix="rehearsal-") as folder:
        out = arguments.assembly or _synthesise(Path(folder) / "cdk.out")
        assembly = Assembly.read(sorted(out.glob("*.template.json")))
        for name in stories:
            _say(f"--- {STORIES[name]}")
            with ExitStack() as contexts:
                if name != "environments":  # whose templates are others than those that are audited
                    contexts.enter_context(observing(keep(OBSERVED)))
                stage = Stage(contexts, ROOT, Path(folder), assembly, arguments.short, _say)
                story = _story(stage, name, arguments.rows)
                _say(f"the stand-ins are up after {time.monotonic() - started:.0f} s")
                for scene in story.scenes:
                    scene()
    _say(f"rehearsed in {time.monotonic() - started:.0f} s")


def _story(
    stage: Stage, name: str, rows: int
) -> EnvironmentsStory | InstallationStory | ProvisioningStory | RecoveryStory | Story | UpgradeStory:
    if name == "environments":
        return stage.environments()
    if name == "installation":
        return stage.installation()
    if name == "project":
        return stage.project(rows)
    if name == "upgrade":
        return stage.upgrade(rows)
    return stage.recovery(rows) if name == "recovery" else stage.provisioning()


def _synthesise(out: Path) -> Path:
    """Where the assembly is, as the CDK's command line would have the app write it, with every parameter at its default."""
    environment = {**os.environ, "CDK_CONTEXT_JSON": "{}", "CDK_OUTDIR": str(out)}
    subprocess.run([sys.executable, "-m", "infra.app"], cwd=ROOT, env=environment, check=True)
    return out


def _interrupt(_signal: int, _frame: object) -> None:
    """A signal to end is the same as Ctrl-C: everything that was started ends, folders are removed."""
    raise KeyboardInterrupt


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
