"""What the stages of both pipelines may do with one environment; the first environment's builds, and the second's roles for them."""

from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from infra.grants.grant import grant
from infra.grants.known_names import airflow_role_arn, environment_arn
from infra.parameters.deployment_settings import Settings
from infra.proof.provisioned import PLUGINS, PROVEN, REQUIREMENTS


@dataclass(frozen=True)
class EnvironmentRights:
    """An environment by its bucket, the key of that, and the role that it runs as."""

    settings: Settings
    bucket: s3.IBucket
    key: kms.IKey
    execution_role: iam.IRole

    def read_dags(self, role: iam.Role) -> None:
        """What is deployed, in every version."""
        grant(
            role,
            "ListDags",
            actions=["s3:ListBucketVersions"],
            resources=[self.bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": "dags/*"}},
        )
        grant(
            role,
            "ReadDags",
            actions=["s3:GetObject", "s3:GetObjectVersion"],
            resources=[self.bucket.arn_for_objects("dags/*")],
            reason="Every file below dags/.",
        )
        self._use_key(role, "kms:Decrypt")

    def write_dags(self, role: iam.Role) -> None:
        """Deploy and roll back; the bucket lets nobody else write there."""
        grant(
            role,
            "WriteDags",
            actions=["s3:DeleteObject", "s3:PutObject"],
            resources=[self.bucket.arn_for_objects("dags/*")],
            reason="Every file below dags/; the bucket lets nobody else write there.",
        )
        self._use_key(role, "kms:GenerateDataKey")

    def ask_airflow(self, role: iam.Role, airflow_role: str = "Viewer") -> None:
        """Airflow's REST API, as a Viewer unless said."""
        grant(
            role,
            "Airflow",
            actions=["airflow:InvokeRestApi"],
            resources=[airflow_role_arn(role, self.settings, airflow_role)],
        )

    def find_bucket(self, role: iam.Role) -> None:
        """The environment's description, which names its bucket: another account knows only the environment's name."""
        grant(
            role,
            "Describe",
            actions=["airflow:GetEnvironment"],
            resources=[environment_arn(role, self.settings)],
        )

    def prove(self, role: iam.Role) -> None:
        """Ask whether the environment works, note it, and exchange the two files that it runs on."""
        grant(
            role,
            "Environment",
            actions=["airflow:GetEnvironment", "airflow:UpdateEnvironment"],
            resources=[environment_arn(role, self.settings)],
        )
        grant(
            role,
            "PassExecutionRole",
            actions=["iam:PassRole"],
            resources=[self.execution_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "airflow.amazonaws.com"}},
        )
        self.ask_airflow(role, "User")  # who may start a run of the canary
        grant(
            role,
            "Versions",
            actions=["s3:ListBucketVersions"],
            resources=[self.bucket.bucket_arn],
            conditions={"StringEquals": {"s3:prefix": [PLUGINS, REQUIREMENTS, PROVEN]}},
        )
        grant(
            role,
            "Proven",
            actions=["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
            resources=[self.bucket.arn_for_objects(PROVEN)],
        )
        grant(
            role,
            "CodeKey",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[self.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{Stack.of(role).region}.amazonaws.com"}},
        )

    def _use_key(self, role: iam.Role, action: str) -> None:
        grant(
            role,
            f"Dags{action.removeprefix('kms:')}",
            actions=[action],
            resources=[self.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"s3.{Stack.of(role).region}.amazonaws.com"}},
        )
