"""The effective spec of one ingestion, as the compiled DAG carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.batch_size import BatchSize, RowCount, parse_batch_size
from lake_ingest.spec.column_rules import ColumnRules
from lake_ingest.spec.csv_dialect import USUAL, CsvDialect
from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.lake_table import LakeTable
from lake_ingest.spec.window import Full, Incremental, Window, parse_window
from lake_ingest.version import VERSION

FORMATS = ("csv", "json", "ndjson", "parquet")
COMPRESSIONS = {
    "csv": ("none", "gzip", "zstd"),
    "json": ("none", "gzip", "zstd"),
    "ndjson": ("none", "gzip", "zstd"),
    "parquet": ("snappy", "zstd", "gzip", "none"),
}
PROTECTIONS = ("hash", "mask", "drop")


@dataclass(frozen=True)
class FieldChoice:
    """A field that the spec names, how its values are protected (None, hash, mask or drop), its type, and its column's own name.

    The type is None but for a source whose fields have none of their own; its words are the source's.
    """

    name: str
    protect: str | None = None
    type: str | None = None
    called: str | None = None


@dataclass(frozen=True)
class Expect:
    """What a run must deliver to be published; None is no demand.

    Attributes:
        min_rows: the fewest rows.
        max_drop: the largest share of rows that may be missing against the publication before, 0.2 for a fifth.
        columns: the rules of columns, by their names.
    """

    min_rows: int | None = None
    max_drop: float | None = None
    columns: Mapping[str, ColumnRules] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Expect":
        """Read it as a spec writes it.

        Raises:
            ValueError: a duration cannot be read.
        """
        columns = {name: ColumnRules.from_dict(rules) for name, rules in value.get("columns", {}).items()}
        return cls(value.get("min_rows"), value.get("max_drop"), columns)

    def to_dict(self) -> dict[str, Any]:
        """As a spec writes it; `from_dict` reads it."""
        columns = {name: rules.to_dict() for name, rules in self.columns.items()}
        written = {"min_rows": self.min_rows, "max_drop": self.max_drop, "columns": columns or None}
        return {key: one for key, one in written.items() if one is not None}

    def tolerates(self, lost: int, of: int) -> bool:
        """Whether `lost` of so many rows is a drop that may be; 0.7 is counted as seven tenths, not as the nearest float."""
        return self.max_drop is None or lost <= of * Decimal(str(self.max_drop))


@dataclass(frozen=True)
class Budget:
    """A unit's share of the source's calls in 24 hours, and the prefix in S3 where its ledger lies."""

    prefix: str
    calls_per_day: int | None = None


@dataclass(frozen=True)
class Ingestion:
    """Everything that one DAG needs to know to read its object.

    `closed` are days on which the schedule runs nothing. `asked` is the window that this one run was triggered with; None where it is the spec's own.
    `fields` is None for every field that can be read; `exceptions` are those among them that are dropped, protected or renamed.
    `file_name` is that of its one file, `partition_by` the field by whose values its rows lie in folders.
    `one_snapshot` has all batches show one moment of the source, so that one task reads them.
    `options` are the keys that only its source knows; the source reads them.
    """

    unit: str
    name: str
    source: str
    conn_id: str
    object: str
    window: Window
    zone: ZoneInfo
    options: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[FieldChoice, ...] | None = None
    exceptions: tuple[FieldChoice, ...] = ()
    asked: Mapping[str, str] | None = None
    closed: frozenset[date] = frozenset()
    filter: str | None = None
    query: str | None = None
    overlap: Duration | None = None
    await_commits: bool = False
    batch_size: BatchSize | None = None
    cron: str | None = None
    cursor: str | None = None
    include_deleted: bool = False
    format: str = "csv"
    compression: str = "none"
    csv: CsvDialect = USUAL
    record_time_added: bool = False
    coerce_to_timestamp: bool = False
    protect_conn_id: str | None = None
    spec_version: str = ""
    expect: Expect = Expect()
    drift: str = "follow"
    deletes: str = "soft"
    compare_ids: Duration | None = None
    refresh: Duration | None = None
    budget: Budget | None = None
    table: LakeTable | None = None
    file_name: str | None = None
    partition_by: str | None = None
    one_snapshot: bool = False

    @property
    def dataset(self) -> str:
        """`<unit>.<name>`, the DAG's id."""
        return f"{self.unit}.{self.name}"

    @property
    def tells_rows_apart(self) -> bool:
        """Whether the rows must hold their key in the clear."""
        return self.compare_ids is not None or (self.table is not None and self.table.current)

    @property
    def time_added(self) -> str | None:
        """The name of the column that holds the time of reading; None where the spec does not ask for it."""
        return f"time_fetched_from_{self.source}" if self.record_time_added else None

    @property
    def column_names(self) -> dict[str, str]:
        """What the columns of renamed fields are called, by the fields' names; a name of the spec's own before a label."""
        named = self.fields or self.exceptions
        return {**self.csv.labels, **{choice.name: choice.called for choice in named if choice.called}}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Ingestion":
        """Read what `factory render` wrote.

        Raises:
            ValueError: a key is missing or of a wrong value, or the file was compiled for another version of the runtime.
        """
        _check_version(value.get("runtime", "1"))
        try:
            return _read(value)
        except KeyError as error:
            raise ValueError(f"the compiled ingestion lacks {error}; render it again") from None


_PLAIN = (
    "cron",
    "cursor",
    "await_commits",
    "include_deleted",
    "record_time_added",
    "coerce_to_timestamp",
    "protect_conn_id",
    "spec_version",
    "filter",
    "query",
    "asked",
    "file_name",
    "partition_by",
    "one_snapshot",
)
_READ = {
    "runtime", "unit", "name", "source", "conn_id", "object", "window", "timezone", "fields", "except", "overlap", "batch_size",
    "compare_ids", "refresh", "after", "format", "compression", "csv", "closed", "budget", "table", "expect", "drift", "deletes", *_PLAIN,
}  # fmt: skip


def _check_version(compiled_for: str) -> None:
    if compiled_for != VERSION:
        raise ValueError(
            f"the DAG was compiled for version {compiled_for} of the runtime and this worker has version {VERSION}:"
            " deploy the DAGs and plugins.zip of the same release"
        )


def _read(value: dict[str, Any]) -> Ingestion:
    fmt = _one_of(value, "format", FORMATS, "csv")
    ingestion = Ingestion(
        unit=value["unit"],
        name=value["name"],
        source=value["source"],
        conn_id=value["conn_id"],
        object=value["object"],
        window=parse_window(value["window"]),
        zone=ZoneInfo(value.get("timezone") or "UTC"),
        fields=_fields(value.get("fields")),
        exceptions=_fields(value.get("except")) or (),
        overlap=_duration(value.get("overlap")),
        batch_size=parse_batch_size(value["batch_size"]) if value.get("batch_size") else None,
        compare_ids=_duration(value.get("compare_ids")),
        refresh=_duration(value.get("refresh")),
        format=fmt,
        compression=_one_of(value, "compression", COMPRESSIONS[fmt], COMPRESSIONS[fmt][0]),
        csv=CsvDialect.from_dict(value.get("csv") or {}),
        closed=frozenset(map(date.fromisoformat, value.get("closed") or ())),
        budget=Budget(**value["budget"]) if value.get("budget") else None,
        table=LakeTable.from_dict(value["table"]) if value.get("table") else None,
        expect=Expect.from_dict(value.get("expect") or {}),
        drift=_one_of(value, "drift", ("follow", "freeze", "fail"), "follow"),
        deletes=_one_of(value, "deletes", ("soft", "ignore"), "soft"),
        options={key: one for key, one in value.items() if key not in _READ},
        **{key: value[key] for key in _PLAIN if key in value},
    )
    _check(ingestion)
    _check_fields(ingestion)
    _check_expect(ingestion)
    _check_files(ingestion)
    return ingestion


def _check(ingestion: Ingestion) -> None:
    if ingestion.query is not None and ingestion.filter is not None:
        raise ValueError("a written query takes no filter; it selects its rows itself")
    if isinstance(ingestion.batch_size, RowCount) and not isinstance(ingestion.window, Full):
        raise ValueError(  # noqa: TRY004 - of a spec, and no type of Python
            f"batches of {ingestion.batch_size} cut a full read only; a window is cut by a length of time"
        )
    if isinstance(ingestion.batch_size, RowCount) and ingestion.query is not None:
        raise ValueError(
            f"batches of {ingestion.batch_size} cut a table by its key, and the rows of a written query have none"
        )
    if ingestion.one_snapshot and ingestion.batch_size is None:
        raise ValueError("one_snapshot is of several batches; a run of one is one statement")
    if ingestion.await_commits and isinstance(ingestion.window, Full):
        raise ValueError("await_commits needs a window with an end")
    if ingestion.compare_ids and ingestion.query is not None:
        raise ValueError("compare_ids cannot compare the rows of a written query")
    if ingestion.table and ingestion.format != "parquet":
        raise ValueError("table needs the format parquet: its files are registered as they are")
    if ingestion.table and ingestion.table.current and ingestion.query is not None:
        raise ValueError("a written query has no current state: its rows have no key")
    if ingestion.refresh and not isinstance(ingestion.window, Incremental):
        raise ValueError("refresh needs an incremental window; any other is read whole by each run")


def _check_fields(ingestion: Ingestion) -> None:
    if ingestion.fields is not None and ingestion.exceptions:
        raise ValueError("except needs every field, and the spec names those that it reads")
    named = ingestion.fields or ingestion.exceptions
    if ingestion.query is not None and (ingestion.fields is not None or named):
        raise ValueError("a written query takes no fields; it selects them itself")
    if any(choice.protect == "hash" for choice in named) and not ingestion.protect_conn_id:
        raise ValueError("protect: hash needs the unit's protect_key")


def _check_expect(ingestion: Ingestion) -> None:
    if ingestion.asked and ingestion.expect.max_drop is not None:
        raise ValueError(
            "expect.max_drop holds a run against the one before, and a run over a window of its own cannot be; trigger it without window_from"
        )
    if ingestion.refresh and ingestion.expect.max_drop is not None:
        raise ValueError(
            "expect.max_drop cannot be held against refresh: a run after a full one has fewer rows"
        )
    if ingestion.batch_size and any(rules.unique for rules in ingestion.expect.columns.values()):
        raise ValueError("expect: unique cannot be held across batches, each of which is read by itself")


def _check_files(ingestion: Ingestion) -> None:
    """No two columns of one name, whatever its case (what is not renamed is the source's own affair), and a dialect of CSV only."""
    if ingestion.csv != USUAL and ingestion.format != "csv":
        raise ValueError(f"a dialect of CSV cannot be written as {ingestion.format}")
    if ingestion.file_name and (ingestion.batch_size or ingestion.partition_by):
        raise ValueError("file_name is of one file; batches and partitions are several")
    if ingestion.table and (ingestion.file_name or ingestion.partition_by):
        raise ValueError(
            "the files of a table are named and found by the table, not by file_name or partition_by"
        )
    if not ingestion.column_names:
        return
    taken = [ingestion.time_added] if ingestion.time_added else []
    called, named = ingestion.column_names, ingestion.fields or ingestion.exceptions
    taken += [called.get(choice.name, choice.name) for choice in named if choice.protect != "drop"]
    folded = [name.casefold() for name in taken]
    twice = next((name for name in taken if folded.count(name.casefold()) > 1), None)
    if twice:
        raise ValueError(f"two columns would be called {twice}; give one of them another name")


def _fields(value: Any) -> tuple[FieldChoice, ...] | None:
    if value is None:
        return None
    choices = tuple(
        FieldChoice(one["name"], one.get("protect"), one.get("type"), one.get("as")) for one in value
    )
    for choice in choices:
        if choice.protect not in (None, *PROTECTIONS):
            raise ValueError(f"'{choice.protect}' is not a protection; write one of {', '.join(PROTECTIONS)}")
    return choices


def _duration(value: str | None) -> Duration | None:
    return None if value is None else parse_duration(value)


def _one_of(value: dict[str, Any], key: str, allowed: tuple[str, ...], default: str) -> str:
    chosen: str = value.get(key) or default
    if chosen not in allowed:
        raise ValueError(f"'{chosen}' is not a valid {key}; write one of {', '.join(allowed)}")
    return chosen
