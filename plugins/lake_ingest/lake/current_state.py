"""The tables that a current state is kept in, before an engine merges a publication into them.

`deals_current` has the columns of the history, one row a key; `deals_gone` the keys of deleted rows. They are made and get new
columns here; their rows are Athena's affair.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.table import Table

from lake_ingest.errors import RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.table import AS_OF, files_of, of_date
from lake_ingest.lake.table_catalogue import (
    CONFLICTS,
    SETTINGS,
    Home,
    catalogue_of,
    looked_up,
    told,
    understood,
)
from lake_ingest.lake.table_columns import TableColumn, change_of, new_schema, standing_columns
from lake_ingest.lake.table_expiry import REGISTERED

COMPACTED = "lake.compacted"  # when the files of the state were put together last
WHOLE = "lake.whole-as-of"  # the moment as of which all rows of the source were read last
_TRIES = 12


@dataclass(frozen=True)
class StateTables:
    """The catalogue's tables of one dataset.

    Attributes:
        bucket: of the lake.
        history: which the publication is in.
        state: which is to hold its rows.
        gone: which is to hold the keys of its deleted rows.
        keys: which holds those of the source, where keys are compared.
    """

    bucket: Bucket
    history: Home
    state: Home
    gone: Home
    keys: Home

    def columns(self) -> tuple[TableColumn, ...]:
        """Those of the history, as it stands.

        Raises:
            RetriableError: there is no history yet.
        """
        found = looked_up(self._catalogue(), self.history)
        if found is None:
            raise RetriableError(f"there is no table {self.history.table.title} in Glue; clear the run")
        return standing_columns(found.schema())

    def prepare(self, columns: Sequence[TableColumn], whole: datetime | None = None) -> datetime | None:
        """Make the state's table, or give it the columns that it lacks.

        Args:
            columns: that it shall have.
            whole: as of when a merged publication shows all rows of the source, to be remembered.

        Returns:
            The moment before which a row that is in no later publication is no longer in the source; None without one.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails.
        """
        found = self._prepared(self.state, columns, whole)
        known = found.metadata.properties.get(WHOLE)
        return datetime.fromisoformat(known) if known else None

    def prepare_gone(self, key: Sequence[TableColumn]) -> None:
        """Make the table of deleted keys.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails.
        """
        self._prepared(self.gone, key, None)

    def has_gone(self) -> bool:
        """Whether a deleted row was ever read."""
        return looked_up(self._catalogue(), self.gone) is not None

    def compared(self) -> datetime | None:
        """As of when all keys of the source were read last; None if they never were."""
        found = looked_up(self._catalogue(), self.keys)
        known = found.metadata.properties.get(AS_OF) if found else None
        return datetime.fromisoformat(known) if known else None

    def holds(self, urls: set[str], logical_date: datetime) -> bool:
        """Whether the history has a publication's objects, and no others of its date."""
        found = looked_up(self._catalogue(), self.history)
        return found is not None and files_of(found, of_date(logical_date)) == urls

    def put_together_at(self) -> datetime | None:
        """When the state's files were put together last, or it was made; None where that must not be: they are publications' too."""
        found = looked_up(self._catalogue(), self.state)
        if (
            found is None
            or not found.metadata.snapshots
            or REGISTERED.items() <= found.metadata.properties.items()
        ):
            return None
        known = found.metadata.properties.get(COMPACTED)
        if known:
            return datetime.fromisoformat(known)
        return datetime.fromtimestamp(min(one.timestamp_ms for one in found.metadata.snapshots) / 1000, UTC)

    def remember_put_together(self, moment: datetime) -> None:
        """Note that the files were put together.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails.
        """
        title = self.state.table.title
        for _ in range(_TRIES):
            found = looked_up(self._catalogue(), self.state)
            if found is None:
                return
            with (
                understood(f"note in the table {title} that its files were put together", title),
                suppress(*CONFLICTS),
            ):
                with found.transaction() as transaction:
                    transaction.set_properties({COMPACTED: moment.isoformat()})
                return
        raise RetriableError(f"the table {title} was changed by others {_TRIES} times in a row")

    def _catalogue(self) -> GlueCatalog:
        return catalogue_of(self.history, self.bucket)

    def _prepared(self, home: Home, columns: Sequence[TableColumn], whole: datetime | None) -> Table:
        title = home.table.title
        for _ in range(_TRIES):
            catalogue = self._catalogue()
            found = looked_up(catalogue, home)
            try:
                with understood(f"prepare the table {title}", title):
                    return (
                        _made(catalogue, home, columns, whole)
                        if found is None
                        else _changed(found, home, columns, whole)
                    )
            except CONFLICTS:
                continue
        raise RetriableError(f"the table {title} was changed by others {_TRIES} times in a row")


def _made(
    catalogue: GlueCatalog, home: Home, columns: Sequence[TableColumn], whole: datetime | None
) -> Table:
    return catalogue.create_table(
        (home.table.database, home.table.name),
        new_schema(columns),
        location=home.location,
        properties={**SETTINGS, **told(home.table), **_whole(whole)},
    )


def _changed(found: Table, home: Home, columns: Sequence[TableColumn], whole: datetime | None) -> Table:
    standing = found.metadata.properties
    known = standing.get(WHOLE)
    later = {} if known and whole and whole <= datetime.fromisoformat(known) else _whole(whole)
    wanted = {**told(home.table, standing), **later}
    changed = {key: value for key, value in wanted.items() if standing.get(key) != value}
    change = change_of(found.schema(), columns, home.table.title)
    if change.nothing and not changed:
        return found
    with found.transaction() as transaction:
        change.apply(transaction)
        if changed:
            transaction.set_properties(changed)
    return found


def _whole(whole: datetime | None) -> dict[str, str]:
    return {WHOLE: whole.isoformat()} if whole else {}
