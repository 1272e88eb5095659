"""A question to the account, and its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from infra.preflight.target import Target


class State(Enum):
    """What an answer says, as it is printed."""

    OK = "ok"
    MISSING = "MISSING"
    UNKNOWN = "unknown"


class MissingError(Exception):
    """Something without which the deployment fails; the message says what to do."""


class UnsureError(Exception):
    """Something that cannot be asked without changing the account; the message says how to find out."""


@dataclass(frozen=True)
class Question:
    """What must be so, and who asks whether it is: `ask` raises MissingError or UnsureError when it is not."""

    what: str
    ask: Callable[[Target], None]


@dataclass(frozen=True)
class Answer:
    """What was asked, and what to do about it."""

    what: str
    state: State
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.state.value:8} {self.what}" + (f": {self.cure}" if self.cure else "")


def answer(question: Question, target: Target) -> Answer:
    """Ask; a question that may not be asked is not an answer."""
    try:
        question.ask(target)
    except MissingError as error:
        return Answer(question.what, State.MISSING, str(error))
    except UnsureError as error:
        return Answer(question.what, State.UNKNOWN, str(error))
    except EndpointConnectionError as error:
        return Answer(question.what, State.MISSING, f"the service is not in {target.region}: {error}")
    except (BotoCoreError, ClientError) as error:
        return Answer(question.what, State.UNKNOWN, f"your credentials could not ask: {error}")
    return Answer(question.what, State.OK)
