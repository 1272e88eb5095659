"""The story of the provisioning pipeline: the platform is made, and moves to new object versions when its code changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.rehearsal import changed_parameters
from sandbox.rehearsal.deployment import Deployment
from sandbox.rehearsal.execution import Execution, Rehearsal
from sandbox.rehearsal.formation import Formation
from sandbox.rehearsal.played_environment import PlayedEnvironment
from sandbox.rehearsal.verdict import StoryError, end_of, expect

_VERSIONS = ("PluginsS3ObjectVersion", "RequirementsS3ObjectVersion")


@dataclass(frozen=True)
class ProvisioningStory:
    """The scenes, in order. CloudFormation is played by `formation`, what it does by `deployment`, MWAA by `environment`.

    `network` is a VPC that somebody else made in the account, and two private subnets of it.
    """

    rehearsal: Rehearsal
    formation: Formation
    deployment: Deployment
    environment: PlayedEnvironment
    bucket: str
    network: tuple[str, tuple[str, str]]
    say: Callable[[str], None] = print

    @property
    def scenes(self) -> tuple[Callable[[], None], ...]:
        """In the order in which they are played."""
        return (
            self.the_platform_is_made,
            self.a_new_runtime_moves_the_environment,
            self.a_commit_that_changes_neither_moves_nothing,
            self.a_runtime_that_does_not_import_goes_back,
            self.a_runtime_that_no_worker_runs_goes_back,
            self.every_parameter_passes_the_checks,
            self.another_environment_is_refused,
        )

    def the_platform_is_made(self) -> None:
        """Every stack is deployed after what it imports from, and MWAA gets the versions that lie in its bucket."""
        self._push("the platform", _begin_with_the_defaults)
        states = self.formation.stacks
        if set(states.values()) != {"CREATE_COMPLETE"}:
            raise StoryError(f"not every stack was made: {states}")
        if self.formation.unprotected:
            raise StoryError(f"could be deleted by mistake: {', '.join(self.formation.unprotected)}")
        self.say(f"  {len(states)} stacks: {', '.join(states)}")
        [environment] = self.deployment.environments
        self._tell(environment)

    def a_new_runtime_moves_the_environment(self) -> None:
        """The new plugins.zip is shown before it is deployed; requirements.txt stays as it is."""
        before = self.deployment.environments[-1]
        execution = self._push(
            "a change of the runtime", lambda root: _append(root / "plugins/operators/__init__.py")
        )
        shown = execution.log("Difference")
        if "Objects/Plugins" not in shown or "Objects/Requirements" in shown:
            raise StoryError(f"the difference is not that of plugins.zip:\n{end_of(shown)}")
        _, after = self.deployment.environments
        changed = [name for name in after if after[name] != before[name]]
        if changed != ["PluginsS3ObjectVersion"]:
            raise StoryError(f"the environment changed in {changed}")
        self._tell(after)

    def a_commit_that_changes_neither_moves_nothing(self) -> None:
        """What MWAA installs is the same bytes again, so nothing is copied and no worker is replaced."""
        versions = self._stored()
        self._push("a change of a document", lambda root: _append(root / "README.md"))
        if len(self.deployment.environments) != 2 or self._stored() != versions:
            raise StoryError("the environment moved, though neither plugins.zip nor requirements.txt changed")
        self.say("  the environment stays where it is")

    def a_runtime_that_does_not_import_goes_back(self) -> None:
        """MWAA is content with it, Airflow is not: the environment takes the files that were proven, and the stage fails."""
        proven = self.environment.runs
        self.environment.importing = {proven["PluginsS3ObjectVersion"]}
        self.say("a runtime that Airflow cannot import:")
        commit = self.rehearsal.repository.push(
            "a mistake", lambda root: _append(root / "plugins/operators/__init__.py")
        )
        execution = self.rehearsal.execute(commit)
        expect(execution, failed="Prove", asked=True)
        if len(self.deployment.environments) != 3 or self.environment.runs != proven:
            raise StoryError(
                f"the environment runs on {self.environment.runs}, not on {proven}:\n{end_of(execution.log('Prove'))}"
            )
        self.environment.importing = None
        self.say(f"  the environment is back at plugins.zip {proven['PluginsS3ObjectVersion']}")

    def a_runtime_that_no_worker_runs_goes_back(self) -> None:
        """Every DAG imports, and the canary fails on its worker: the former files come back as well."""
        proven, deployed = self.environment.runs, len(self.deployment.environments)
        self.environment.working = {proven["PluginsS3ObjectVersion"]}
        self.say("a runtime with which no worker runs a task:")
        commit = self.rehearsal.repository.push(
            "another mistake", lambda root: _append(root / "plugins/operators/__init__.py")
        )
        execution = self.rehearsal.execute(commit)
        expect(execution, failed="Prove", asked=True)
        if (
            len(self.deployment.environments) != deployed + 1
            or self.environment.runs != proven
            or "platform_canary failed on a worker" not in execution.log("Prove")
        ):
            raise StoryError(f"the former files did not come back:\n{end_of(execution.log('Prove'))}")
        self.environment.working = None
        self.say(f"  the environment is back at plugins.zip {proven['PluginsS3ObjectVersion']}")

    def every_parameter_passes_the_checks(self) -> None:
        """Whatever is written into cdk.json as the documentation says, Synthesise succeeds."""
        groups = changed_parameters.groups(*self.network)
        given = changed_parameters.changed(groups)
        for name, parameters in groups.items():
            expect(self._synthesise(f"cdk.json: {name}", parameters), failed=None, asked=False)
        self.say(f"  {len(given)} parameters changed")

    def another_environment_is_refused(self) -> None:
        """A pipeline deploys its own environment; a commit that names another ends in one sentence."""
        execution = self._synthesise("cdk.json: another environment", {"envName": "Lake"})
        expect(execution, failed="Synthesise", asked=False)
        sentence = (
            "parameter envName: got 'Lake'; valid: 'MwaaEnvironment', the environment that this pipeline"
        )
        if sentence not in execution.log("Synthesise"):
            raise StoryError(f"envName was not named:\n{end_of(execution.log('Synthesise'))}")
        self.say("  refused in one sentence")

    def _synthesise(self, what: str, parameters: Mapping[str, Any]) -> Execution:
        self.say(f"{what}:")
        commit = self.rehearsal.repository.push(what, lambda root: changed_parameters.write(root, parameters))
        return self.rehearsal.first_stage(commit)

    def _push(self, what: str, edit: Callable[[Path], object]) -> Execution:
        self.say(f"{what}:")
        execution = self.rehearsal.execute(self.rehearsal.repository.push(what, edit))
        expect(execution, failed=None, asked=True)
        return execution

    def _tell(self, environment: Mapping[str, Any]) -> None:
        versions = [environment[name] for name in _VERSIONS]
        if versions != list(self._stored().values()):
            raise StoryError(f"MWAA was given {versions}, but the bucket holds {self._stored()}")
        if environment["WorkerReplacementStrategy"] != "GRACEFUL":
            raise StoryError("workers would be replaced while they run tasks")
        for path, version in self._stored().items():
            self.say(f"  {environment['Name']} takes {path} at version {version}")

    def _stored(self) -> dict[str, str]:
        """The latest versions in the bucket."""
        s3 = self.rehearsal.cloud.client("s3")
        keys = ("plugins.zip", "requirements.txt")
        return {key: s3.head_object(Bucket=self.bucket, Key=key)["VersionId"] for key in keys}


def _begin_with_the_defaults(root: Path) -> None:
    """Whatever parameters the checkout has that this is played from."""
    changed_parameters.write(root, {})
    _append(root / "README.md")


def _append(path: Path) -> None:
    """One more line, which changes no meaning in Python and in Markdown."""
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# rehearsed\n")
