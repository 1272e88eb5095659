"""The administrators' pipeline: keeps these very stacks, plugins.zip and requirements.txt up to date."""

from collections.abc import Sequence

from aws_cdk import Environment, Fn
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.delivery.build_project import Build, BuildProject
from infra.delivery.code_source import Source
from infra.delivery.delivery_pipeline import Approval, Pipeline, Stage
from infra.grants.become import let_become
from infra.grants.environment_rights import EnvironmentRights
from infra.grants.grant import grant
from infra.grants.known_names import dag_bucket_export, promoting_role_name, variables_of
from infra.parameters.deployment_settings import Place, Settings
from infra.resources.airflow_options import UNCHANGED_SECONDS
from infra.resources.notice_topic import notice_topic
from infra.resources.storage import rotating_key
from infra.stacks.environment_stack import EnvironmentStack
from infra.stacks.platform_stack import PlatformStack

# What `cdk bootstrap` calls its roles by default.
_QUALIFIER = "hnb659fds"
PROOF_SECONDS = 3300  # longer than Airflow lets the canary wait for a worker, and half of a build's time: the way back takes as long
PROOF_PATIENCE = (
    UNCHANGED_SECONDS + 120
)  # an error of the former files goes when the new Airflow reads them again
_DEPLOYING = ("lookup", "deploy", "file-publishing")
_OWN, _PROMOTED = {"ASSEMBLY": "build/cdk.out"}, {"ASSEMBLY": "build/promoted.out"}
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
    """Source → Synthesise → Difference → Approve → Provision → Prove; then the last four of a second environment."""

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
        difference = self._difference()
        self.pipeline.assemble(
            [
                Stage(self._synthesise(), "Synthesise", writes="Assembly"),
                Stage(difference, "Difference", reads="Assembly", variables=_OWN),
                Approval(
                    topic.topic_arn, "Deploy #{Source.CommitId}? The difference is in the log of Difference."
                ),
                Stage(self._provision(), "Provision", reads="Assembly", variables=_OWN),
                Stage(self._prove(), "Prove", reads="Assembly"),
                *(
                    self._promote(settings.promotes_to, difference, topic.topic_arn)
                    if settings.promotes_to
                    else ()
                ),
            ]
        )

    def _promote(self, place: Place, difference: BuildProject, topic_arn: str) -> list[Stage | Approval]:
        """The same commit, proven in the first environment, goes to the second when a person has agreed."""
        return [
            Stage(difference, "DifferencePromoted", reads="Assembly", variables=_PROMOTED),
            Approval(
                topic_arn,
                f"Deploy #{{Source.CommitId}} to {place.name}? The difference is in the log of DifferencePromoted.",
                name="Promote",
            ),
            Stage(self._provision_promoted(), "ProvisionPromoted", reads="Assembly", variables=_PROMOTED),
            Stage(self._prove_promoted(place), "ProvePromoted", reads="Assembly"),
        ]

    def _synthesise(self) -> BuildProject:
        """The parameters are those of cdk.json; a commit that names another environment is refused."""
        place = self._settings.promotes_to
        promoted = {"PROMOTED_ENVIRONMENT": place.name, "PROMOTED_ENV_NAME": place.env_name} if place else {}
        build = Build(
            "Synthesise",
            "synthesise.yml",
            "synthesises and analyses the templates",
            variables={"PIPELINE_ENV_NAME": self._settings.env_name, **promoted},
            reports=("checks",),
            minutes=60,
            large=True,
            cached=True,
        )
        return self._with_bootstrap_roles(build, "lookup", places=self._places)

    def _difference(self) -> BuildProject:
        build = Build("Difference", "difference.yml", "shows what a deployment would change", cached=True)
        return self._with_bootstrap_roles(build, "lookup", places=self._places)

    def _provision(self) -> BuildProject:
        build = Build("Provision", "provision.yml", "deploys the stacks", minutes=120, cached=True)
        return self._with_bootstrap_roles(build, *_DEPLOYING)

    def _provision_promoted(self) -> BuildProject:
        build = Build(
            "ProvisionPromoted", "provision.yml", "deploys the other environment", minutes=120, cached=True
        )
        return self._with_bootstrap_roles(build, *_DEPLOYING, places=[self._settings.promotes_to])

    def _prove_promoted(self, place: Place) -> BuildProject:
        build = Build(
            "ProvePromoted",
            "prove.yml",
            f"proves that Airflow of {place.name} works with what was provisioned",
            variables={
                "PROOF_SECONDS": str(PROOF_SECONDS),
                "PROOF_PATIENCE": str(PROOF_PATIENCE),
                **variables_of(self, place, "prove"),
            },
            minutes=120,
            role_name=promoting_role_name(self._settings.env_name, "prove"),
        )
        project = BuildProject(self, build=build, key=self._key)
        let_become(project.role, place, "prove")
        return project

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
        EnvironmentRights(
            self._settings, bucket, self._environment.key, self._environment.execution_role
        ).prove(project.role)
        return project

    @property
    def _places(self) -> list[Place | None]:
        """This environment, and the other one where there is one."""
        return [None, self._settings.promotes_to] if self._settings.promotes_to else [None]

    def _with_bootstrap_roles(
        self, build: Build, *kinds: str, places: Sequence[Place | None] = (None,)
    ) -> BuildProject:
        """A project that may assume these roles of the CDK's bootstrap stack, and so do what they may do.

        Those of another account let it, where that was bootstrapped with `--trust`.
        """
        project = BuildProject(self, build=build, key=self._key)
        arns = [self._bootstrap_role(kind, place) for place in places for kind in kinds]
        grant(project.role, "Bootstrap", actions=["sts:AssumeRole"], resources=list(dict.fromkeys(arns)))
        return project

    def _bootstrap_role(self, kind: str, place: Place | None) -> str:
        account, region = (place.account, place.region) if place else (None, None)
        account, region = account or self.account, region or self.region
        name = f"cdk-{_QUALIFIER}-{kind}-role-{account}-{region}"
        return self.format_arn(service="iam", region="", account=account, resource="role", resource_name=name)
