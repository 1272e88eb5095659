"""The administrators' pipeline: keeps these very stacks, plugins.zip and requirements.txt up to date."""

from aws_cdk import Environment, Fn
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.delivery.build_project import Build, BuildProject
from infra.delivery.code_source import Source
from infra.delivery.delivery_pipeline import Approval, Pipeline, Stage
from infra.grants.grant import grant
from infra.grants.known_names import airflow_role_arn, dag_bucket_export, environment_arn, role_arn
from infra.parameters.deployment_settings import Settings
from infra.proof.provisioned import PLUGINS, PROVEN, REQUIREMENTS
from infra.resources.airflow_options import UNCHANGED_SECONDS
from infra.resources.notice_topic import notice_topic
from infra.resources.storage import rotating_key
from infra.stacks.environment_stack import EnvironmentStack
from infra.stacks.platform_stack import PlatformStack

# What `cdk bootstrap` calls its roles by default.
_QUALIFIER = "hnb659fds"
PROOF_SECONDS = 2400
PROOF_PATIENCE = (
    UNCHANGED_SECONDS + 120
)  # an error of the former files goes when the new Airflow reads them again
_FILES = (
    "infra/**",
    "plugins/**",
    "requirements/**",
    "factory/**",
    "configs/group.yaml",
    "configs/*/unit.yaml",
    "Makefile",
)


class ProvisioningPipelineStack(PlatformStack):
    """Source → Synthesise → Difference → Approve → Provision → Prove."""

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
        self._key = rotating_key(self, "Artifacts and notices")
        source = Source(settings, settings.provisioning_repository, _FILES)
        if not source.connected:
            source.create(self)
        topic = notice_topic(self, settings, key=self._key)
        self.pipeline = Pipeline(
            self, "Pipeline", source=source, key=self._key, pipeline_name=f"{settings.env_name}-provisioning"
        )
        self.pipeline.assemble(
            [
                Stage(self._synthesise(), "Synthesise", writes="Assembly"),
                Stage(self._difference(), "Difference", reads="Assembly"),
                Approval(
                    topic.topic_arn, "Deploy #{Source.CommitId}? The difference is in the log of Difference."
                ),
                Stage(self._provision(), "Provision", reads="Assembly"),
                Stage(self._prove(), "Prove", reads="Assembly"),
            ]
        )

    def _synthesise(self) -> BuildProject:
        """The parameters are those of cdk.json; a commit that names another environment is refused."""
        build = Build(
            "Synthesise",
            "synthesise.yml",
            "synthesises and analyses the templates",
            variables={"PIPELINE_ENV_NAME": self._settings.env_name},
            reports=("checks",),
            minutes=60,
            large=True,
            cached=True,
        )
        return self._with_bootstrap_roles(build, "lookup")

    def _difference(self) -> BuildProject:
        build = Build("Difference", "difference.yml", "shows what a deployment would change", cached=True)
        return self._with_bootstrap_roles(build, "lookup")

    def _provision(self) -> BuildProject:
        build = Build("Provision", "provision.yml", "deploys the stacks", minutes=120, cached=True)
        return self._with_bootstrap_roles(build, "lookup", "deploy", "file-publishing")

    def _prove(self) -> BuildProject:
        bucket = s3.Bucket.from_bucket_arn(self, "Code", Fn.import_value(dag_bucket_export(self._settings)))
        build = Build(
            "Prove",
            "prove.yml",
            "proves that Airflow works with what was provisioned; takes the former files if it does not",
            variables={
                "DAG_BUCKET": bucket.bucket_name,
                "MWAA_ENVIRONMENT": self._settings.env_name,
                "PROOF_SECONDS": str(PROOF_SECONDS),
                "PROOF_PATIENCE": str(PROOF_PATIENCE),
            },
            minutes=120,
        )
        project = BuildProject(self, build=build, key=self._key)
        grant(
            project.role,
            "Environment",
            actions=["airflow:GetEnvironment", "airflow:UpdateEnvironment"],
            resources=[environment_arn(self, self._settings)],
        )
        grant(
            project.role,
            "PassExecutionRole",
            actions=["iam:PassRole"],
            resources=[self._environment.execution_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "airflow.amazonaws.com"}},
        )
        grant(
            project.role,
            "Airflow",
            actions=["airflow:InvokeRestApi"],
            resources=[airflow_role_arn(self, self._settings, "Viewer")],
        )
        grant(
            project.role,
            "Versions",
            actions=["s3:ListBucketVersions"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": {"s3:prefix": [PLUGINS, REQUIREMENTS, PROVEN]}},
        )
        grant(
            project.role,
            "Proven",
            actions=["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            resources=[bucket.arn_for_objects(PROVEN)],
        )
        grant(
            project.role,
            "CodeKey",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[self._environment.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{self.region}.amazonaws.com"}},
        )
        return project

    def _with_bootstrap_roles(self, build: Build, *kinds: str) -> BuildProject:
        """A project that may assume these roles of the CDK's bootstrap stack, and so do what they may do."""
        project = BuildProject(self, build=build, key=self._key)
        arns = [
            role_arn(self, f"cdk-{_QUALIFIER}-{kind}-role-{self.account}-{self.region}") for kind in kinds
        ]
        grant(project.role, "Bootstrap", actions=["sts:AssumeRole"], resources=arns)
        return project
