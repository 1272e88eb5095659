"""Somebody who hears of a topic: a queue of SQS that is subscribed to it, in the same stand-in of AWS."""

import json
from dataclasses import dataclass
from typing import Any, Self

import boto3


@dataclass(frozen=True)
class Letter:
    """One notice as it arrived."""

    subject: str
    text: str
    attributes: dict[str, str]


class Mailbox:
    """Of one topic."""

    def __init__(self, sqs: Any, queue: str, topic_arn: str) -> None:
        self._sqs = sqs
        self._queue = queue
        self.topic_arn = topic_arn

    @classmethod
    def of(cls, session: boto3.Session, endpoint_url: str, topic: str) -> Self:
        """Make a topic, and subscribe to it."""
        sns: Any = session.client("sns", endpoint_url=endpoint_url)
        sqs: Any = session.client("sqs", endpoint_url=endpoint_url)
        arn = sns.create_topic(Name=topic)["TopicArn"]
        queue = sqs.create_queue(QueueName=topic)["QueueUrl"]
        target = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=target["QueueArn"])
        return cls(sqs, queue, arn)

    @classmethod
    def at(cls, session: boto3.Session, endpoint_url: str, topic_arn: str) -> Self:
        """The mailbox of a topic that was made before."""
        sqs: Any = session.client("sqs", endpoint_url=endpoint_url)
        return cls(sqs, sqs.get_queue_url(QueueName=topic_arn.rpartition(":")[2])["QueueUrl"], topic_arn)

    def letters(self) -> list[Letter]:
        """What arrived since this was last asked."""
        found: list[Letter] = []
        while True:
            answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return found
            for message in messages:
                found.append(_letter(json.loads(message["Body"])))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])


def _letter(body: dict[str, Any]) -> Letter:
    attributes = {name: one["Value"] for name, one in body.get("MessageAttributes", {}).items()}
    return Letter(body["Subject"], body["Message"], attributes)
