"""The bucket that MWAA reads: DAGs, plugins.zip, requirements.txt; only the pipeline may write its DAGs."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.grants.known_names import deploy_role_arns, publish_role_name, role_arn
from infra.parameters.deployment_settings import Settings
from infra.resources.storage import emptier_of, private_bucket


class DagBucket(Construct):
    """`bucket`, which is emptied and deleted with its stack: its content is in Git."""

    def __init__(self, scope: Construct, name: str, *, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, name)
        # plugins.zip and requirements.txt expire in no version: MWAA goes by one, after failed updates by a very old one.
        # What a release goes back to was replaced by that release, minutes or (where somebody decides) days before.
        self.bucket = private_bucket(
            self,
            "Bucket",
            key=key,
            lifecycle_rules=[
                s3.LifecycleRule(prefix="dags/", noncurrent_version_expiration=Duration.days(90))
            ],
        )
        self._keep_hands_off_dags(settings)

    def _keep_hands_off_dags(self, settings: Settings) -> None:
        """Deny writing to dags/ to all but the pipeline, administrators of the account included."""
        emptier = emptier_of(Stack.of(self))
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyThePipelineWritesDags",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
                resources=[self.bucket.arn_for_objects("dags/*")],
                conditions={
                    "ArnNotEquals": {
                        "aws:PrincipalArn": [
                            *deploy_role_arns(self, settings),
                            role_arn(
                                self, publish_role_name(settings)
                            ),  # which may write the canary there, and no other
                            emptier.role_arn,
                        ]
                    }
                },
            )
        )
