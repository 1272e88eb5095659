"""What a service of AWS refuses, in one sentence."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from lake_ingest.errors import FatalError, IngestionError, RetriableError

_FATAL_STATUSES = {401, 403}
# Of whoever signs a request, whatever the service; what somebody must change.
_OF_IDENTITIES = {
    "AccessDenied": "The connection's identity may not assume the role, or the role lacks the right; check both policies.",
    "UnrecognizedClientException": "The connection's access key is not valid.",
    "InvalidClientTokenId": "The connection's access key is not valid.",
    "InvalidSignatureException": "The connection's secret key is not valid.",
    "SignatureDoesNotMatch": "The connection's secret key is not valid.",
    "ValidationException": "",
    "NotImplemented": "",
}
_PASSING = {"ExpiredTokenException": "The credentials have expired."}


@dataclass(frozen=True)
class Advice:
    """How the errors of a service are read, by their codes; each with a sentence, which may be empty.

    Attributes:
        lasting: what somebody must change.
        passing: what a later try may overcome.
    """

    lasting: Mapping[str, str]
    passing: Mapping[str, str]


@contextmanager
def explained(doing: str, advice: Advice) -> Iterator[None]:
    """Turn what boto3 raises inside into this package's errors.

    Args:
        doing: what is tried, for the sentence: `export the table meter_state`.
        advice: of the service.
    """
    try:
        yield
    except ClientError as error:
        raise _from_client(error, doing, advice) from None
    except NoCredentialsError:
        raise FatalError(
            f"could not {doing}: the connection has no access key, and the worker has no identity of its own"
        ) from None
    except BotoCoreError as error:
        raise RetriableError(f"could not {doing}: {type(error).__name__}") from None


def error_code(error: ClientError) -> str:
    """AWS's name of an error, without the shape that some services put before it."""
    return str(error.response.get("Error", {}).get("Code", "")).rpartition("#")[2]


def _from_client(error: ClientError, doing: str, advice: Advice) -> IngestionError:
    lasting, passing = _OF_IDENTITIES | dict(advice.lasting), _PASSING | dict(advice.passing)
    metadata = error.response.get("ResponseMetadata", {})
    status, request = metadata.get("HTTPStatusCode", 0), metadata.get("RequestId", "")
    code = error_code(error)
    message = " ".join(error.response.get("Error", {}).get("Message", "").split())[:300]
    text = f"could not {doing}: {error.operation_name} answered {code or status}"
    text += f" ({message})." if message else "."
    cure = lasting.get(code) or passing.get(code)
    text += f" {cure}" if cure else ""
    text += f" Request id {request}." if request else ""
    fatal = code in lasting or (status in _FATAL_STATUSES and code not in passing)
    return FatalError(text) if fatal else RetriableError(text)
