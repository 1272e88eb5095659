"""One CodeBuild project with a role, a log group and report groups of its own: a stage of a pipeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.grants.grant import grant, service_of_this_account
from infra.resources.log_groups import log_group

BUILD_SPECS = Path(__file__).parents[1] / "buildspecs"
# Amazon Linux 2023 with Python 3.12, kept by AWS; no build needs Docker, so none is privileged.
_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"


@dataclass(frozen=True)
class Build:
    """What a project runs.

    `spec` is a file beside the stacks, whose text goes into the template, or `buildspec.yml`, which is read from the
    source. `variables` are the environment of every run; `reports` the names of its report groups. A `cached` one keeps
    what it downloaded for its next run, in the bucket of its pipeline.
    """

    name: str
    spec: str
    description: str
    variables: Mapping[str, str] = field(default_factory=dict)
    reports: Sequence[str] = ()
    minutes: int = 30
    large: bool = False
    cached: bool = False
    role_name: str | None = None

    def spec_text(self) -> str:
        """The build spec as the project holds it: a file name of the source, or the whole text."""
        return (
            self.spec
            if self.spec == "buildspec.yml"
            else (BUILD_SPECS / self.spec).read_text(encoding="utf-8")
        )


class BuildProject(Construct):
    """`project` and its `role`, which so far may write its own log and reports and nothing else."""

    def __init__(
        self,
        scope: Construct,
        *,
        build: Build,
        key: kms.IKey,
        source: Mapping[str, Any] | None = None,
        triggers: codebuild.CfnProject.ProjectTriggersProperty | None = None,
    ) -> None:
        """`source` and `triggers` are of a project that runs on its own; without them a pipeline hands it artifacts."""
        super().__init__(scope, build.name)
        stack = Stack.of(self)
        self.name = f"{stack.stack_name}-{build.name.lower()}"
        self.cached = build.cached
        log = log_group(self, "Logs")
        self.role = iam.Role(
            self,
            "Role",
            role_name=build.role_name,
            description=f"{build.name}: {build.description}",
            assumed_by=service_of_this_account(self, "codebuild"),
        )
        grant(
            self.role,
            "Logs",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log.log_group_arn],
        )
        grant(
            self.role,
            "Key",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            resources=[key.key_arn],
        )
        for report in build.reports:
            self._report_group(report)
        self.project = self._project(build, key, log, source or {"type": "CODEPIPELINE"}, triggers)

    def keep_downloads(self, bucket: s3.IBucket) -> None:
        """Keep the cache of the build specs in a bucket, where no other project reads or writes it."""
        place = f"cache/{self.name}"
        self.project.cache = codebuild.CfnProject.ProjectCacheProperty(
            type="S3", location=f"{bucket.bucket_name}/{place}"
        )
        grant(
            self.role,
            "Cache",
            actions=["s3:GetObject", "s3:PutObject"],
            resources=[bucket.arn_for_objects(f"{place}/*")],
            reason="CodeBuild makes the names of what it caches; the folder is this project's alone.",
        )

    def _report_group(self, report: str) -> None:
        group = codebuild.CfnReportGroup(
            self,
            f"{report.title()}Report",
            name=f"{self.name}-{report}",  # where CodeBuild looks for the report group `report` of this project
            type="TEST",
            delete_reports=True,
            export_config=codebuild.CfnReportGroup.ReportExportConfigProperty(export_config_type="NO_EXPORT"),
        )
        grant(
            self.role,
            f"{report.title()}Report",
            actions=["codebuild:CreateReport", "codebuild:UpdateReport", "codebuild:BatchPutTestCases"],
            resources=[group.attr_arn],
        )

    def _project(
        self,
        build: Build,
        key: kms.IKey,
        log: logs.LogGroup,
        source: Mapping[str, Any],
        triggers: codebuild.CfnProject.ProjectTriggersProperty | None,
    ) -> codebuild.CfnProject:
        variables = [
            codebuild.CfnProject.EnvironmentVariableProperty(name=name, value=value, type="PLAINTEXT")
            for name, value in build.variables.items()
        ]
        in_pipeline = source["type"] == "CODEPIPELINE"
        return codebuild.CfnProject(
            self,
            "Project",
            name=self.name,
            description=build.description,
            service_role=self.role.role_arn,
            encryption_key=key.key_arn,
            timeout_in_minutes=build.minutes,
            source=codebuild.CfnProject.SourceProperty(build_spec=build.spec_text(), **source),
            artifacts=codebuild.CfnProject.ArtifactsProperty(
                type="CODEPIPELINE" if in_pipeline else "NO_ARTIFACTS"
            ),
            triggers=triggers,
            environment=codebuild.CfnProject.EnvironmentProperty(
                type="LINUX_CONTAINER",
                image=_IMAGE,
                compute_type="BUILD_GENERAL1_MEDIUM" if build.large else "BUILD_GENERAL1_SMALL",
                privileged_mode=False,
                environment_variables=variables,
            ),
            logs_config=codebuild.CfnProject.LogsConfigProperty(
                cloud_watch_logs=codebuild.CfnProject.CloudWatchLogsConfigProperty(
                    status="ENABLED", group_name=log.log_group_name
                )
            ),
        )
