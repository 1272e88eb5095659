"""The users' pipeline: a pushed spec is validated, compiled, deployed to dags/ and seen in Airflow, or its unit rolled back."""

from aws_cdk import Environment, Fn
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.delivery.build_project import Build, BuildProject
from infra.delivery.code_source import Source
from infra.delivery.delivery_pipeline import Approval, Pipeline, Stage
from infra.delivery.pull_requests import PullRequests
from infra.grants.grant import grant
from infra.grants.known_names import airflow_role_arn, dag_bucket_export, deploy_role_name, verify_role_name
from infra.parameters.deployment_settings import Settings
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
_DECIDED = {"DECIDED_UNITS": "#{Validate.WAITING_UNITS}"}


class ProjectPipelineStack(PlatformStack):
    """Source → Validate → Build → Deploy → Verify → (Approve → DeployDecided) → Conclude; and the validation of pull requests."""

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
        self._environment = environment
        self.add_stack_dependency(environment)
        self._dags = s3.Bucket.from_bucket_arn(self, "Dags", Fn.import_value(dag_bucket_export(settings)))
        self._key = rotating_key(self, "Artifacts and notices")
        source = Source(settings, settings.project_repository)
        if not source.connected:
            source.create(self)
        topic = notice_topic(self, settings, key=self._key)
        self.pipeline = Pipeline(
            self, "Pipeline", source=source, key=self._key, pipeline_name=f"{settings.env_name}-project"
        )
        deploy, verify = self._deploy(), self._verify()
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
                Stage(verify, "Conclude", reads="Release", variables={"VERIFY_OPTIONS": "--all"}),
            ]
        )
        PullRequests(self, "PullRequests", settings=settings, source=source, key=self._key)

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
                },
                reports=("lint", "tests"),
                large=True,
                cached=True,
            )
        )
        self._let_read_dags(project)
        return project

    def _build(self) -> BuildProject:
        return self._project(
            Build(
                "Build",
                "buildspec.yml",
                "compiles the specs and imports the DAGs as MWAA will",
                variables={"MWAA_AIRFLOW_VERSION": self._settings.airflow_version},
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
        self._let_read_dags(project)
        self._let_write_dags(project)
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
        self._let_read_dags(project)
        self._let_write_dags(project)
        grant(
            project.role,
            "Airflow",
            actions=["airflow:InvokeRestApi"],
            resources=[airflow_role_arn(self, self._settings, "Viewer")],
        )
        return project

    def _bucket(self) -> dict[str, str]:
        return {"DAG_BUCKET": self._dags.bucket_name}

    def _let_read_dags(self, project: BuildProject) -> None:
        grant(
            project.role,
            "ListDags",
            actions=["s3:ListBucketVersions"],
            resources=[self._dags.bucket_arn],
            conditions={"StringLike": {"s3:prefix": "dags/*"}},
        )
        grant(
            project.role,
            "ReadDags",
            actions=["s3:GetObject", "s3:GetObjectVersion"],
            resources=[self._dags.arn_for_objects("dags/*")],
            reason="Every file below dags/.",
        )
        self._let_use_environment_key(project, "kms:Decrypt")

    def _let_write_dags(self, project: BuildProject) -> None:
        grant(
            project.role,
            "WriteDags",
            actions=["s3:DeleteObject", "s3:PutObject"],
            resources=[self._dags.arn_for_objects("dags/*")],
            reason="Every file below dags/; the bucket lets nobody else write there.",
        )
        self._let_use_environment_key(project, "kms:GenerateDataKey")

    def _let_use_environment_key(self, project: BuildProject, action: str) -> None:
        grant(
            project.role,
            f"Dags{action.removeprefix('kms:')}",
            actions=[action],
            resources=[self._environment.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{self.region}.amazonaws.com"}},
        )
