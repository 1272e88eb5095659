"""Pull requests: a build of their own that lints what is proposed and comments on its lines."""

import json
from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.delivery.build_project import Build, BuildProject
from infra.delivery.code_source import Source
from infra.grants.grant import grant, service_of_this_account
from infra.grants.known_names import secret_arns
from infra.parameters.deployment_settings import Settings

_FILTERS = (("EVENT", "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"),)


class PullRequests(Construct):
    """Started by EventBridge (CodeCommit) or by a webhook (a connection); its role can comment and nothing else."""

    def __init__(
        self, scope: Construct, name: str, *, settings: Settings, source: Source, key: kms.IKey
    ) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self._source = source
        if source.connected:
            self._on_connection(key)
        else:
            self._on_codecommit(key)

    def _build(self, variables: Mapping[str, str]) -> Build:
        return Build(
            "PullRequest",
            "pull-request.yml",
            "lints a pull request and comments on its lines",
            variables=variables,
            reports=("lint",),
            large=True,
        )

    def _on_codecommit(self, key: kms.IKey) -> None:
        variables = {"REVIEW_HOST": "codecommit", "REVIEW_REPOSITORY": self._source.repository}
        project = BuildProject(self, build=self._build(variables), key=key, source=self._source.cloned(self))
        grant(
            project.role,
            "Review",
            actions=["codecommit:GitPull", "codecommit:PostCommentForPullRequest"],
            resources=[self._source.arn(self)],
        )
        started = {"Build": (project, _start_build("<commit>"))}
        if self._settings.platform_reviewers:
            of_the_branch = json.dumps(self._settings.branch)
            started["Approvals"] = (self._approvals(key), _start_build(of_the_branch))
        role = iam.Role(self, "StartRole", assumed_by=service_of_this_account(self, "events"))
        arns = [one.project.attr_arn for one, _ in started.values()]
        grant(role, "Start", actions=["codebuild:StartBuild"], resources=arns)
        events.CfnRule(
            self,
            "OnPullRequest",
            description=f"A pull request of {self._source.repository} was opened or changed",
            event_pattern={
                "source": ["aws.codecommit"],
                "detail-type": ["CodeCommit Pull Request State Change"],
                "resources": [self._source.arn(self)],
                "detail": {"event": ["pullRequestCreated", "pullRequestSourceBranchUpdated"]},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id=name, arn=one.project.attr_arn, role_arn=role.role_arn, input_transformer=told
                )
                for name, (one, told) in started.items()
            ],
        )

    def _approvals(self, key: kms.IKey) -> BuildProject:
        """What asks the owners; it runs code of the branch that is deployed, so it may say what must be approved."""
        stack, settings = Stack.of(self), self._settings
        build = Build(
            "Approvals",
            "approvals.yml",
            "asks the owners of what a pull request changes for their approval",
            variables={
                "PLATFORM_REVIEWERS": " ".join(settings.platform_reviewers),
                "BRANCH": settings.branch,
                "PARTITION": stack.partition,
                "ACCOUNT": stack.account,
            },
        )
        project = BuildProject(self, build=build, key=key, source=self._source.cloned(self))
        grant(
            project.role,
            "Approvals",
            actions=[
                "codecommit:CreatePullRequestApprovalRule",
                "codecommit:GetDifferences",
                "codecommit:GetPullRequest",
                "codecommit:GitPull",
                "codecommit:UpdatePullRequestApprovalRuleContent",
                "codecommit:UpdatePullRequestApprovalState",
            ],
            resources=[self._source.arn(self)],
        )
        CfnOutput(stack, "ApprovalsRole", value=project.role.role_name)
        return project

    def _on_connection(self, key: kms.IKey) -> None:
        settings = self._settings
        variables = {"REVIEW_HOST": settings.repository_host, "REVIEW_REPOSITORY": self._source.repository}
        if settings.review_token_secret:
            variables["REVIEW_TOKEN_SECRET"] = settings.review_token_secret
        source = {**self._source.cloned(self), "report_build_status": True}
        filters = [
            codebuild.CfnProject.WebhookFilterProperty(type=kind, pattern=pattern)
            for kind, pattern in _FILTERS
        ]
        triggers = codebuild.CfnProject.ProjectTriggersProperty(
            webhook=True,
            build_type="BUILD",
            filter_groups=[filters],
            # Strangers' code runs only after somebody with the right to push has looked at it.
            pull_request_build_policy=codebuild.CfnProject.PullRequestBuildPolicyProperty(
                requires_comment_approval="FORK_PULL_REQUESTS"
            ),
        )
        project = BuildProject(self, build=self._build(variables), key=key, source=source, triggers=triggers)
        self._source.grant_clone(project.role)
        # CodeBuild checks when the project is made that its role may use the connection.
        project.project.node.add_dependency(project.role)
        if settings.review_token_secret:
            grant(
                project.role,
                "Token",
                actions=["secretsmanager:GetSecretValue"],
                resources=secret_arns(self, [settings.review_token_secret]),
                reason="Secrets Manager ends every ARN with six random characters; the name before them is exact.",
            )


def _start_build(version: str) -> events.CfnRule.InputTransformerProperty:
    """Build a version of the source, and tell the build which pull request it is and what it would be merged into."""
    template = f"""{{
      "sourceVersion": {version},
      "environmentVariablesOverride": [
        {{"name": "REVIEW_PULL_REQUEST", "value": <id>, "type": "PLAINTEXT"}},
        {{"name": "REVIEW_COMMIT", "value": <commit>, "type": "PLAINTEXT"}},
        {{"name": "REVIEW_BASE", "value": <base>, "type": "PLAINTEXT"}}
      ]
    }}"""
    paths = {
        "commit": "$.detail.sourceCommit",
        "base": "$.detail.destinationCommit",
        "id": "$.detail.pullRequestId",
    }
    return events.CfnRule.InputTransformerProperty(input_paths_map=paths, input_template=template)
