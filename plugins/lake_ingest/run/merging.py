"""What brings a dataset's current state to a publication: statements for the engine that merges, in two parts; and what keeps it fast.

The first part brings what was read, the second takes out what that leaves behind. Between them is remembered that a reading of all
rows was merged: not before, for rows that were not in it leave the state by that.
"""

from dataclasses import dataclass
from datetime import datetime

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.current_state import StateTables
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.merge_sql import Merge, bring_rows, put_together, take_out
from lake_ingest.lake.publication import Place
from lake_ingest.lake.table_catalogue import Home
from lake_ingest.lake.table_columns import TableColumn, table_columns
from lake_ingest.rows.key import key_columns
from lake_ingest.run.registration import Glue
from lake_ingest.spec.duration import shift
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Days, Interval
from lake_ingest.spec.lake_table import LakeTable
from lake_ingest.spec.object_key import deleted_prefix, gone_prefix, keys_prefix, state_prefix, table_prefix

_NEARLY = 0.9  # of a period: runs of a schedule are some minutes early or late
ROWS, KEYS = "rows", "keys"  # what is merged: a publication, or the keys that a comparison has read


@dataclass(frozen=True)
class Merging:
    """One merge.

    Attributes:
        bucket: where the dataset lies.
        prefix: of its publications.
        ingestion: which lands it.
        glue: gives a client of the catalogue.
        what: ROWS or KEYS.
        date: of the publication or comparison, whichever run wrote it.
    """

    bucket: Bucket
    prefix: str
    ingestion: Ingestion
    glue: Glue
    what: str
    date: datetime

    def bring(self) -> tuple[list[str], str | None]:
        """The statements of the first part, and as of when the publication shows all rows of the source (None: it shows some).

        No statements where the publication changes nothing. The tables that they write to are there afterwards, with the columns of
        the history.

        Raises:
            FatalError, RetriableError: there is no publication, or the catalogue refuses or fails.
        """
        if self.what == KEYS:
            return [], None
        manifest, tables = self._standing(), self._tables()
        whole = _whole(manifest)
        if not manifest.rows and whole is None:
            return [], None
        if not tables.holds({self.bucket.url(one.key) for one in manifest.batches if one.rows}, self.date):
            raise FatalError(
                f"the table {self._table.title} does not hold what was published for {self.date:%Y-%m-%d %H:%M}, so it cannot be merged:"
                " it left after the time that `keep` says, or the table was made anew. Clear the whole run."
            )
        columns, key, names = tables.columns(), _key(manifest), _names(manifest)
        tables.prepare(columns)
        marks = manifest.extra.get("state", {})
        deleted, newest_by = (names.get(marks.get(mark) or "") for mark in ("deleted", "newest_by"))
        if deleted:
            tables.prepare_gone(_of(columns, key))
        merge = Merge(self._table, _named(columns), key, self.date, deleted=deleted, newest_by=newest_by)
        return bring_rows(merge), whole

    def take_out(self, whole: str | None) -> list[str]:
        """The statements of the second part, once those of the first are done.

        Args:
            whole: what `bring` said; it is remembered if that publication still stands.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails.
        """
        manifest, tables = self._standing(), self._tables()
        columns = tables.columns()
        stands = whole is not None and whole == _whole(manifest)
        known = tables.prepare(columns, datetime.fromisoformat(whole) if whole and stands else None)
        compared = tables.compared()
        is_late = self.what == KEYS or not manifest.as_of or (compared and manifest.as_of < compared)
        merge = Merge(
            self._table,
            _named(columns),
            _key(manifest),
            self.date,
            has_gone=tables.has_gone(),
            whole=known,
            compared=compared if is_late else None,
        )
        return take_out(merge)

    def put_together(self, now: datetime) -> list[str]:
        """The statements that put the files of the state together, if it is time for that; none where the spec asks for none.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails.
        """
        every, tables = self._table.compact, self._tables()
        last = tables.put_together_at() if every and self.what == ROWS else None
        if every is None or last is None:
            return []
        if now - last < (shift(last, every, 1, self.ingestion.zone) - last) * _NEARLY:
            return []
        return [
            *put_together(self._table.state),
            *(put_together(self._table.gone) if tables.has_gone() else ()),
        ]

    def was_put_together(self, now: datetime) -> None:
        """Remember that those statements are done.

        Raises:
            FatalError, RetriableError: the catalogue refuses or fails.
        """
        self._tables().remember_put_together(now)

    @property
    def _table(self) -> LakeTable:
        table = self.ingestion.table
        if table is None or not table.current:
            raise FatalError(f"{self.ingestion.dataset} has no current state: its spec does not ask for one")
        return table

    def _tables(self) -> StateTables:
        table, client, url = self._table, self.glue(), self.bucket.url
        return StateTables(
            self.bucket,
            history=Home(table, client, url(table_prefix(self.prefix))),
            state=Home(table.state, client, url(state_prefix(self.prefix))),
            gone=Home(table.gone, client, url(gone_prefix(self.prefix))),
            keys=Home(table.keys, client, url(keys_prefix(self.prefix))),
        )

    def _standing(self) -> Manifest:
        prefix = deleted_prefix(self.prefix) if self.what == KEYS else self.prefix
        place = Place.of(self.bucket, prefix, self.date)
        document = self.bucket.read(place.manifest)
        if document is None:
            raise RetriableError(f"{place.url} is not there; clear the run")
        return Manifest.from_dict(document.value)


def _whole(manifest: Manifest) -> str | None:
    """As of when a publication shows all rows of the source."""
    unbounded = manifest.window in (Interval(None, None), Days(None, None))
    return manifest.as_of.isoformat() if manifest.as_of and unbounded else None


def _names(manifest: Manifest) -> dict[str, str]:
    """What a table calls the columns of a publication."""
    return {column.source: column.name for column in table_columns(manifest.schema, manifest.object)}


def _key(manifest: Manifest) -> list[str]:
    names = _names(manifest)
    return [names[column.name] for column in key_columns(manifest.schema)]


def _named(columns: tuple[TableColumn, ...]) -> list[str]:
    return [column.name for column in columns]


def _of(columns: tuple[TableColumn, ...], names: list[str]) -> list[TableColumn]:
    """The columns of some names, in the order of the names; a table's case is its own."""
    known = {column.name.lower(): column for column in columns}
    return [known[name.lower()] for name in names]
