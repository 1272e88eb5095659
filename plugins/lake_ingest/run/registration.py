"""When a publication becomes its table's: the table is opened before a run changes anything, and moved once the manifest stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.publication import Place
from lake_ingest.run.frozen_plan import Plan, written
from lake_ingest.spec.lake_table import is_newest_publication
from lake_ingest.spec.object_key import keys_prefix, state_prefix, table_prefix

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

Glue = Callable[[], "GlueClient"]


class Registration(Protocol):
    """The table of a run's dataset, as it was when it was opened."""

    def move(self, manifest: Manifest) -> Sequence[str]:
        """Let it hold a publication whose manifest was written since; gives keys of metadata that can be deleted."""

    def catch_up(self) -> None:
        """Let it hold the publication that stands."""


class NoTable:
    """Of a dataset that is no table."""

    def move(self, manifest: Manifest) -> Sequence[str]:  # noqa: ARG002
        """Do nothing."""
        return ()

    def catch_up(self) -> None:
        """Do nothing."""


def no_catalogue() -> "GlueClient":
    """What a run without a catalogue has in its place."""
    raise FatalError("the run was given no catalogue to register a table in")


@dataclass(frozen=True)
class Both:
    """The history, and a current state that is the newest publication."""

    history: Registration
    state: Registration

    def move(self, manifest: Manifest) -> Sequence[str]:
        """Both; the objects that a manifest replaces are deleted after that."""
        return [*self.history.move(manifest), *self.state.move(manifest)]

    def catch_up(self) -> None:
        """Both."""
        self.history.catch_up()
        self.state.catch_up()


def open_table(plan: Plan, place: Place, prefix: str, glue: Glue) -> Registration:
    """Open the table that a run's dataset is registered as; the catalogue is loaded only where there is one.

    A current state that is the newest publication is a table beside it; any other is merged by a task of its own.

    Args:
        plan: of the run.
        place: of its publication.
        prefix: of the dataset.
        glue: gives a client of the catalogue.

    Raises:
        FatalError, RetriableError: the table cannot take what the run reads, or the catalogue does not answer.
    """
    ingestion, table = plan.ingestion, plan.ingestion.table
    if table is None:
        return NoTable()
    from lake_ingest.lake.table import OpenTable  # noqa: PLC0415 - takes a second
    from lake_ingest.lake.table_catalogue import Home  # noqa: PLC0415

    columns, client = written(ingestion, plan.columns), glue()
    if table.current and not any(column.key is not None for column in columns):
        raise FatalError(
            f"{ingestion.dataset} has no current state: its rows do not hold their key in the clear. Add the key to the fields, or write"
            " table: true."
        )
    home = Home(table, client, place.bucket.url(table_prefix(prefix)))
    history = OpenTable(home, place, columns, ingestion.object)
    if not table.current or not is_newest_publication(
        ingestion.window, ingestion.include_deleted, ingestion.deletes
    ):
        return history
    home = Home(table.state, client, place.bucket.url(state_prefix(prefix)))
    return Both(history, OpenTable(home, place, columns, ingestion.object, newest_alone=True))


def open_keys(plan: Plan, place: Place, prefix: str, glue: Glue) -> Registration:
    """Open the table of the source's keys, by which rows that were purged leave the current state.

    Args:
        plan: of the comparison that read them.
        place: of its publication.
        prefix: of the dataset.
        glue: gives a client of the catalogue.

    Raises:
        FatalError, RetriableError: the catalogue refuses or fails.
    """
    table = plan.ingestion.table
    if table is None or not table.current:
        return NoTable()
    from lake_ingest.lake.table import OpenTable  # noqa: PLC0415 - takes a second
    from lake_ingest.lake.table_catalogue import Home  # noqa: PLC0415

    home = Home(table.keys, glue(), place.bucket.url(keys_prefix(prefix)))
    return OpenTable(home, place, plan.columns, plan.ingestion.object, newest_alone=True)
