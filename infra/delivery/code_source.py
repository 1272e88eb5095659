"""Where a pipeline's commits come from: CodeCommit, or GitHub and GitLab through a CodeConnections connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.grants.grant import grant, service_of_this_account
from infra.parameters.deployment_settings import Settings

OUTPUT = "Source"
_KINDS = {"github.com": "GITHUB", "gitlab.com": "GITLAB"}


@dataclass(frozen=True)
class Source:
    """One repository and branch, and the files of it that matter (all of them when none are named).

    CodeCommit's events do not say which files changed, so there `files` is left out of account.
    """

    settings: Settings
    repository: str
    files: Sequence[str] = ()

    @property
    def connected(self) -> bool:
        """Whether the repository is reached through a connection."""
        return self.settings.source_provider != "CodeCommit"

    def action(self) -> codepipeline.CfnPipeline.ActionDeclarationProperty:
        """The pipeline's Source action; it never polls."""
        if self.connected:
            provider, configuration = (
                "CodeStarSourceConnection",
                {
                    "ConnectionArn": self.settings.source_provider,
                    "FullRepositoryId": self.repository,
                    "BranchName": self.settings.branch,
                    "DetectChanges": False,  # the pipeline's own trigger does
                },
            )
        else:
            provider, configuration = (
                "CodeCommit",
                {
                    "RepositoryName": self.repository,
                    "BranchName": self.settings.branch,
                    "PollForSourceChanges": False,
                },
            )
        return codepipeline.CfnPipeline.ActionDeclarationProperty(
            name="Source",
            namespace="Source",
            action_type_id=codepipeline.CfnPipeline.ActionTypeIdProperty(
                category="Source", owner="AWS", provider=provider, version="1"
            ),
            configuration=configuration,
            output_artifacts=[codepipeline.CfnPipeline.OutputArtifactProperty(name=OUTPUT)],
        )

    def triggers(self) -> list[codepipeline.CfnPipeline.PipelineTriggerDeclarationProperty] | None:
        """The pipeline's trigger on a push; none for CodeCommit, whose events come through EventBridge."""
        if not self.connected:
            return None
        paths = (
            codepipeline.CfnPipeline.GitFilePathFilterCriteriaProperty(includes=list(self.files))
            if self.files
            else None
        )
        push = codepipeline.CfnPipeline.GitPushFilterProperty(
            branches=codepipeline.CfnPipeline.GitBranchFilterCriteriaProperty(
                includes=[self.settings.branch]
            ),
            file_paths=paths,
        )
        return [
            codepipeline.CfnPipeline.PipelineTriggerDeclarationProperty(
                provider_type="CodeStarSourceConnection",
                git_configuration=codepipeline.CfnPipeline.GitConfigurationProperty(
                    source_action_name="Source", push=[push]
                ),
            )
        ]

    def grant_read(self, role: iam.Role) -> None:
        """Let the pipeline's role fetch the branch."""
        if self.connected:
            grant(
                role,
                "Source",
                actions=["codeconnections:UseConnection", "codestar-connections:UseConnection"],
                resources=[self.settings.source_provider],
            )
            return
        grant(
            role,
            "Source",
            actions=[
                "codecommit:CancelUploadArchive",
                "codecommit:GetBranch",
                "codecommit:GetCommit",
                "codecommit:GetUploadArchiveStatus",
                "codecommit:UploadArchive",
            ],
            resources=[self.arn(role)],
        )

    def cloned(self, scope: Construct) -> dict[str, Any]:
        """The source of a project that runs on its own: a clone, with its history."""
        if not self.connected:
            stack = Stack.of(scope)
            url = f"https://git-codecommit.{stack.region}.{stack.url_suffix}/v1/repos/{self.repository}"
            return {"type": "CODECOMMIT", "location": url}
        host = self.settings.repository_host
        return {
            "type": _KINDS[host],
            "location": f"https://{host}/{self.repository}.git",
            "auth": codebuild.CfnProject.SourceAuthProperty(
                type="CODECONNECTIONS", resource=self.settings.source_provider
            ),
        }

    def grant_clone(self, role: iam.Role) -> None:
        """Let the role of such a project clone it."""
        if not self.connected:
            grant(role, "Clone", actions=["codecommit:GitPull"], resources=[self.arn(role)])
            return
        grant(
            role,
            "Clone",
            actions=[
                "codeconnections:GetConnection",
                "codeconnections:GetConnectionToken",
                "codeconnections:UseConnection",
            ],
            resources=[self.settings.source_provider],
        )

    def arn(self, scope: Construct) -> str:
        """The ARN of the CodeCommit repository."""
        return Stack.of(scope).format_arn(service="codecommit", resource=self.repository)

    def start_on_push(self, scope: Construct, pipeline_arn: str) -> None:
        """Start the pipeline when the branch moves (CodeCommit only)."""
        role = iam.Role(scope, "StartRole", assumed_by=service_of_this_account(scope, "events"))
        grant(role, "Start", actions=["codepipeline:StartPipelineExecution"], resources=[pipeline_arn])
        events.CfnRule(
            scope,
            "OnPush",
            description=f"{self.settings.branch} of {self.repository} moved",
            event_pattern={
                "source": ["aws.codecommit"],
                "detail-type": ["CodeCommit Repository State Change"],
                "resources": [self.arn(scope)],
                "detail": {
                    "event": ["referenceCreated", "referenceUpdated"],
                    "referenceType": ["branch"],
                    "referenceName": [self.settings.branch],
                },
            },
            targets=[events.CfnRule.TargetProperty(id="Pipeline", arn=pipeline_arn, role_arn=role.role_arn)],
        )

    def create(self, scope: Construct) -> None:
        """Make the CodeCommit repository. It is kept when the stack goes: it may hold the only copy of somebody's work."""
        repository = codecommit.Repository(scope, "Repository", repository_name=self.repository)
        repository.apply_removal_policy(
            RemovalPolicy.DESTROY if self.settings.empty_on_destroy else RemovalPolicy.RETAIN
        )
        CfnOutput(scope, "CloneUrl", value=repository.repository_clone_url_grc)
