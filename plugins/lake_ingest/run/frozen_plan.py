"""A run's plan: everything that is decided once, so that every batch and every retry reads the same rows."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.staging import Staging
from lake_ingest.rows.column import Column, written_columns
from lake_ingest.run.drift import Drift, apply, compare
from lake_ingest.run.opening import Opening, Run
from lake_ingest.sources.source import Request, Selection, Source
from lake_ingest.spec.batch_size import RowCount
from lake_ingest.spec.folder_of_value import KINDS, folder_column
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Bounds, Interval, bounds_of, iso_instant
from lake_ingest.spec.key_range import ranges
from lake_ingest.spec.resolution import MAX_BATCHES
from lake_ingest.version import VERSION


@dataclass(frozen=True)
class Plan:
    """What a run reads and writes. Frozen in S3 before the first batch starts.

    Attributes:
        run: whose plan it is.
        ingestion: what it reads.
        compiled: the ingestion as the DAG carried it.
        selection: the columns, and the source's own notes.
        window: the whole of what it reads.
        batches: the window, cut.
        calls: requests that were made of the source for the plan.
        drift: how the columns differ from the last publication's.
    """

    run: Run
    ingestion: Ingestion
    compiled: dict[str, Any]
    selection: Selection
    window: Bounds
    batches: tuple[Bounds, ...]
    calls: int
    drift: Drift

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns as they are read."""
        return self.selection.columns

    def request(self, index: int) -> Request:
        """One of the batches, as its source is asked for it."""
        return Request(self.ingestion, self.selection, self.batches[index])

    def as_of(self, index: int, begun: float) -> str | None:
        """The moment whose state of the source a batch shows; None where nobody will ask, as the dataset is no table.

        Args:
            index: which batch.
            begun: when reading it began, in seconds since 1970.
        """
        if self.ingestion.table is None:
            return None
        batch, told = self.batches[index], None
        if self.selection.as_of_end and isinstance(batch, Interval):
            told = batch.end
        return (told or datetime.fromtimestamp(begun, UTC)).isoformat()

    def to_dict(self) -> dict[str, Any]:
        """As it is kept in S3."""
        return {
            "runtime": VERSION,
            "dag_id": self.run.dag_id,
            "run_id": self.run.run_id,
            "logical_date": iso_instant(self.run.logical_date),
            "data_interval": self.run.data_interval.to_dict(),
            "ingestion": self.compiled,
            "columns": [column.to_dict() for column in self.columns],
            "notes": dict(self.selection.notes),
            "in_days": self.selection.in_days,
            "deleted": self.selection.deleted,
            "newest_by": self.selection.newest_by,
            "as_of_end": self.selection.as_of_end,
            "window": self.window.to_dict(),
            "batches": [batch.to_dict() for batch in self.batches],
            "calls": self.calls,
            "drift": self.drift.to_dict(),
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Plan":
        """Read what `to_dict` gave.

        Raises:
            FatalError: another version of the runtime made it.
        """
        if value.get("runtime") != VERSION:
            raise FatalError(
                f"version {value.get('runtime', '1')} of the runtime made the run's plan, and this worker has version"
                f" {VERSION}. Clear the run's first task with everything downstream of it."
            )
        return cls(
            run=Run(
                value["dag_id"],
                value["run_id"],
                datetime.fromisoformat(value["logical_date"]),
                Interval.from_dict(value["data_interval"]),
            ),
            ingestion=Ingestion.from_dict(value["ingestion"]),
            compiled=value["ingestion"],
            selection=Selection(
                tuple(Column(**column) for column in value["columns"]),
                value["notes"],
                value.get("in_days", False),
                deleted=value.get("deleted"),
                newest_by=value.get("newest_by"),
                as_of_end=value.get("as_of_end", False),
            ),
            window=bounds_of(value["window"]),
            batches=tuple(bounds_of(batch) for batch in value["batches"]),
            calls=value["calls"],
            drift=Drift(**{what: tuple(names) for what, names in value["drift"].items()}),
        )


def make_plan(
    source: Source, opening: Opening, last: Manifest | None = None, *, earlier_calls: int = 0
) -> Plan:
    """Choose the columns, and hold them against those of the last publication.

    Args:
        source: to read from.
        opening: the run.
        last: the manifest of the publication before, which the columns are compared with.
        earlier_calls: made for the run before this source was opened.

    Raises:
        FatalError: the spec does not fit what the source has.
        RetriableError, QuotaError: the source could not be asked.
    """
    ingestion = opening.ingestion
    chosen = source.select(ingestion)
    _tell_apart(ingestion, chosen.columns)
    drift = compare(written(ingestion, chosen.columns), last)
    window, batches = _bounds(opening, chosen)
    columns = apply(ingestion.drift, drift, chosen.columns, ingestion.dataset, ingestion.column_names)
    return Plan(
        run=opening.run,
        ingestion=ingestion,
        compiled=opening.compiled,
        selection=replace(chosen, columns=columns),
        window=window,
        batches=batches,
        calls=earlier_calls + source.calls,
        drift=drift,
    )


def _bounds(opening: Opening, chosen: Selection) -> tuple[Bounds, tuple[Bounds, ...]]:
    """The window, and its batches.

    Raises:
        FatalError: the source cannot cut what it reads as the spec wishes, or cuts it too often.
    """
    size = opening.ingestion.batch_size
    if not isinstance(size, RowCount):
        return opening.in_days() if chosen.in_days else (opening.window, opening.batches)
    if chosen.cuts is None:
        raise FatalError(
            f"{opening.ingestion.dataset}: a read of {opening.ingestion.source} cannot be cut into batches of {size}; leave batch_size out"
        )
    if len(chosen.cuts) >= MAX_BATCHES:
        raise FatalError(
            f"{opening.ingestion.dataset}: batches of {size} are {len(chosen.cuts) + 1:,}, and a run may have {MAX_BATCHES:,};"
            " make batch_size larger"
        )
    return opening.window, ranges(chosen.cuts)


def _tell_apart(ingestion: Ingestion, columns: tuple[Column, ...]) -> None:
    """Refuse a name for a column that another field has: where all are read, only the source knows which there are.

    Raises:
        FatalError: there are two.
    """
    if not ingestion.column_names:
        return
    seen: set[str] = set()
    for column in written(ingestion, columns):
        if column.name.casefold() in seen:
            raise FatalError(
                f"{ingestion.dataset}: two columns would be called {column.name}; give one of them another name"
            )
        seen.add(column.name.casefold())


def planned(staging: Staging) -> Plan:
    """The frozen plan of a run.

    Raises:
        FatalError: the run has none, because it was published already or was not planned.
    """
    value = staging.frozen()
    if value is None:
        raise FatalError(
            f"the run has no plan at {staging.plan_url}: it was published already, or its first task has not run."
            " Clear the first task with everything downstream of it."
        )
    return Plan.from_dict(value)


def written(ingestion: Ingestion, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of an ingestion's files: perhaps renamed, dates as timestamps, the time of reading added, without one that names folders."""
    by = partition_column(ingestion, columns)
    return written_columns(
        tuple(column for column in columns if column is not by),
        time_added=ingestion.time_added,
        coerce_to_timestamp=ingestion.coerce_to_timestamp,
        names=ingestion.column_names,
    )


def partition_column(ingestion: Ingestion, columns: tuple[Column, ...]) -> Column | None:
    """The column by whose values the rows lie in folders; None where they do not.

    Raises:
        FatalError: there is no such column, or its values cannot name folders.
    """
    name = ingestion.partition_by
    if name is None:
        return None
    found = next((column for column in columns if column.name.lower() == name.lower()), None)
    if found is None:
        raise FatalError(
            f"{ingestion.dataset}: partition_by names {name}, which is none of the columns that are read"
        )
    if found.protect or found.refers_to_file or found.kind not in KINDS:
        what = "protected" if found.protect else f"of type {found.source_type or found.kind}"
        raise FatalError(
            f"{ingestion.dataset}: partition_by: {name} is {what}; folders take the values of a column of text, whole numbers, dates or true and false"
        )
    if len(columns) == 1 and not ingestion.time_added:
        raise FatalError(
            f"{ingestion.dataset}: partition_by: {name} is the only column, so the files would have none; read another field too"
        )
    return found


def folder_name(ingestion: Ingestion, column: Column) -> str:
    """The column by whose values the rows lie in folders, as the folders call it."""
    named = ingestion.fields or ingestion.exceptions
    own = next((one.called for one in named if one.name.lower() == column.name.lower() and one.called), None)
    return folder_column(own or column.name)
