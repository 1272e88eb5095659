"""What every stack of the platform has: the tags, the region of a lookup, and reasons beside what an analysis would flag."""

from aws_cdk import Acknowledgment, Environment, Stack, Tags, Validations
from constructs import Construct, IConstruct

from infra.settings import Settings


class PlatformStack(Stack):
    """A stack named `<envName>-<part>`, tagged with the environment's tags."""

    def __init__(
        self, scope: Construct, part: str, *, settings: Settings, env: Environment | None = None
    ) -> None:
        super().__init__(scope, part, stack_name=f"{settings.env_name.replace('_', '-')}-{part}", env=env)
        for key, value in settings.env_tags:
            Tags.of(self).add(key, value)


def acknowledge(construct: IConstruct, reason: str, *rules: str) -> None:
    """Accept findings of cdk-nag on a construct and what is below it, for one written reason."""
    Validations.of(construct).acknowledge(*[Acknowledgment(id=rule, reason=reason) for rule in rules])
