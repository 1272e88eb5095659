"""The commands that need an org, as the seam names them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lake_ingest.sources.salesforce.source import SalesforceSource

from factory.model.group import Group
from factory.sources.salesforce.online import catalog_pull
from factory.sources.salesforce.online.org_session import session


class OrgCommands:
    """The commands, each over a session of its own."""

    @contextmanager
    def opened(self, connection: str | None) -> Iterator[SalesforceSource]:
        """The org behind a connection, or the sandbox's."""
        with session(connection) as client:
            yield SalesforceSource(client)

    def pull(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
        """Store what the org describes of some objects."""
        return catalog_pull.pull(configs, group, connection, objects)

    def diff(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
        """Print how the org differs from the catalogue."""
        return catalog_pull.diff(configs, group, connection, objects)
