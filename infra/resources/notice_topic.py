"""Where alarms and approvals go: one encrypted topic a stack, with the given e-mail address subscribed."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.grants.grant import service_of_this_account
from infra.parameters.deployment_settings import Settings


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
        principal = _publisher(scope, publisher)
        # Not `grant_publish`, which adds a pattern of actions to the key's policy.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"From{publisher.title()}",
                principals=[principal],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
            )
        )
        key.grant(principal, "kms:Decrypt", "kms:GenerateDataKey")
    return topic


def _publisher(scope: Construct, service: str) -> iam.ServicePrincipal:
    """EventBridge does not reach a topic whose policy has a condition on it.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    return (
        iam.ServicePrincipal("events.amazonaws.com")
        if service == "events"
        else service_of_this_account(scope, service)
    )
