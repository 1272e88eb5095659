"""The table of a dataset: an Apache Iceberg table in the Glue catalogue, which moves from one publication to the next in one commit.

The table holds, for each logical date, the objects that the manifest of that date names. It is opened before a run changes
anything, and moved when the new manifest stands; only then are the objects deleted that the manifest replaces.

- A commit names the state of the table that it was made from. Where another run was first, Glue refuses it, and it is made anew.
- A commit that was made anew goes by the manifest that stands by then: the run that wrote it may be another one.
- A retry finds the table at its manifest, and has nothing left to do.
"""

import logging
import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.expressions.parser import parse
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import RemoveSnapshotsUpdate, UpdatesAndRequirements, UpdateTableMetadata

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.publication import Place
from lake_ingest.lake.table_catalogue import (
    CONFLICTS,
    SETTINGS,
    Home,
    catalogue_of,
    looked_up,
    taken,
    told,
    understood,
)
from lake_ingest.lake.table_columns import (
    NAMES,
    Change,
    by_publication,
    change_of,
    follow_publications,
    names_of,
    new_schema,
    table_columns,
)
from lake_ingest.lake.table_entry import entry_of
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import iso_instant
from lake_ingest.spec.lake_table import PUBLICATION_COLUMN

log = logging.getLogger(__name__)

_TRIES = 12
_PAUSE = 0.2  # seconds, at most, after the first conflict; twice as long after each
_SNAPSHOTS_KEPT = 100
AS_OF = "lake.as-of"  # of a table that holds one publication: the moment whose state it shows


class OpenTable:
    """A dataset's table as a run found it, or the lack of one; a run opens it before it changes anything."""

    def __init__(
        self,
        home: Home,
        place: Place,
        columns: tuple[Column, ...],
        object_name: str,
        *,
        newest_alone: bool = False,
    ) -> None:
        """Look the table up, and hold the columns of the run against it.

        Args:
            home: where the table lies.
            place: of the publication that the table is to take.
            columns: as the run writes them.
            object_name: what the run reads.
            newest_alone: whether the table holds the publication that was read last, and no other.

        Raises:
            FatalError: the table cannot hold the columns, its database is not there, or the role may not look.
            RetriableError: Glue or S3 failed.
        """
        self._home, self._place, self._newest_alone = home, place, newest_alone
        self._columns = table_columns(columns, object_name, home.table.personal)
        self._found: Table | None = None
        self._change = Change()
        self._look()

    def move(self, manifest: Manifest) -> Sequence[str]:
        """Let the table hold the objects of a publication whose manifest stands, instead of those of the date so far.

        Args:
            manifest: which was written since the table was opened.

        Returns:
            Keys of metadata that the table no longer needs, to be deleted.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails; the table is as it was.
        """
        title, pause = self._home.table.title, _PAUSE
        for _ in range(_TRIES):
            try:
                with understood(f"move the table {title} to {self._place.url}, which is published", title):
                    self._commit(manifest)
            except CONFLICTS as conflict:
                log.info("Another run changed the table %s at the same time: %s", title, conflict)
            else:
                return self._dropped
            time.sleep(random.uniform(0, pause))  # noqa: S311 - no secret
            pause *= 2
            self._look()
            manifest = self._standing()
        raise RetriableError(f"the table {title} was changed by other runs {_TRIES} times in a row")

    def catch_up(self) -> None:
        """Let the table hold the publication that stands, whichever run wrote it and however long ago."""
        self._place.bucket.delete(self.move(self._standing()))

    def _look(self) -> None:
        home = self._home
        self._dropped: list[str] = []
        self._catalog = catalogue_of(home, self._place.bucket, self._dropped)
        self._found = looked_up(self._catalog, home)
        if self._found is None:
            return
        if PUBLICATION_COLUMN not in {field.name for field in self._found.spec().fields}:
            raise taken(home.table.title)
        self._change = change_of(self._found.schema(), self._columns, home.table.title)

    def _standing(self) -> Manifest:
        document = self._place.bucket.read(self._place.manifest)
        manifest = Manifest.from_dict(document.value) if document else None
        if manifest is None or manifest.format != "parquet":
            raise RetriableError(f"{self._place.url} is gone, or was replaced by one without Parquet")
        return manifest

    def _commit(self, manifest: Manifest) -> None:
        if self._newest_alone and self._is_past(manifest):
            return
        transaction = self._transaction()
        rows = AlwaysTrue() if self._newest_alone else _of_date(manifest)
        held, wanted = self._held(rows), {batch for batch in manifest.batches if batch.rows}
        bucket, date = self._place.bucket, manifest.logical_date
        if held != {bucket.url(batch.key) for batch in wanted}:
            about = {
                "lake.run": manifest.run_id,
                "lake.manifest": self._place.url,
                "lake.logical-date": iso_instant(date) or "",
            }
            entries = [
                entry_of(bucket, batch, self._columns, transaction.table_metadata, date)
                for batch in manifest.batches
                if batch.rows
            ]
            if held:
                _replace(transaction, rows, entries, about, self._home.table.title)
            else:
                with transaction.update_snapshot(snapshot_properties=about).merge_append() as append:
                    for entry in entries:
                        append.append_data_file(entry)
            _forget_old(transaction)
        if self._newest_alone and manifest.as_of:
            transaction.set_properties({AS_OF: manifest.as_of.isoformat()})
        transaction.commit_transaction()

    def _is_past(self, manifest: Manifest) -> bool:
        """Whether the table shows a later state of the source already: two runs at once, or the retry of an old one."""
        stands = self._found.metadata.properties.get(AS_OF) if self._found else None
        return bool(stands and manifest.as_of and manifest.as_of < datetime.fromisoformat(stands))

    def _transaction(self) -> Transaction:
        """Begun, with the columns as the run writes them and what readers are told."""
        if self._found is None:
            schema = new_schema(self._columns)
            properties = {**SETTINGS, **told(self._home.table)}
            properties[NAMES] = names_of(schema, self._columns, None).model_dump_json()
            return self._catalog.create_table_transaction(
                (self._home.table.database, self._home.table.name),
                schema,
                location=self._home.location,
                partition_spec=by_publication(schema),
                properties=properties,
            )
        transaction = self._found.transaction()
        self._change.apply(transaction)
        follow_publications(transaction)
        before = transaction.table_metadata.name_mapping()
        names = names_of(transaction.table_metadata.schema(), self._columns, before)
        standing = self._found.metadata.properties
        wanted = {**SETTINGS, **told(self._home.table, standing), NAMES: names.model_dump_json()}
        changed = {key: value for key, value in wanted.items() if standing.get(key) != value}
        if changed:
            transaction.set_properties(changed)
        return transaction

    def _held(self, rows: BooleanExpression) -> set[str]:
        if self._found is None:
            return set()
        return {task.file.file_path for task in self._found.scan(rows).plan_files()}


def _of_date(manifest: Manifest) -> BooleanExpression:
    return parse(f"{PUBLICATION_COLUMN} = '{manifest.logical_date.replace(microsecond=0).isoformat()}'")


def _replace(
    transaction: Transaction,
    rows: BooleanExpression,
    entries: Sequence[DataFile],
    about: Mapping[str, str],
    title: str,
) -> None:
    """Take the files of a date out of the table, each of which belongs to one date, and others in, by one snapshot."""
    with transaction.update_snapshot(snapshot_properties=dict(about)).delete() as replace:
        replace.delete_by_predicate(rows)
        if replace.rewrites_needed:
            raise FatalError(
                f"the table {title} has a file whose rows belong to several runs, which none of these wrote. Drop the table in"
                " Glue, and clear the runs of the days that it shall hold."
            )
        for entry in entries:
            replace.append_data_file(entry)
        if entries:  # pyiceberg's own overwrite reads every manifest there is; this one those of the date
            replace._operation = Operation.OVERWRITE  # noqa: SLF001


def _forget_old(transaction: Transaction) -> None:
    """Keep the newest snapshots: all are read with the table's metadata, by each commit and each query."""
    snapshots = sorted(transaction.table_metadata.snapshots, key=lambda one: one.sequence_number or 0)
    old = [one.snapshot_id for one in snapshots[:-_SNAPSHOTS_KEPT]]
    if old:
        _Forgotten(transaction, old).commit()


class _Forgotten(UpdateTableMetadata["_Forgotten"]):
    """Snapshots that a table no longer knows; pyiceberg 0.9, that of Airflow 3.0, has no such change."""

    def __init__(self, transaction: Transaction, snapshots: list[int]) -> None:
        super().__init__(transaction)
        self._snapshots = snapshots

    def _commit(self) -> UpdatesAndRequirements:
        return (RemoveSnapshotsUpdate.model_validate({"snapshot-ids": self._snapshots}),), ()
