"""What every stack of the platform has: its name, its tags and the region of a lookup."""

from aws_cdk import Environment, Stack, Tags
from constructs import Construct

from infra.parameters.deployment_settings import Settings


class PlatformStack(Stack):
    """A stack named `<envName>-<part>`, tagged with the environment's tags."""

    def __init__(
        self, scope: Construct, part: str, *, settings: Settings, env: Environment | None = None
    ) -> None:
        super().__init__(
            scope,
            part,
            stack_name=f"{settings.env_name.replace('_', '-')}-{part}",
            env=env,
            termination_protection=settings.termination_protection,
        )
        for key, value in settings.env_tags:
            Tags.of(self).add(key, value)
