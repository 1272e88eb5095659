"""For each unit a role that queries its tables and reads its folder of the lake."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Environment, Fn
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.known_names import lake_bucket_export, lake_key_export
from infra.parameters.deployment_settings import Settings
from infra.parameters.parameter import wrong
from infra.resources.unit_reader import UnitReader
from infra.stacks.data_stack import DataStack
from infra.stacks.platform_stack import PlatformStack


class ReadersStack(PlatformStack):
    """A stack of its own: with a hundred units the lake's holds as many resources as CloudFormation takes."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: Settings,
        units: Sequence[Unit],
        data: DataStack,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, name, settings=settings, env=env)
        self.add_stack_dependency(data)
        names = {unit.name for unit in units}
        if not {name for name, _ in settings.readers} <= names:
            raise wrong("readers", dict(settings.readers), f"units, which are {', '.join(sorted(names))}")
        lake = s3.Bucket.from_bucket_arn(self, "Lake", Fn.import_value(lake_bucket_export(settings)))
        key = kms.Key.from_key_arn(self, "LakeKey", Fn.import_value(lake_key_export(settings)))
        for unit in units:
            reader = UnitReader(self, f"Reader{unit.name}", settings=settings, unit=unit, lake=lake, key=key)
            CfnOutput(
                self,
                f"{unit.output_name}ReaderRoleArn",
                value=reader.role.role_arn,
                description=f"The role that queries the tables of unit {unit.name}",
            )
