"""What the second environment has in place of pipelines: a role for each stage of the first one's that acts here."""

from collections.abc import Callable

from aws_cdk import Environment, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.grants.become import trusted
from infra.grants.environment_rights import EnvironmentRights
from infra.grants.known_names import dag_bucket_export, promoted_role_name
from infra.parameters.deployment_settings import Place, Settings
from infra.stacks.environment_stack import EnvironmentStack
from infra.stacks.platform_stack import PlatformStack

Right = Callable[[iam.Role], None]


class PromotionStack(PlatformStack):
    """`compare`, `deploy`, `verify` and `prove`: each trusts one build of the first environment."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        home: Place,
        environment: EnvironmentStack,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        self.add_stack_dependency(environment)
        bucket = s3.Bucket.from_bucket_arn(self, "Bucket", Fn.import_value(dag_bucket_export(settings)))
        rights = EnvironmentRights(settings, bucket, environment.key, environment.execution_role)
        roles: dict[str, tuple[Right, ...]] = {
            "compare": (rights.find_bucket, rights.read_dags),
            "deploy": (rights.find_bucket, rights.read_dags, rights.write_dags),
            "verify": (rights.find_bucket, rights.read_dags, rights.write_dags, rights.ask_airflow),
            "prove": (rights.prove,),
        }
        for kind, given in roles.items():
            role = iam.Role(
                self,
                kind.title(),
                role_name=promoted_role_name(settings.env_name, kind),
                description=f"What the pipelines of {home.name} become to {kind} here",
                assumed_by=trusted(self, home, kind),
            )
            for right in given:
                right(role)
