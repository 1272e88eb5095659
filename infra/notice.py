"""Where alarms and approvals go: one encrypted topic a stack, with the given e-mail address subscribed."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.policy import service_of_this_account
from infra.settings import Settings


def notice_topic(
    scope: Construct, settings: Settings, *, key: kms.Key, publishers: tuple[str, ...] = ()
) -> sns.Topic:
    """A topic that takes TLS only; the services in `publishers` may publish to it."""
    topic = sns.Topic(scope, "Notices", master_key=key, enforce_ssl=True)
    if settings.alarm_email:
        sns.Subscription(
            scope,
            "Email",
            topic=topic,
            protocol=sns.SubscriptionProtocol.EMAIL,
            endpoint=settings.alarm_email,
        )
    for publisher in publishers:
        principal = service_of_this_account(scope, publisher)
        topic.grant_publish(principal)
        key.grant(principal, "kms:Decrypt", "kms:GenerateDataKey")
    return topic
