"""When a publication becomes its table's: the table is opened before a run changes anything, and moved once the manifest stands."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.publication import Place
from lake_ingest.run.frozen_plan import Plan, written
from lake_ingest.spec.object_key import table_prefix

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

Glue = Callable[[], "GlueClient"]


class Registration(Protocol):
    """The table of a run's dataset, as it was when it was opened."""

    def move(self, manifest: Manifest) -> None:
        """Let it hold a publication whose manifest was written since."""

    def catch_up(self) -> None:
        """Let it hold the publication that stands."""


class NoTable:
    """Of a dataset that is no table."""

    def move(self, manifest: Manifest) -> None:
        """Do nothing."""

    def catch_up(self) -> None:
        """Do nothing."""


def no_catalogue() -> "GlueClient":
    """What a run without a catalogue has in its place."""
    raise FatalError("the run was given no catalogue to register a table in")


def open_table(plan: Plan, place: Place, prefix: str, glue: Glue) -> Registration:
    """Open the table that a run's dataset is registered as; the catalogue is loaded only where there is one.

    Args:
        plan: of the run.
        place: of its publication.
        prefix: of the dataset.
        glue: gives a client of the catalogue.

    Raises:
        FatalError, RetriableError: the table cannot take what the run reads, or the catalogue does not answer.
    """
    table = plan.ingestion.table
    if table is None:
        return NoTable()
    from lake_ingest.lake.table import Home, OpenTable  # noqa: PLC0415 - takes a second

    home = Home(table, glue(), place.bucket.url(table_prefix(prefix)))
    return OpenTable(home, place, written(plan.ingestion, plan.columns), plan.ingestion.object)
