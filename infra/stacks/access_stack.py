"""Who may open Airflow as what: one permission set of Identity Center (or one IAM policy) for each of Airflow's roles."""

import hashlib

from aws_cdk import Environment
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sso as sso
from constructs import Construct

from infra.grants.known_names import airflow_role_arn, environment_arn
from infra.parameters.deployment_settings import Settings
from infra.parameters.parameter_table import AIRFLOW_ROLES
from infra.stacks.platform_stack import PlatformStack

_MEANING = {
    "Viewer": "sees DAGs, runs and logs",
    "User": "triggers and clears runs",
    "Op": "edits connections, pools and variables",
    "Admin": "manages users and roles of Airflow",
}


class AccessStack(PlatformStack):
    """None of the four may write to the bucket: DAGs come through the pipeline only."""

    def __init__(
        self, scope: Construct, name: str, *, settings: Settings, env: Environment | None = None
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        groups = dict(settings.identity_center_groups)
        for role in AIRFLOW_ROLES:
            policy = self._policy(settings, role)
            if settings.identity_center_instance_arn:
                self._permission_set(settings, role, policy, groups.get(role))
            else:
                iam.CfnManagedPolicy(
                    self,
                    f"{role}Policy",
                    managed_policy_name=f"{settings.env_name}-airflow-{role.lower()}",
                    description=f"Airflow {settings.env_name}: {_MEANING[role]}",
                    policy_document=policy,
                )

    def _policy(self, settings: Settings, role: str) -> iam.PolicyDocument:
        return iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(
                    sid="Airflow",
                    actions=["airflow:CreateWebLoginToken"],
                    resources=[airflow_role_arn(self, settings, role)],
                ),
                iam.PolicyStatement(
                    sid="Environment",
                    actions=["airflow:GetEnvironment"],
                    resources=[environment_arn(self, settings)],
                ),
            ]
        )

    def _permission_set(
        self, settings: Settings, role: str, policy: iam.PolicyDocument, group: str | None
    ) -> None:
        permission_set = sso.CfnPermissionSet(
            self,
            role,
            instance_arn=str(settings.identity_center_instance_arn),
            name=f"{_short(settings.env_name)}-{role}",
            description=f"Airflow {settings.env_name}: {_MEANING[role]}",
            session_duration="PT8H",
            inline_policy=policy,
        )
        if group:
            sso.CfnAssignment(
                self,
                f"{role}Group",
                instance_arn=str(settings.identity_center_instance_arn),
                permission_set_arn=permission_set.attr_permission_set_arn,
                principal_type="GROUP",
                principal_id=group,
                target_type="AWS_ACCOUNT",
                target_id=settings.environment_at[0] if settings.environment_at else self.account,
            )


def _short(environment: str) -> str:
    """An environment's name in 24 characters, since Identity Center takes 32 for a permission set; no two names become one."""
    if len(environment) <= 24:
        return environment
    return f"{environment[:19]}-{hashlib.sha256(environment.encode()).hexdigest()[:4]}"
