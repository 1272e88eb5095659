"""Sets the stage of each story: the account, its services, a repository, and (for DAGs) Airflow."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.analysis.template import Assembly
from sandbox import compiled
from sandbox.airflow import connections
from sandbox.airflow.lifecycle import start_airflow
from sandbox.airflow.settings import USER
from sandbox.processes import Processes
from sandbox.rehearsal import bootstrap, two_environments
from sandbox.rehearsal.cloud import Cloud, DagSync, running_cloud
from sandbox.rehearsal.deployment import Deployment
from sandbox.rehearsal.environments_story import EnvironmentsStory
from sandbox.rehearsal.execution import Rehearsal
from sandbox.rehearsal.formation import Formation
from sandbox.rehearsal.installation_story import InstallationStory
from sandbox.rehearsal.lent_environment import lend_environment
from sandbox.rehearsal.loopback import serving
from sandbox.rehearsal.pipeline_plan import PipelinePlan, read_stages
from sandbox.rehearsal.played_environment import PlayedEnvironment
from sandbox.rehearsal.project_story import Story
from sandbox.rehearsal.provisioning_story import ProvisioningStory
from sandbox.rehearsal.recovery_story import RecoveryStory
from sandbox.rehearsal.repository import Repository
from sandbox.rehearsal.services import Hosted, comments, mwaa
from sandbox.rehearsal.two_ingestions import TwoIngestions
from sandbox.rehearsal.upgrade_story import UpgradeStory
from sandbox.rehearsal.verdict import StoryError
from sandbox.stack import Options, running_stack, start_services

# A short rehearsal waits less for an import error to go away by itself.
_PATIENCE = {"VERIFY_PATIENCE": "15"}
_QUICK_PROOF = {"PROOF_PATIENCE": "15", "PROOF_SECONDS": "120"}


@dataclass(frozen=True)
class Stage:
    """What both stories play on. `contexts` ends what was started; `short` borrows the caller's environment."""

    contexts: ExitStack
    root: Path
    folder: Path
    assembly: Assembly
    short: bool
    say: Callable[[str], None]

    def project(self, rows: int) -> Story:
        """The stand-ins of the project pipeline; `rows` is the number of opportunities in the org."""
        plan = PipelinePlan.read(self.assembly)
        cloud = self.contexts.enter_context(running_cloud())
        for bucket in (
            plan.bucket,
            plan.catalogue.variables["LAKE_BUCKET"],
            plan.catalogue.variables["PAGES_BUCKET"],
        ):
            cloud.add_bucket(bucket)
        cloud.grant(self.assembly)
        dags = self.folder / "dags"
        reader = next(role for role in cloud.credentials if ".ExecutionRole" in role)
        self.contexts.enter_context(DagSync(cloud.client("s3", reader), plan.bucket, dags))
        options = Options(
            rows=rows, configs=self.root / "configs", variables=lambda _org, _store: _protect_keys()
        )
        sandbox = self.contexts.enter_context(
            running_stack(self.folder / "sandbox", dags, [], options, self.say)
        )
        sandbox.airflow.rest.create_pool("salesforce_default", slots=16)
        settings = sandbox.airflow.settings
        said: list[dict[str, Any]] = []
        services = {
            "AWS_ENDPOINT_URL_S3": cloud.endpoint,
            "AWS_ENDPOINT_URL_MWAA": self.contexts.enter_context(
                mwaa({plan.environment: Hosted(settings.url, USER, settings.password, plan.bucket)})
            ),
            "AWS_ENDPOINT_URL_CODECOMMIT": self.contexts.enter_context(comments(said)),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }
        rehearsal = replace(
            self._rehearsal("project-pipeline", cloud, services), overrides=_PATIENCE if self.short else {}
        )
        return Story(plan, rehearsal, sandbox, said, self.short, self.say)

    def environments(self) -> EnvironmentsStory:
        """Two accounts with an environment each; the pipeline is the first one's."""
        checkout = Repository(self.root, self.folder).archive("main", self.folder / "two")
        lend_environment(checkout)
        first, second = (
            two_environments.synthesise(checkout, self.folder / f"{name}.out", name)
            for name in ("dev", "prod")
        )
        cloud = self.contexts.enter_context(running_cloud())
        cloud.grant(first)
        there = cloud.of_account(two_environments.OTHER_ACCOUNT)
        two_environments.grant_by_name(there, second)
        processes = self.contexts.enter_context(Processes())
        hosted, rests = {}, {}
        for name, account, assembly in (("dev", cloud, first), ("prod", there, second)):
            bucket, environment = two_environments.bucket_and_name(assembly)
            account.add_bucket(bucket)
            dags = self.folder / f"{name}-dags"
            self.contexts.enter_context(DagSync(account.client("s3"), bucket, dags))
            airflow = start_airflow(processes, self.folder / f"{name}-airflow", dags, {}, parallelism=1)
            hosted[environment] = Hosted(airflow.settings.url, USER, airflow.settings.password, bucket)
            rests[name] = airflow.rest
        services = {
            "AWS_ENDPOINT_URL_S3": cloud.endpoint,
            "AWS_ENDPOINT_URL_STS": cloud.endpoint,
            "AWS_ENDPOINT_URL_MWAA": self.contexts.enter_context(mwaa(hosted)),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }
        rehearsal = replace(
            self._rehearsal("project-pipeline", cloud, services, first),
            overrides=_PATIENCE if self.short else {},
        )
        return EnvironmentsStory(rehearsal, rests["dev"], rests["prod"], self.say)

    def provisioning(self) -> ProvisioningStory:
        """The stand-ins of the provisioning pipeline: an account that has been bootstrapped and holds nothing else."""
        plan = PipelinePlan.read(self.assembly)
        cloud = self.contexts.enter_context(running_cloud())
        cloud.add_bucket(plan.bucket)
        bootstrap.prepare(cloud)
        cloud.grant(self.assembly, "provisioning-pipeline")
        deployment = Deployment(cloud, prefix=f"{plan.environment}-")
        formation = Formation(cloud.read_text, deployment.apply)
        played = PlayedEnvironment(deployment)
        services = {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ENDPOINT_URL_MWAA": self.contexts.enter_context(serving(played.answer)),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_ENDPOINT_URL_CLOUDFORMATION": self.contexts.enter_context(serving(formation.answer)),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }
        rehearsal = replace(
            self._rehearsal("provisioning-pipeline", cloud, services),
            overrides=_QUICK_PROOF if self.short else {},
        )
        return ProvisioningStory(
            rehearsal, formation, deployment, played, plan.bucket, cloud.add_network(), self.say
        )

    def installation(self) -> InstallationStory:
        """The compiled samples, and a folder for each environment."""
        home, dags = self.folder / "installation", self.folder / "installation-dags"
        compiled.render(self.root / "configs", dags)
        return InstallationStory(self.root, home, dags, self.say)

    def recovery(self, rows: int) -> RecoveryStory:
        """Airflow is the story's own to lose."""
        return RecoveryStory(*self._two_ingestions("recovery", rows), self.say)

    def upgrade(self, rows: int) -> UpgradeStory:
        """A former Airflow beside this one.

        Raises:
            StoryError: it is not installed.
        """
        old = self.root / ".venv-3.0.6" / "bin" / "python"
        if not old.exists():
            raise StoryError("Airflow 3.0.6 is not installed: run `make setup AIRFLOW=3.0.6`")
        home, ingestions = self._two_ingestions("upgrade", rows)
        return UpgradeStory(home, ingestions, old, self.say)

    def _two_ingestions(self, name: str, rows: int) -> tuple[Path, TwoIngestions]:
        """A home, and the compiled samples with an org and a lake."""
        home, dags = self.folder / name, self.folder / f"{name}-dags"
        home.mkdir()
        sample = compiled.render(self.root / "configs", dags)
        keys = {dag.protect_conn_id for dag in sample if dag.protect_conn_id}
        processes = self.contexts.enter_context(Processes())
        org, store = start_services(processes, home, Options(rows=rows, configs=self.root / "configs"))
        return home, TwoIngestions(dags, sample, connections.environment(org, store, keys), store)

    def _rehearsal(
        self, stack: str, cloud: Cloud, services: Mapping[str, str], assembly: Assembly | None = None
    ) -> Rehearsal:
        folder = self.folder / (stack if assembly is None else f"{stack}-of-two")
        folder.mkdir()
        return Rehearsal(
            stages=read_stages(assembly or self.assembly, stack),
            cloud=cloud,
            repository=Repository(self.root, folder),
            work=folder / "executions",
            endpoints=services,
            prepare=lend_environment if self.short else lambda _: None,
            say=self.say,
        )


def _protect_keys() -> dict[str, str]:
    key = json.dumps({"conn_type": "generic", "password": "rehearsal"})
    return {"AIRFLOW_CONN_SALES_PROTECT_KEY": key}
