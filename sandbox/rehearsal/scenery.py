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
from sandbox.airflow.settings import USER
from sandbox.processes import Processes
from sandbox.rehearsal import bootstrap
from sandbox.rehearsal.cloud import Cloud, DagSync, running_cloud
from sandbox.rehearsal.deployment import Deployment
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
from sandbox.rehearsal.services import comments, rest_api
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
        cloud.add_bucket(plan.bucket)
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
                rest_api(plan.environment, settings.url, USER, settings.password)
            ),
            "AWS_ENDPOINT_URL_CODECOMMIT": self.contexts.enter_context(comments(said)),
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }
        rehearsal = replace(
            self._rehearsal("project-pipeline", cloud, services), overrides=_PATIENCE if self.short else {}
        )
        return Story(plan, rehearsal, sandbox, said, self.short, self.say)

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
        """An org, a lake and the compiled samples; Airflow is the story's own to lose."""
        home, dags = self.folder / "recovery", self.folder / "recovery-dags"
        home.mkdir()
        sample = compiled.render(self.root / "configs", dags)
        keys = {dag.protect_conn_id for dag in sample if dag.protect_conn_id}
        processes = self.contexts.enter_context(Processes())
        org, store = start_services(processes, home, Options(rows=rows, configs=self.root / "configs"))
        return RecoveryStory(home, dags, sample, connections.environment(org, store, keys), store, self.say)

    def _rehearsal(self, stack: str, cloud: Cloud, services: Mapping[str, str]) -> Rehearsal:
        folder = self.folder / stack
        folder.mkdir()
        return Rehearsal(
            stages=read_stages(self.assembly, stack),
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
