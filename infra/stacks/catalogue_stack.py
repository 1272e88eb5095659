"""The catalogue of all datasets: a private bucket of pages, and the build that makes them anew after each release and each morning."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Duration, Environment, Fn, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.delivery.build_project import Build, BuildProject
from infra.delivery.code_source import Source
from infra.delivery.delivery_pipeline import Pipeline
from infra.grants.grant import Grant, grant, service_of_this_account
from infra.grants.known_names import catalogue_reader_name, lake_bucket_export
from infra.parameters.deployment_settings import Settings
from infra.resources.storage import private_bucket, rotating_key
from infra.stacks.data_stack import DataStack
from infra.stacks.platform_stack import PlatformStack

_MANIFEST = "_manifest.json"  # tells rows, bytes and quality of a publication, and no row
_EVERY_MORNING = "cron(15 5 * * ? *)"  # UTC


class CatalogueStack(PlatformStack):
    """The build clones the repository with its history, which says since when a field is read as it is."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        units: Sequence[Unit],
        data: DataStack,
        pipeline: Pipeline,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        self._key = rotating_key(self, "The catalogue of all datasets")
        self._pages = private_bucket(
            self,
            "Pages",
            key=self._key,
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=Duration.days(7))],
        )
        source = Source(settings, settings.project_repository)
        lake = s3.Bucket.from_bucket_arn(self, "Lake", Fn.import_value(lake_bucket_export(settings)))
        project = self._build(settings, lake, source)
        self._read_manifests(project.role, units, lake)
        self._use_key(project.role, "LakeKey", ["kms:Decrypt"], data.key.key_arn)
        self._write_pages(project.role)
        self._start(project, pipeline)
        self._let_people_read(settings)
        CfnOutput(self, "CatalogueBucketName", value=self._pages.bucket_name)

    def _build(self, settings: Settings, lake: s3.IBucket, source: Source) -> BuildProject:
        build = Build(
            "Catalogue",
            "catalogue.yml",
            "writes the catalogue of all datasets",
            variables={
                "LAKE_BUCKET": lake.bucket_name,
                "PAGES_BUCKET": self._pages.bucket_name,
                **({"FACTORY_ENVIRONMENT": settings.environment} if settings.environment else {}),
            },
            large=True,
        )
        project = BuildProject(self, build=build, key=self._key, source=source.cloned(self))
        project.project.source_version = settings.branch
        source.grant_clone(project.role)
        # CodeBuild checks when the project is made that its role may use a connection.
        project.project.node.add_dependency(project.role)
        return project

    def _read_manifests(self, role: iam.Role, units: Sequence[Unit], lake: s3.IBucket) -> None:
        """What was published, and when; no row of it. Of a manifest that is not there S3 says so to whoever may list the bucket."""
        names = sorted({name for unit in units for name in unit.buckets if name})
        buckets = [lake, *(s3.Bucket.from_bucket_name(self, f"Bucket-{name}", name) for name in names)]
        grant(
            role,
            "ListPublications",
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn for bucket in buckets],
        )
        grant(
            role,
            "ReadManifests",
            actions=["s3:GetObject"],
            resources=[bucket.arn_for_objects(f"*/{_MANIFEST}") for bucket in buckets],
            reason="The manifest of every publication, and nothing else of the buckets that units write to.",
        )

    def _write_pages(self, role: iam.Role) -> None:
        grant(role, "ListPages", actions=["s3:ListBucket"], resources=[self._pages.bucket_arn])
        grant(
            role,
            "WritePages",
            actions=["s3:DeleteObject", "s3:PutObject"],
            resources=[self._pages.arn_for_objects("*")],
            reason="Every page; the bucket holds nothing else.",
        )

    def _start(self, project: BuildProject, pipeline: Pipeline) -> None:
        role = iam.Role(self, "StartRole", assumed_by=service_of_this_account(self, "events"))
        arn = project.project.attr_arn
        grant(role, "Start", actions=["codebuild:StartBuild"], resources=[arn])
        target = events.CfnRule.TargetProperty(id="Build", arn=arn, role_arn=role.role_arn)
        events.CfnRule(
            self,
            "AfterRelease",
            description=f"{pipeline.pipeline_name} has deployed a commit",
            event_pattern={
                "source": ["aws.codepipeline"],
                "detail-type": ["CodePipeline Pipeline Execution State Change"],
                "detail": {"pipeline": [pipeline.pipeline_name], "state": ["SUCCEEDED"]},
            },
            targets=[target],
        )
        events.CfnRule(
            self,
            "EveryMorning",
            description="What was published since yesterday",
            schedule_expression=_EVERY_MORNING,
            targets=[target],
        )

    def _let_people_read(self, settings: Settings) -> None:
        """A policy that an administrator attaches to whoever may read the catalogue; nobody has it by itself."""
        rights = (
            Grant("ListPages", ["s3:ListBucket"], [self._pages.bucket_arn]),
            Grant(
                "ReadPages",
                ["s3:GetObject"],
                [self._pages.arn_for_objects("*")],
                reason="Every page; the bucket holds nothing else.",
            ),
            Grant("PagesKey", ["kms:Decrypt"], [self._key.key_arn], conditions=self._through_s3()),
        )
        policy = iam.ManagedPolicy(
            self,
            "Reader",
            managed_policy_name=catalogue_reader_name(settings),
            description=f"Read the catalogue of the datasets of {settings.env_name}",
            statements=[right.statement() for right in rights],
        )
        for right in rights:
            right.check(policy)
            right.acknowledge(policy)

    def _use_key(self, role: iam.Role, sid: str, actions: Sequence[str], key_arn: str) -> None:
        grant(role, sid, actions=actions, resources=[key_arn], conditions=self._through_s3())

    def _through_s3(self) -> dict[str, dict[str, str]]:
        return {"StringEquals": {"kms:ViaService": f"s3.{Stack.of(self).region}.amazonaws.com"}}
