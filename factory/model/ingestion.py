"""One ingestion as a frozen value: its defaults filled in, every text in it read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.batch_size import BatchSize
from lake_ingest.spec.csv_dialect import CsvDialect
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.ingestion import Expect
from lake_ingest.spec.lake_table import LakeTable, is_newest_publication
from lake_ingest.spec.object_key import deleted_prefix, gone_prefix, keys_prefix, state_prefix, table_prefix
from lake_ingest.spec.window import Window

from factory.model.folder import Folder
from factory.model.schedule import Pace, Schedule
from factory.model.setting import Setting
from factory.model.traits import About, Traits
from factory.model.unit import Unit
from factory.read.document import Document, KeyPath


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a spec names, and the place of the name; `protect` is None, hash, mask or drop; `type` and `called` are "" where none is given."""

    name: str
    protect: str | None = None
    reason: str = ""
    path: KeyPath = ()
    type: str = ""
    called: str = ""

    @property
    def column(self) -> str:
        """The name of its column."""
        return self.called or self.name


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value that its schema takes cannot be read, and the place of what is at fault."""

    text: str
    document: Document
    path: KeyPath


@dataclass(frozen=True)
class Ingestion:
    """One ingestion.

    `settings` hold of each key the value as it is written, its place, and the layer that set it. `broken` are keys whose values
    the schema refused; no rule looks at them. `faults` are keys whose values could not be read; here they are None.

    `fields` is None for every field that can be read; `exceptions` are those among them that are dropped, protected or renamed. `window` is None where neither it nor a query is given; a query has
    a full one. `batch_size`, `await_commits`, `deletes`, `compare_ids`, `refresh`, `deadline` and `table` that come from a layer of defaults count only where they can have
    an effect. `about` is what the catalogue says of the object. `holds_key`: the rows hold, in the clear, the fields that identify
    them. `in_days`: the cursor is known to hold dates, so that windows are dates too. `options` are the keys that only this kind of source has.
    `after` are the datasets that it follows, in place of a schedule; `pace` is how often it runs: by its own schedule or, once the
    tree is read, as often as what it follows. None where it runs by hand. `closed` are the days that its schedule skips. `scheduled`: not one of an environment whose DAGs run by hand
    only; there `schedule` says what such a run reads. `spec_url` is where a browser shows the file; "" where the group does not say.
    """

    unit: Unit
    name: str
    traits: Traits
    document: Document
    settings: Mapping[str, Setting]
    broken: frozenset[str]
    faults: Mapping[str, Fault]
    object: str
    description: str
    owner: str
    tags: tuple[str, ...]
    connection: str
    fields: tuple[Field, ...] | None
    exceptions: tuple[Field, ...]
    filter: str | None
    query: str | None
    options: Mapping[str, Any]
    window: Window | None
    overlap: Duration | None
    batch_size: BatchSize | None
    cursor: str
    include_deleted: bool
    await_commits: bool
    schedule: Schedule | None
    after: tuple[str, ...]
    pace: Pace | None
    zone: ZoneInfo | None
    start: date | None
    end: date | None
    paused: bool
    closed: frozenset[date]
    notify: bool
    deadline: Duration | None
    retries: int
    format: str
    compression: str
    csv: CsvDialect
    file_name: str
    partition_by: str
    one_snapshot: bool
    record_time_added: bool
    coerce_to_timestamp: bool
    bucket: str
    prefix: str
    expect: Expect
    drift: str
    deletes: str
    compare_ids: Duration | None
    refresh: Duration | None
    about: About
    table: bool
    current: bool
    keep: Duration | None
    compact: Duration | None
    holds_key: bool
    in_days: bool
    spec_url: str
    scheduled: bool = True

    @property
    def dag_id(self) -> str:
        """`<unit>.<name>`."""
        return f"{self.unit.name}.{self.name}"

    @property
    def named_fields(self) -> tuple[Field, ...]:
        """Every field that the spec names, those that it leaves out too."""
        return self.fields or self.exceptions

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that it publishes: its rows, and the missing ids where it compares."""
        return (self.dag_id, f"{self.dag_id}_deleted") if self.compare_ids else (self.dag_id,)

    @property
    def unusable(self) -> frozenset[str]:
        """Keys whose values the schema refused, or that could not be read."""
        return self.broken | self.faults.keys()

    @property
    def folders(self) -> tuple[Folder, ...]:
        """Every folder that the DAG writes to: that of the rows, of the missing ids where it compares, of a table's metadata."""
        missing = (deleted_prefix(self.prefix),) if self.compare_ids else ()
        metadata = (table_prefix(self.prefix),) if self.table else ()
        state = (
            (state_prefix(self.prefix), gone_prefix(self.prefix), keys_prefix(self.prefix))
            if self.current
            else ()
        )
        return tuple(Folder.of(self.bucket, prefix) for prefix in (self.prefix, *missing, *metadata, *state))

    @property
    def tables(self) -> tuple[str, ...]:
        """The names that the dataset takes in its unit's database."""
        table = LakeTable(self.unit.name, self.name)
        state = (table.state, table.gone, table.keys) if self.current else ()
        return tuple(one.name for one in ((table, *state) if self.table else ()))

    @property
    def merges(self) -> bool:
        """Whether an engine brings the current state to each publication; otherwise it is the newest one."""
        return self.current and not is_newest_publication(self.window, self.include_deleted, self.deletes)

    def says(self, key: str) -> bool:
        """Whether the spec's own file sets the key."""
        return self.settings[key].layer == "spec"

    def place(self, key: str, *otherwise: str) -> tuple[Document, KeyPath]:
        """Where the key's value stands, in whichever layer; where none sets it, another place in the spec."""
        setting = self.settings[key]
        return (setting.document, setting.path) if setting.document else (self.document, otherwise)
