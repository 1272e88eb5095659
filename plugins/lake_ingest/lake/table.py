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
from collections.abc import Sequence
from datetime import datetime

from pyiceberg.expressions import AlwaysTrue, BooleanExpression
from pyiceberg.expressions.parser import parse
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Operation

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.manifest import Manifest, PublishedBatch
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
from lake_ingest.lake.table_expiry import REGISTERED, forget_old, gather, outlived, stamp
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import iso_instant
from lake_ingest.spec.lake_table import PUBLICATION_COLUMN

log = logging.getLogger(__name__)

_TRIES = 12
_PAUSE = 0.2  # seconds, at most, after the first conflict; twice as long after each
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
        transaction, bucket = self._transaction(), self._place.bucket
        own = AlwaysTrue() if self._newest_alone else of_date(manifest.logical_date)
        held, wanted = self._held(own), [batch for batch in manifest.batches if batch.rows]
        changed = held != {bucket.url(batch.key) for batch in wanted}
        old = outlived(manifest, self._home.table.keep)
        leaving = [own] if changed and held else []
        leaving += [old] if old and self._held(old) else []
        if changed or leaving:
            entries = [self._entry(batch, transaction, manifest) for batch in wanted if changed]
            if leaving:
                _replace(transaction, leaving, entries, self._about(manifest), self._home.table.title)
                gather(transaction)
            else:
                _add(transaction, entries, self._about(manifest))
            self._dropped += [url.removeprefix(bucket.url("")) for url in forget_old(transaction)]
        if self._newest_alone and manifest.as_of:
            transaction.set_properties({AS_OF: manifest.as_of.isoformat()})
        transaction.commit_transaction()

    def _entry(self, batch: PublishedBatch, transaction: Transaction, manifest: Manifest) -> DataFile:
        metadata, date = transaction.table_metadata, manifest.logical_date
        return entry_of(self._place.bucket, batch, self._columns, metadata, date)

    def _about(self, manifest: Manifest) -> dict[str, str]:
        """What a snapshot says of the publication that it was made for."""
        return {
            "lake.run": manifest.run_id,
            "lake.manifest": self._place.url,
            "lake.logical-date": iso_instant(manifest.logical_date) or "",
        }

    def _is_past(self, manifest: Manifest) -> bool:
        """Whether the table shows a later state of the source already: two runs at once, or the retry of an old one."""
        stands = self._found.metadata.properties.get(AS_OF) if self._found else None
        return bool(stands and manifest.as_of and manifest.as_of < datetime.fromisoformat(stands))

    def _transaction(self) -> Transaction:
        """Begun, with the columns as the run writes them and what readers are told."""
        if self._found is None:
            schema = new_schema(self._columns)
            properties = {**SETTINGS, **REGISTERED, **told(self._home.table)}
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
        wanted = {
            **SETTINGS,
            **REGISTERED,
            **told(self._home.table, standing),
            NAMES: names.model_dump_json(),
        }
        changed = {key: value for key, value in wanted.items() if standing.get(key) != value}
        if changed:
            transaction.set_properties(changed)
        return transaction

    def _held(self, rows: BooleanExpression) -> set[str]:
        return files_of(self._found, rows) if self._found else set()


def files_of(table: Table, rows: BooleanExpression) -> set[str]:
    """URLs of the files that may hold some rows."""
    return {task.file.file_path for task in table.scan(rows).plan_files()}


def of_date(logical_date: datetime) -> BooleanExpression:
    """The rows of a publication."""
    return parse(f"{PUBLICATION_COLUMN} = '{stamp(logical_date)}'")


def _add(transaction: Transaction, entries: Sequence[DataFile], about: dict[str, str]) -> None:
    with transaction.update_snapshot(snapshot_properties=about).merge_append() as append:
        for entry in entries:
            append.append_data_file(entry)


def _replace(
    transaction: Transaction,
    leaving: Sequence[BooleanExpression],
    entries: Sequence[DataFile],
    about: dict[str, str],
    title: str,
) -> None:
    """Take the files of some dates out of the table, each of which belongs to one date, and others in, by one snapshot."""
    with transaction.update_snapshot(snapshot_properties=about).delete() as replace:
        for rows in leaving:
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
