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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NoSuchIcebergTableError,
    NoSuchPropertyException,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.expressions import BooleanExpression
from pyiceberg.expressions.parser import parse
from pyiceberg.table import Table, Transaction
from pyiceberg.table.update import RemoveSnapshotsUpdate, UpdatesAndRequirements, UpdateTableMetadata

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.failure import explained
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.publication import Place
from lake_ingest.lake.table_columns import (
    NAMES,
    Change,
    by_publication,
    change_of,
    names_of,
    new_schema,
    table_columns,
)
from lake_ingest.lake.table_entry import entry_of
from lake_ingest.lake.table_objects import CLIENT, SEEN, TableObjects
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import iso_instant
from lake_ingest.spec.lake_table import PUBLICATION_COLUMN, LakeTable

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

log = logging.getLogger(__name__)

_TRIES = 12
_PAUSE = 0.2  # seconds, at most, after the first conflict; twice as long after each
_SNAPSHOTS_KEPT = 100
_SETTINGS = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "commit.manifest-merge.enabled": "true",  # a hundred publications into one manifest
}
_LONGEST_DESCRIPTION = 2048  # characters that Glue takes
_CONFLICTS = (CommitFailedException, TableAlreadyExistsError, NoSuchTableError)


@dataclass(frozen=True)
class Home:
    """Where a table lies: its name, what its readers are told, the catalogue, and the folder of its metadata."""

    table: LakeTable
    glue: "GlueClient"
    location: str


class OpenTable:
    """A dataset's table as a run found it, or the lack of one; a run opens it before it changes anything."""

    def __init__(self, home: Home, place: Place, columns: tuple[Column, ...], object_name: str) -> None:
        """Look the table up, and hold the columns of the run against it.

        Args:
            home: where the table lies.
            place: of the publication that the table is to take.
            columns: as the run writes them.
            object_name: what the run reads.

        Raises:
            FatalError: the table cannot hold the columns, its database is not there, or the role may not look.
            RetriableError: Glue or S3 failed.
        """
        self._home, self._place = home, place
        self._columns = table_columns(columns, object_name)
        self._found: Table | None = None
        self._change = Change()
        self._look()

    def move(self, manifest: Manifest) -> None:
        """Let the table hold the objects of a publication whose manifest stands, instead of those of the date so far.

        Args:
            manifest: which was written since the table was opened.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails; the table is as it was.
        """
        title, pause = self._home.table.title, _PAUSE
        for _ in range(_TRIES):
            try:
                with _understood(f"move the table {title} to {self._place.url}, which is published", title):
                    return self._commit(manifest)
            except _CONFLICTS as conflict:
                log.info("Another run changed the table %s at the same time: %s", title, conflict)
            time.sleep(random.uniform(0, pause))  # noqa: S311 - no secret
            pause *= 2
            self._look()
            manifest = self._standing()
        raise RetriableError(f"the table {title} was changed by other runs {_TRIES} times in a row")

    def catch_up(self) -> None:
        """Let the table hold the publication that stands, whichever run wrote it and however long ago."""
        self.move(self._standing())

    def _look(self) -> None:
        home, table = self._home, self._home.table
        objects = {
            "py-io-impl": f"{TableObjects.__module__}.{TableObjects.__name__}",
            CLIENT: self._place.bucket.client,
            SEEN: {},
            "glue.region": home.glue.meta.region_name,
        }
        self._catalog = GlueCatalog("lake", client=home.glue, **objects)
        self._catalog.glue = home.glue  # pyiceberg 0.9, that of Airflow 3.0, makes itself one
        with _understood(f"look up the table {table.title} in Glue", table.title):
            try:
                self._found = self._catalog.load_table((table.database, table.name))
            except NoSuchTableError:
                self._found = None
                home.glue.get_database(Name=table.database)  # which says so if that is what is missing
                return
        if PUBLICATION_COLUMN not in {field.name for field in self._found.spec().fields}:
            raise _taken(table.title)
        self._change = change_of(self._found.schema(), self._columns, table.title)

    def _standing(self) -> Manifest:
        document = self._place.bucket.read(self._place.manifest)
        manifest = Manifest.from_dict(document.value) if document else None
        if manifest is None or manifest.format != "parquet":
            raise RetriableError(f"{self._place.url} is gone, or was replaced by one without Parquet")
        return manifest

    def _commit(self, manifest: Manifest) -> None:
        transaction = self._transaction()
        held, wanted = self._held(manifest), {batch for batch in manifest.batches if batch.rows}
        bucket, date = self._place.bucket, manifest.logical_date
        if held != {bucket.url(batch.key) for batch in wanted}:
            about = {
                "lake.run": manifest.run_id,
                "lake.manifest": self._place.url,
                "lake.logical-date": iso_instant(date) or "",
            }
            if held:
                _take_out(transaction, _of_date(manifest), about, self._home.table.title)
            if wanted:
                with transaction.update_snapshot(snapshot_properties=about).merge_append() as append:
                    for batch in manifest.batches:
                        if batch.rows:
                            append.append_data_file(
                                entry_of(bucket, batch, self._columns, transaction.table_metadata, date)
                            )
            _forget_old(transaction)
        transaction.commit_transaction()

    def _transaction(self) -> Transaction:
        """Begun, with the columns as the run writes them and what readers are told."""
        if self._found is None:
            schema = new_schema(self._columns)
            properties = {**_SETTINGS, **_told(self._home.table)}
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
        before = transaction.table_metadata.name_mapping()
        names = names_of(transaction.table_metadata.schema(), self._columns, before)
        wanted = {**_SETTINGS, **_told(self._home.table), NAMES: names.model_dump_json()}
        standing = self._found.metadata.properties
        changed = {key: value for key, value in wanted.items() if standing.get(key) != value}
        if changed:
            transaction.set_properties(changed)
        return transaction

    def _held(self, manifest: Manifest) -> set[str]:
        if self._found is None:
            return set()
        return {task.file.file_path for task in self._found.scan(_of_date(manifest)).plan_files()}


def _of_date(manifest: Manifest) -> BooleanExpression:
    return parse(f"{PUBLICATION_COLUMN} = '{manifest.logical_date.replace(microsecond=0).isoformat()}'")


def _take_out(
    transaction: Transaction, rows: BooleanExpression, about: Mapping[str, str], title: str
) -> None:
    """Take the files of a date out of the table; each of them belongs to one date."""
    with transaction.update_snapshot(snapshot_properties=dict(about)).delete() as delete:
        delete.delete_by_predicate(rows)
        if delete.rewrites_needed:
            raise FatalError(
                f"the table {title} has a file whose rows belong to several runs, which none of these wrote. Drop the table in"
                " Glue, and clear the runs of the days that it shall hold."
            )


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


def _told(table: LakeTable) -> dict[str, str]:
    """What readers are told, as properties; Glue shows the first as the table's description."""
    told = {
        "Description": table.description[:_LONGEST_DESCRIPTION],
        "owner": table.owner,
        "contact": table.contact,
    }
    return {key: value for key, value in told.items() if value}


def _taken(title: str) -> FatalError:
    return FatalError(
        f"in Glue, {title} is not the table of this dataset: somebody else made it. Rename or drop it there, or give the spec"
        " another file name."
    )


@contextmanager
def _understood(doing: str, title: str) -> Iterator[None]:
    """What pyiceberg and Glue raise inside, in this package's words; conflicts pass."""
    try:
        with explained(doing):
            yield
    except (NoSuchIcebergTableError, NoSuchPropertyException, AssertionError):  # the last by pyiceberg 0.9
        raise _taken(title) from None
