"""A run's plan: everything that is decided once, so that every batch and every retry reads the same rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.columns import Column, cursor_is_date, select_columns, written_columns
from lake_ingest.run.drift import Drift, apply, compare
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.describe import Describer
from lake_ingest.sources.salesforce.soql import Filter, build_query, count_query
from lake_ingest.spec.ingestion import Ingestion, previous_tick
from lake_ingest.spec.window import Full, Interval, WindowError, cut, resolve


@dataclass(frozen=True)
class Run:
    """The Airflow run that a plan belongs to; instants in UTC.

    `logical_date` names the publication. Airflow 3 lets a run go without one; its `run_after` stands in then.
    """

    dag_id: str
    run_id: str
    logical_date: datetime
    data_interval: Interval


@dataclass(frozen=True)
class Plan:
    """What a run reads and writes. Frozen in S3 before the first batch starts."""

    run: Run
    ingestion: Ingestion
    compiled: dict[str, Any]  # the ingestion as the DAG carried it
    columns: tuple[Column, ...]
    not_bulk: str | None
    cursor_is_date: bool
    window: Interval
    batches: tuple[Interval, ...]
    api_calls: int
    drift: Drift

    @property
    def include_deleted(self) -> bool:
        """Whether deleted rows are read."""
        return self.ingestion.include_deleted

    def query(self, batch: Interval) -> str:
        """The SOQL of one batch."""
        if self.ingestion.query is not None:
            return self.ingestion.query
        return self.query_for(batch, tuple(column.path for column in self.columns))

    def query_for(self, batch: Interval, paths: tuple[str, ...]) -> str:
        """The SOQL that reads some fields of one batch."""
        return build_query(self.ingestion.object, paths, self._rows(batch))

    def count_query(self, batch: Interval) -> str | None:
        """The SOQL that sizes one batch; None for a written query, whose rows are not counted beforehand."""
        return (
            None
            if self.ingestion.query is not None
            else count_query(self.ingestion.object, self._rows(batch))
        )

    def _rows(self, batch: Interval) -> Filter:
        spec = self.ingestion
        live_only = spec.include_deleted and spec.deletes == "ignore"
        return Filter(spec.cursor, batch, self.cursor_is_date, live_only)

    def to_dict(self) -> dict[str, Any]:
        """As it is kept in S3."""
        return {
            "dag_id": self.run.dag_id,
            "run_id": self.run.run_id,
            "logical_date": _text(self.run.logical_date),
            "data_interval": interval_to_dict(self.run.data_interval),
            "ingestion": self.compiled,
            "columns": [column.to_dict() for column in self.columns],
            "not_bulk": self.not_bulk,
            "cursor_is_date": self.cursor_is_date,
            "window": interval_to_dict(self.window),
            "batches": [interval_to_dict(batch) for batch in self.batches],
            "api_calls": self.api_calls,
            "drift": self.drift.to_dict(),
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Plan":
        """Read what `to_dict` gave."""
        return cls(
            run=Run(
                value["dag_id"],
                value["run_id"],
                datetime.fromisoformat(value["logical_date"]),
                interval_from_dict(value["data_interval"]),
            ),
            ingestion=Ingestion.from_dict(value["ingestion"]),
            compiled=value["ingestion"],
            columns=tuple(Column(**column) for column in value["columns"]),
            not_bulk=value["not_bulk"],
            cursor_is_date=value["cursor_is_date"],
            window=interval_from_dict(value["window"]),
            batches=tuple(interval_from_dict(batch) for batch in value["batches"]),
            api_calls=value["api_calls"],
            drift=Drift(**{what: tuple(names) for what, names in value["drift"].items()}),
        )


@dataclass(frozen=True)
class Opening:
    """What is known of a run before the org is asked: its interval, its window, its batches."""

    ingestion: Ingestion
    interval: Interval
    window: Interval
    batches: tuple[Interval, ...]


def open_run(compiled: dict[str, Any], run: Run) -> Opening:
    """Resolve the window and cut the batches.

    Raises:
        FatalError: the compiled ingestion is not this runtime's, or its window is empty for this run.
    """
    try:
        ingestion = Ingestion.from_dict(compiled)
        interval = data_interval(run.data_interval, run.logical_date, ingestion)
        window = resolve(ingestion.window, interval, ingestion.zone, ingestion.overlap)
        batches = cut(window, ingestion.batch_size, ingestion.zone, ingestion.window)
    except WindowError as error:
        raise FatalError(f"window of {run.dag_id}, run {run.run_id}: {error}") from None
    except ValueError as error:
        raise FatalError(f"{run.dag_id}: {error}") from None
    return Opening(ingestion, interval, window, batches)


def make_plan(
    client: Client,
    compiled: dict[str, Any],
    run: Run,
    last: dict[str, Any] | None = None,
    *,
    earlier_calls: int = 0,
) -> Plan:
    """Resolve the window, describe the object, choose the columns and cut the batches.

    Args:
        client: of the org.
        compiled: the ingestion, as the DAG carries it.
        run: the Airflow run.
        last: the manifest of the publication before, which the columns are compared with.
        earlier_calls: made for the run before this client was opened.

    Raises:
        FatalError: the spec does not fit the org, or its window is empty for this run.
        RetriableError, QuotaError: the org could not be asked.
    """
    opening = open_run(compiled, run)
    ingestion = opening.ingestion
    describer = Describer(client)
    selection = select_columns(describer, ingestion)
    drift = compare(written(ingestion, selection.columns), last)
    columns = apply(ingestion.drift, drift, selection.columns, ingestion.dataset)
    plan = Plan(
        run=Run(run.dag_id, run.run_id, run.logical_date, opening.interval),
        ingestion=ingestion,
        compiled=compiled,
        columns=columns,
        not_bulk=selection.not_bulk,
        cursor_is_date=not isinstance(ingestion.window, Full) and cursor_is_date(describer, ingestion),
        window=opening.window,
        batches=opening.batches,
        api_calls=earlier_calls + client.calls,
        drift=drift,
    )
    _check_query(plan)
    return plan


def written(ingestion: Ingestion, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns as an ingestion writes them: dates perhaps as timestamps, the fetch time perhaps added."""
    return written_columns(
        columns, time_added=ingestion.record_time_added, coerce_to_timestamp=ingestion.coerce_to_timestamp
    )


def data_interval(given: Interval, run_date: datetime, ingestion: Ingestion) -> Interval:
    """The run's data interval; for a run without one, the last whole step of the schedule before `run_date`.

    Airflow gives no interval to a run that was triggered without a logical date. A DAG without a schedule takes
    `run_date` itself as the end.
    """
    if given.end is not None:
        return given
    if ingestion.cron is None:
        return Interval(None, run_date)
    end = previous_tick(ingestion.cron, run_date, ingestion.zone)
    return Interval(previous_tick(ingestion.cron, end, ingestion.zone), end)


def interval_to_dict(interval: Interval) -> dict[str, str | None]:
    """ISO 8601 texts in UTC."""
    return {"start": _text(interval.start), "end": _text(interval.end)}


def interval_from_dict(value: dict[str, str | None]) -> Interval:
    """Read what `interval_to_dict` gave."""
    start, end = value["start"], value["end"]
    return Interval(
        datetime.fromisoformat(start) if start else None, datetime.fromisoformat(end) if end else None
    )


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def _check_query(plan: Plan) -> None:
    try:
        plan.query(plan.batches[0])
    except ValueError as error:
        raise FatalError(f"{plan.run.dag_id}: {error}") from None
