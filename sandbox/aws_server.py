"""moto over HTTP on loopback: the AWS of everything that runs here.

    with serving_aws() as url:
        boto3.client("s3", endpoint_url=url)

moto has one account a process: what one server was told, the next one of the process knows.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sandbox.loopback import serving
from sandbox.s3_objects import RequestHandler

os.environ.setdefault(
    "MOTO_EC2_LOAD_DEFAULT_AMIS", "false"
)  # nobody asks for the images of machines; to load them takes a moment


class Application(DomainDispatcherApplication):
    """moto's, which finds the service of a host once: its own looks through the folders of its package at each request."""

    def __init__(self) -> None:
        """One for each server; services are shared, since they hold nothing of a server."""
        super().__init__(_service)
        self._found: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        """The name of the service; None for a host that is nobody's."""
        if host not in self._found:
            self._found[host] = super().get_backend_for_host(host)
        return self._found[host]


_service = cache(create_backend_app)


class QuietHandler(RequestHandler):
    """Writes no line for each request."""

    def log(self, *_: Any, **__: Any) -> None:
        """Nothing."""


@contextmanager
def serving_aws() -> Iterator[str]:
    """Serve until the block ends; gives the address."""
    with serving(Application(), QuietHandler) as url:
        yield url
