"""The commands that need an org, as the seam names them."""

from collections.abc import Sequence
from pathlib import Path

from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.sources.salesforce.online import catalog_pull
from factory.sources.salesforce.online.preview import preview


class OrgCommands:
    """The commands, each over a session of its own."""

    def preview(self, spec: Ingestion, rows: int, connection: str | None) -> int:
        """Print the first rows of an ingestion."""
        return preview(spec, rows, connection)

    def pull(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
        """Store what the org describes of some objects."""
        return catalog_pull.pull(configs, group, connection, objects)

    def diff(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
        """Print how the org differs from the catalogue."""
        return catalog_pull.diff(configs, group, connection, objects)
