"""A V2 pipeline: a source, then stages of builds and approvals, with an artifact bucket of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import Duration, Stack
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.delivery.build_project import BuildProject
from infra.delivery.code_source import OUTPUT, Source
from infra.grants.grant import grant, service_of_this_account
from infra.resources.storage import private_bucket

Declaration = codepipeline.CfnPipeline.StageDeclarationProperty


@dataclass(frozen=True)
class Stage:
    """A stage that runs one project on an input artifact; its exported variables are `#{<Name>.<VARIABLE>}`.

    It is entered only if `when`, a pipeline variable, is `true` (always without). Stages may share a project.
    """

    project: BuildProject
    name: str
    reads: str = OUTPUT
    writes: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    when: str | None = None


@dataclass(frozen=True)
class Approval:
    """A stage that waits for a person; entered only if `when`, a pipeline variable, is `true` (always without)."""

    topic_arn: str
    question: str
    when: str | None = None
    name: str = "Approve"


class Pipeline(Construct):
    """`pipeline_name` and `arn`; its role starts its builds and moves its artifacts."""

    def __init__(
        self, scope: Construct, name: str, *, source: Source, key: kms.IKey, pipeline_name: str | None = None
    ) -> None:
        super().__init__(scope, name)
        self.source = source
        self.pipeline_name = pipeline_name or Stack.of(self).stack_name
        self.arn = Stack.of(self).format_arn(service="codepipeline", resource=self.pipeline_name)
        self._key = key
        self._artifacts = self._artifact_bucket(key)
        self._role = iam.Role(
            self,
            "Role",
            description=f"Moves commits through {self.pipeline_name}",
            assumed_by=service_of_this_account(self, "codepipeline"),
        )
        source.grant_read(self._role)
        self._let(self._role, ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"])
        grant(
            self._role,
            "Key",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            resources=[key.key_arn],
        )

    def assemble(self, stages: Sequence[Stage | Approval]) -> codepipeline.CfnPipeline:
        """Declare the stages, in order, and start the pipeline on every push."""
        builds = [stage for stage in stages if isinstance(stage, Stage)]
        projects = {stage.project.name: stage.project for stage in builds}
        approvals = [stage for stage in stages if isinstance(stage, Approval)]
        grant(
            self._role,
            "Builds",
            actions=["codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"],
            resources=[project.project.attr_arn for project in projects.values()],
        )
        if approvals:
            grant(
                self._role,
                "Ask",
                actions=["sns:Publish"],
                resources=sorted({stage.topic_arn for stage in approvals}),
            )
        for name, project in projects.items():
            self._let(project.role, ["s3:GetObject", "s3:GetObjectVersion"])
            if any(stage.writes for stage in builds if stage.project.name == name):
                self._let(project.role, ["s3:PutObject"], sid="Output")
            if project.cached:
                project.keep_downloads(self._artifacts)
        pipeline = self._pipeline(
            [Declaration(name="Source", actions=[self.source.action()]), *map(_declare, stages)]
        )
        pipeline.node.add_dependency(self._role)
        if not self.source.connected:
            self.source.start_on_push(self, self.arn)
        return pipeline

    def _pipeline(self, stages: Sequence[Declaration]) -> codepipeline.CfnPipeline:
        return codepipeline.CfnPipeline(
            self,
            "Pipeline",
            name=self.pipeline_name,
            pipeline_type="V2",
            execution_mode="QUEUED",  # a later commit never overtakes one that is being deployed
            role_arn=self._role.role_arn,
            artifact_store=codepipeline.CfnPipeline.ArtifactStoreProperty(
                type="S3",
                location=self._artifacts.bucket_name,
                encryption_key=codepipeline.CfnPipeline.EncryptionKeyProperty(
                    type="KMS", id=self._key.key_arn
                ),
            ),
            triggers=self.source.triggers(),
            stages=list(stages),
        )

    def _artifact_bucket(self, key: kms.IKey) -> s3.Bucket:
        return private_bucket(
            self,
            "Artifacts",
            key=key,
            lifecycle_rules=[
                s3.LifecycleRule(expiration=Duration.days(90), noncurrent_version_expiration=Duration.days(7))
            ],
        )

    def _let(self, role: iam.Role, actions: Sequence[str], sid: str = "Artifacts") -> None:
        grant(
            role,
            sid,
            actions=actions,
            resources=[self._artifacts.arn_for_objects("*")],
            reason="CodePipeline makes the names of a run's artifacts; the bucket holds this pipeline's alone.",
        )


def _declare(stage: Stage | Approval) -> Declaration:
    if isinstance(stage, Approval):
        return _declare_approval(stage)
    variables = [
        f'{{"name":"{name}","value":"{value}","type":"PLAINTEXT"}}' for name, value in stage.variables.items()
    ]
    outputs = [codepipeline.CfnPipeline.OutputArtifactProperty(name=stage.writes)] if stage.writes else None
    action = codepipeline.CfnPipeline.ActionDeclarationProperty(
        name=stage.name,
        namespace=stage.name,
        action_type_id=codepipeline.CfnPipeline.ActionTypeIdProperty(
            category="Build", owner="AWS", provider="CodeBuild", version="1"
        ),
        configuration={
            "ProjectName": stage.project.name,
            **({"EnvironmentVariables": f"[{','.join(variables)}]"} if variables else {}),
        },
        input_artifacts=[codepipeline.CfnPipeline.InputArtifactProperty(name=stage.reads)],
        output_artifacts=outputs,
    )
    return Declaration(name=stage.name, actions=[action], before_entry=_only_when(stage.when))


def _declare_approval(approval: Approval) -> Declaration:
    action = codepipeline.CfnPipeline.ActionDeclarationProperty(
        name=approval.name,
        action_type_id=codepipeline.CfnPipeline.ActionTypeIdProperty(
            category="Approval", owner="AWS", provider="Manual", version="1"
        ),
        configuration={"NotificationArn": approval.topic_arn, "CustomData": approval.question},
    )
    return Declaration(name=approval.name, actions=[action], before_entry=_only_when(approval.when))


def _only_when(variable: str | None) -> codepipeline.CfnPipeline.BeforeEntryConditionsProperty | None:
    """Skip a stage unless a variable is `true`: https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html."""
    if variable is None:
        return None
    needed = codepipeline.CfnPipeline.RuleDeclarationProperty(
        name="ApprovalNeeded",
        rule_type_id=codepipeline.CfnPipeline.RuleTypeIdProperty(
            category="Rule", owner="AWS", provider="VariableCheck", version="1"
        ),
        configuration={"Variable": variable, "Operator": "EQ", "Value": "true"},
    )
    condition = codepipeline.CfnPipeline.ConditionProperty(result="SKIP", rules=[needed])
    return codepipeline.CfnPipeline.BeforeEntryConditionsProperty(conditions=[condition])
