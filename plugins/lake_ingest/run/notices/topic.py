"""Where notices go: the unit's topic, on which e-mail and chats hang."""

import json
from typing import TYPE_CHECKING, Protocol

from lake_ingest.lake.failure import explained
from lake_ingest.run.notices.notice import Notice

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class Channel(Protocol):
    """What takes a notice."""

    def send(self, notice: Notice) -> None:
        """Send it, or raise."""


class Topic:
    """A topic of SNS: people get the text, chats (subscribed by HTTPS) the form that they render."""

    def __init__(self, client: "SNSClient", arn: str) -> None:
        """Send nothing yet."""
        self._client = client
        self._arn = arn

    def send(self, notice: Notice) -> None:
        """One message.

        Raises:
            FatalError, RetriableError: SNS refuses or fails.
        """
        with explained(f"send a notice to {self._arn}"):
            self._client.publish(
                TopicArn=self._arn,
                Subject=notice.subject,
                MessageStructure="json",
                Message=json.dumps({"default": notice.text, "https": notice.chat}),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in notice.attributes.items()
                },
            )
