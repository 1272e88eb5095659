"""Where a deployment would go: an account, a Region, the parameters and the units."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.business_unit import Unit
from infra.parameters.deployment_settings import Settings

PARTS = (
    "network",
    "environment",
    "data",
    "readers",
    "notices",
    "project-pipeline",
    "provisioning-pipeline",
    "access",
    "catalogue",
    "observability",
)


@dataclass(frozen=True)
class Target:
    """What the questions are about; clients ask in the caller's name."""

    session: boto3.Session
    account: str
    region: str
    settings: Settings
    units: Sequence[Unit]
    # To make one takes longer than to ask it.
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def client(self, service: str) -> Any:
        """A client of a service, in the Region."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, region_name=self.region)  # type: ignore[call-overload]  # the stubs want a literal
        return self._clients[service]

    def stack_name(self, part: str) -> str:
        """The name of one of the platform's stacks."""
        return f"{self.settings.env_name.replace('_', '-')}-{part}"

    def stack_status(self, part: str) -> str | None:
        """The status of one of the platform's stacks; None when there is none."""
        try:
            [stack] = self.client("cloudformation").describe_stacks(StackName=self.stack_name(part))["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return str(stack["StackStatus"])
