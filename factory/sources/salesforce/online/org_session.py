"""A session with an org: that of a connection, or of the sandbox, started for the command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.connection import read_connection

from factory.command_failure import Failure, UsageFailure
from factory.sources.given_connection import GivenConnection, given_connection
from factory.sources.sandbox_process import sandbox_process

_START_SECONDS = 60


@contextmanager
def session(connection: str | None) -> Iterator[Client]:
    """A client of the org; without a connection the sandbox org runs for as long as the block does.

    Raises:
        UsageFailure: the connection is neither in the environment nor a URI.
        Failure: the org cannot be reached, or refuses.
    """
    try:
        if connection is not None:
            with _client(given_connection(connection)) as client:
                yield client
            return
        with (
            sandbox_process("org", "--rows", "2000") as facts,
            _trust(facts["bundle"]),
            _client(_sandbox_connection(facts)) as client,
        ):
            yield client
    except IngestionError as error:
        raise Failure(str(error)) from None


@contextmanager
def _client(connection: GivenConnection) -> Iterator[Client]:
    try:
        client = Client(read_connection(connection))
    except FatalError as error:
        raise UsageFailure(str(error)) from None
    try:
        yield client
    finally:
        client.close()


def _sandbox_connection(facts: dict[str, Any]) -> GivenConnection:
    app = facts["apps"][0]
    extra = {
        "consumer_key": app["consumer_key"],
        "consumer_secret": app["consumer_secret"],
        "proxies": {"https": facts["proxy"]},
    }
    return GivenConnection("sandbox", f"{facts['my_domain']}.salesforce.com", None, None, extra)


@contextmanager
def _trust(bundle: str) -> Iterator[None]:
    """Let this process trust the sandbox's own CA."""
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = bundle
    try:
        yield
    finally:
        os.environ.pop("REQUESTS_CA_BUNDLE")
        if before is not None:
            os.environ["REQUESTS_CA_BUNDLE"] = before
