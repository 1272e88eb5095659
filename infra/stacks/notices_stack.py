"""A topic for each unit: what its datasets are told of goes there, and to the unit's contact where that is an address of e-mail."""

import re
from collections.abc import Sequence

from aws_cdk import CfnOutput, Environment
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.business_unit import Unit
from infra.grants.known_names import unit_topic_name
from infra.parameters.deployment_settings import Settings
from infra.stacks.data_stack import DataStack
from infra.stacks.platform_stack import PlatformStack

_MAIL = re.compile(r"[^\s@<>|\[\]()]+@[^\s@<>|\[\]()]+\.[^\s@<>|\[\]()]+")


class NoticesStack(PlatformStack):
    """Topics that take TLS only, encrypted with the lake's key, which the units' writers may use already.

    A stack of its own: with the tables and roles of a hundred units they would be more than CloudFormation takes of one.
    """

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
        for unit in units:
            topic = self._topic(settings, unit, data)
            CfnOutput(
                self,
                f"{unit.output_name}TopicArn",
                value=topic.topic_arn,
                description=f"What unit {unit.name} is told goes here: whoever wants to hear subscribes",
            )

    def _topic(self, settings: Settings, unit: Unit, data: DataStack) -> sns.Topic:
        """The topic of a unit; e-mail is sent once the contact has confirmed it."""
        topic = sns.Topic(
            self,
            f"Topic{unit.output_name}",
            topic_name=unit_topic_name(settings, unit.name),
            display_name=f"{settings.env_name}: {unit.name}",
            master_key=data.key,
            enforce_ssl=True,
        )
        if _MAIL.fullmatch(unit.contact):
            sns.Subscription(
                self,
                f"Email{unit.output_name}",
                topic=topic,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=unit.contact,
            )
        return topic
