"""The users' pipeline: a pushed spec is validated, compiled, deployed to dags/ and seen in Airflow, or its unit rolled back."""

from aws_cdk import Environment, Fn
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.delivery.build_project import Build, BuildProject
from infra.delivery.code_source import Source
from infra.delivery.delivery_pipeline import Approval, Pipeline, Stage
from infra.delivery.promotion import Promotion
from infra.delivery.pull_requests import PullRequests
from infra.grants.environment_rights import EnvironmentRights
from infra.grants.known_names import dag_bucket_export, deploy_role_name, verify_role_name
from infra.parameters.deployment_settings import Place, Settings
from infra.resources.airflow_options import UNCHANGED_SECONDS
from infra.resources.notice_topic import notice_topic
from infra.resources.storage import rotating_key
from infra.stacks.environment_stack import EnvironmentStack
from infra.stacks.platform_stack import PlatformStack

VERIFY_SECONDS = 900
VERIFY_PATIENCE = UNCHANGED_SECONDS + 120  # an error of the former release goes when its file is read again
_DECISION = "#{Validate.APPROVAL_NEEDED}"
_BROKEN = {"BROKEN_UNITS": "#{Validate.BROKEN_UNITS}"}
_WAITING = {"WAITING_UNITS": "#{Validate.WAITING_UNITS}"}
_ALL = {"VERIFY_OPTIONS": "--all"}
_DECIDED = {"DECIDED_UNITS": "#{Validate.WAITING_UNITS}"}


class ProjectPipelineStack(PlatformStack):
    """Source → Validate → Build → Deploy → Verify → (Approve → DeployDecided) → Conclude; and the validation of pull requests.

    Where there is a second environment: … → (VerifyDecided) → Compare → Promote → DeployPromoted → Conclude, which are its own.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        environment: EnvironmentStack,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        self._settings = settings
        self.add_stack_dependency(environment)
        self._dags = s3.Bucket.from_bucket_arn(self, "Dags", Fn.import_value(dag_bucket_export(settings)))
        self._rights = EnvironmentRights(settings, self._dags, environment.key, environment.execution_role)
        self._key = rotating_key(self, "Artifacts and notices")
        source = Source(settings, settings.project_repository)
        if not source.connected:
            source.create(self)
        topic = notice_topic(self, settings, key=self._key)
        self.pipeline = Pipeline(
            self, "Pipeline", source=source, key=self._key, pipeline_name=f"{settings.env_name}-project"
        )
        deploy, verify = self._deploy(), self._verify()
        conclude = Stage(verify, "Conclude", reads="Release", variables=_ALL)
        self.pipeline.assemble(
            [
                Stage(self._validate(), "Validate"),
                Stage(self._build(), "Build", writes="Release", variables=_BROKEN),
                Stage(deploy, "Deploy", reads="Release", variables=_WAITING),
                Stage(verify, "Verify", reads="Release"),
                Approval(
                    topic.topic_arn,
                    "#{Validate.WAITING_UNITS}: the plan of #{Source.CommitId} needs a decision; it is in the log of Validate.",
                    when=_DECISION,
                ),
                Stage(deploy, "DeployDecided", reads="Release", variables=_DECIDED, when=_DECISION),
                *(
                    self._promote(settings.promotes_to, verify, topic.topic_arn)
                    if settings.promotes_to
                    else [conclude]
                ),
            ]
        )
        PullRequests(self, "PullRequests", settings=settings, source=source, key=self._key)

    def _promote(self, place: Place, verify: BuildProject, topic_arn: str) -> list[Stage | Approval]:
        """What the first environment was seen to show goes to the second, when a person has agreed."""
        promotion = Promotion(self, settings=self._settings, place=place, key=self._key, proven=self._rights)
        return [
            Stage(verify, "VerifyDecided", reads="Release", when=_DECISION),
            Stage(promotion.compare(), "Compare", reads="Release"),
            Approval(
                topic_arn,
                f"Promote #{{Source.CommitId}} to {place.name}? What changes there, and what stays behind, is in the log of Compare.",
                name="Promote",
            ),
            Stage(promotion.deploy(), "DeployPromoted", reads="Release"),
            Stage(
                promotion.conclude(VERIFY_SECONDS, VERIFY_PATIENCE),
                "Conclude",
                reads="Release",
                variables=_ALL,
            ),
        ]

    def _project(self, build: Build) -> BuildProject:
        return BuildProject(self, build=build, key=self._key)

    def _validate(self) -> BuildProject:
        project = self._project(
            Build(
                "Validate",
                "validate.yml",
                "lints the specs, plans the deployment, tests; changes nothing",
                variables={
                    **self._bucket(),
                    "REQUIRE_APPROVAL": str(self._settings.require_approval).lower(),
                    **self._of_this_environment(),
                },
                reports=("lint", "tests"),
                large=True,
                cached=True,
            )
        )
        self._rights.read_dags(project.role)
        return project

    def _build(self) -> BuildProject:
        return self._project(
            Build(
                "Build",
                "buildspec.yml",
                "compiles the specs and imports the DAGs as MWAA will",
                variables={
                    "MWAA_AIRFLOW_VERSION": self._settings.airflow_version,
                    **self._of_this_environment(),
                    **self._of_the_other(),
                },
                large=True,
                cached=True,
            )
        )

    def _deploy(self) -> BuildProject:
        project = self._project(
            Build(
                "Deploy",
                "deploy.yml",
                "makes dags/ hold the release",
                variables=self._bucket(),
                role_name=deploy_role_name(self._settings),
            )
        )
        self._rights.read_dags(project.role)
        self._rights.write_dags(project.role)
        return project

    def _verify(self) -> BuildProject:
        project = self._project(
            Build(
                "Verify",
                "verify.yml",
                "waits until Airflow shows the release; rolls back if it does not",
                variables={
                    **self._bucket(),
                    "MWAA_ENVIRONMENT": self._settings.env_name,
                    "VERIFY_SECONDS": str(VERIFY_SECONDS),
                    "VERIFY_PATIENCE": str(VERIFY_PATIENCE),
                },
                role_name=verify_role_name(self._settings),
            )
        )
        self._rights.read_dags(project.role)
        self._rights.write_dags(project.role)
        self._rights.ask_airflow(project.role)
        return project

    def _bucket(self) -> dict[str, str]:
        return {"DAG_BUCKET": self._dags.bucket_name}

    def _of_this_environment(self) -> dict[str, str]:
        """The compiler takes the name of the environment from a variable."""
        name = self._settings.environment
        return {"FACTORY_ENVIRONMENT": name} if name else {}

    def _of_the_other(self) -> dict[str, str]:
        place = self._settings.promotes_to
        if place is None:
            return {}
        return {"PROMOTED_ENVIRONMENT": place.name, "PROMOTED_AIRFLOW_VERSION": place.airflow_version}
