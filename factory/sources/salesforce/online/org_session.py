"""A session with an org: that of a connection, or of the sandbox, started for the command."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.connection import read_connection

from factory.command_failure import Failure, UsageFailure
from factory.sources.given_connection import GivenConnection, given_connection

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
        with _sandbox() as facts, _trust(facts["bundle"]), _client(_sandbox_connection(facts)) as client:
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
def _sandbox() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="factory-org-") as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "sandbox", "org", "--rows", "2000", "--ready-file", str(ready)]
        with subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*command, "--parent-pid", str(os.getpid())], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield _ready(process, ready)
            finally:
                process.terminate()


def _ready(process: subprocess.Popen[bytes], ready: Path) -> dict[str, Any]:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if ready.exists():
            facts: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
            return facts
        time.sleep(0.05)
    raise Failure("the sandbox org did not start; `python -m sandbox org` says why; or give --connection")


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
