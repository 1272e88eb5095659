"""Runs a pushed commit through the stages of the plan, each in its role and in a checkout or artifact of its own."""

import os
import re
import shutil
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.rehearsal.build import BuildResult, run_build
from sandbox.rehearsal.cloud import Cloud
from sandbox.rehearsal.pipeline_plan import BuildSpec, PipelinePlan, Stage
from sandbox.rehearsal.repository import Repository

# How this machine reaches its package indexes is the machine's business, not the pipeline's.
_MACHINE = re.compile(
    r"(PIP|UV|npm_config|NODE_EXTRA_CA|SSL_CERT|REQUESTS_CA|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)"
)


@dataclass
class Execution:
    """One execution of the pipeline: what each stage that ran came to, in order."""

    commit: str
    results: dict[str, BuildResult] = field(default_factory=dict)
    asked: bool = False
    refused: str | None = None

    @property
    def failed(self) -> str | None:
        """The stage that failed or was refused, if any."""
        failed = (name for name, result in self.results.items() if not result.succeeded)
        return next(failed, self.refused)

    def log(self, stage: str) -> str:
        """What a stage printed."""
        return self.results[stage].log


@dataclass(frozen=True)
class Rehearsal:
    """A pipeline on the stand-ins.

    `prepare` may put an environment into a checkout before its build starts; `overrides` replace variables of the
    projects, as somebody who starts a build may.
    """

    stages: tuple[Stage, ...]
    cloud: Cloud
    repository: Repository
    work: Path
    endpoints: Mapping[str, str]
    prepare: Callable[[Path], None] = lambda _: None
    overrides: Mapping[str, str] = field(default_factory=dict)
    say: Callable[[str], None] = print

    def execute(self, commit: str, refused: Collection[str] = ()) -> Execution:
        """Run the stages until one fails, or a person refuses what a stage of that name asks."""
        execution = Execution(commit)
        for stage in self.stages:
            if stage.condition and self._variable(execution, stage.condition[0]) != stage.condition[1]:
                self.say(f"  {stage.name:9} skipped: {stage.condition[0]} is not {stage.condition[1]}")
            elif stage.spec is None and stage.name in refused:
                execution.asked, execution.refused = True, stage.name
                self.say(f"  {stage.name:9} a person is asked, and refuses")
                break
            elif stage.spec is None:
                execution.asked = True
                self.say(f"  {stage.name:9} a person is asked, and agrees")
            elif not self._build(execution, stage):
                break
        return execution

    def first_stage(self, commit: str) -> Execution:
        """Run the stage after Source and no other."""
        execution = Execution(commit)
        self._build(execution, self.stages[0])
        return execution

    def review(self, plan: PipelinePlan, commit: str, number: str) -> BuildResult:
        """Run the build that a pull request for a commit starts."""
        told = plan.told_by_event(
            {"pullRequestId": number, "sourceCommit": commit, "destinationCommit": "main"}
        )
        return self.beside(plan.pull_request, commit, told)

    def beside(self, stage: Stage, commit: str, told: Mapping[str, str]) -> BuildResult:
        """Run a build that is no stage of the pipeline, in a clone of a commit."""
        checkout = self.repository.checkout(commit, self.work / commit[:8] / stage.name / "source")
        self.prepare(checkout)
        return self._run(commit, stage, checkout, told)

    def _build(self, execution: Execution, stage: Stage) -> bool:
        told = {
            name: self._variable(execution, value) or ""
            for name, value in stage.variables.items()
            if value.startswith("#{")
        }
        result = self._run(execution.commit, stage, self._source(execution, stage), told)
        execution.results[stage.name] = result
        return result.succeeded

    def _run(self, commit: str, stage: Stage, source: Path, told: Mapping[str, str]) -> BuildResult:
        started, worked = time.monotonic(), _of_children()
        spec = str(stage.spec)
        text = spec if "\n" in spec else (source / spec).read_text(encoding="utf-8")
        result = run_build(
            BuildSpec.parse(text),
            source,
            source.parent / "build",
            commit=commit,
            variables={
                **stage.variables,
                **told,
                **{k: v for k, v in self.overrides.items() if k in stage.variables},
            },
            machine={
                "npm_config_userconfig": str(Path.home() / ".npmrc"),
                **{name: value for name, value in os.environ.items() if _MACHINE.match(name)},
                **self.endpoints,
                **self.cloud.credentials[str(stage.role)].environment(),
            },
        )
        shutil.rmtree(
            source
        )  # what is handed on was copied out of it; an environment of its own takes a gigabyte
        verdict = "succeeded" if result.succeeded else "FAILED"
        took, worked = time.monotonic() - started, _of_children() - worked
        self.say(f"  {stage.name:9} {verdict} after {took:.0f} s ({worked:.0f} of a processor)")
        return result

    def _source(self, execution: Execution, stage: Stage) -> Path:
        """The commit's files, or a copy of what an earlier stage handed on."""
        for earlier in self.stages:
            if earlier.writes == stage.reads:
                output = execution.results[earlier.name].output
                folder = self.work / execution.commit[:8] / stage.name
                return Path(shutil.copytree(str(output), folder / "source", symlinks=True))
        files = self.repository.archive(
            execution.commit, self.work / execution.commit[:8] / stage.name / "source"
        )
        self.prepare(files)
        return files

    def _variable(self, execution: Execution, expression: str) -> str | None:
        """The value of `#{Stage.VARIABLE}`."""
        stage, _, name = expression.strip("#{}").partition(".")
        result = execution.results.get(stage)
        return result.variables.get(name) if result else None


def _of_children() -> float:
    """Processor seconds of all processes that were started here and have ended: how busy the machine is does not change them."""
    times = os.times()
    return times.children_user + times.children_system
