"""The commands that need a table, as the seam names them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.sources.dynamodb.source import DynamoDBSource, open_source

from factory.command_failure import Failure, UsageFailure
from factory.model.group import Group
from factory.sources.given_connection import given_connection

_NO_CATALOG = (
    "DynamoDB's items have no columns that a catalogue could hold; `fields` of the spec says what is read."
)


class TableCommands:
    """The commands, each over a connection of its own."""

    @contextmanager
    def opened(self, connection: str | None) -> Iterator[DynamoDBSource]:
        """The tables behind a connection."""
        if connection is None:
            raise UsageFailure("give --connection: the id of an Airflow connection of type aws, or its URI")
        try:
            source = open_source(given_connection(connection), {})
        except FatalError as error:
            raise UsageFailure(str(error)) from None
        try:
            yield source
        except IngestionError as error:
            raise Failure(str(error)) from None

    def pull(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:  # noqa: ARG002
        """There is no catalogue of tables."""
        raise UsageFailure(_NO_CATALOG)

    def diff(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:  # noqa: ARG002
        """There is no catalogue of tables."""
        raise UsageFailure(_NO_CATALOG)
