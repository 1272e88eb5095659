"""What Airflow, the source and the lake see of a compiled ingestion."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest
from lake_ingest.rows.column import Column
from lake_ingest.run import expect
from lake_ingest.run.drift import Drift, apply
from lake_ingest.run.frozen_plan import written
from lake_ingest.run.opening import Opening, Run, is_refreshed, open_run
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.sources.salesforce.query_columns import selected_child, written_query
from lake_ingest.sources.salesforce.statement import statement
from lake_ingest.sources.source import Request, Selection
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.period import period_start

DAY = datetime(2026, 11, 1, 5, tzinfo=UTC)
DAYS = [DAY + timedelta(days=number) for number in range(40)]


def observed(dag_id: str, dag: Mapping[str, Any], kinds: Mapping[str, str], last: Manifest) -> dict[str, Any]:
    """What differs where a key of the spec acts, and stays where it does not.

    Args:
        dag_id: of the DAG.
        dag: as it was rendered.
        kinds: of the object's fields, by name.
        last: the manifest of a publication before, with more rows.
    """
    compiled = next(task["ingestion"] for task in dag["tasks"].values() if "ingestion" in task)
    opening = open_run(compiled, Run(dag_id, "run", DAY, Interval(DAY - timedelta(days=1), DAY)))
    ingestion = opening.ingestion
    columns = tuple(_columns(ingestion, kinds))
    return {
        "schedule": dag["schedule"],
        "first day": dag["start_date"] if dag["schedule"] else None,
        "last day": dag.get("end_date") if dag["schedule"] else None,
        "shown": (dag["description"], dag["tags"], dag["doc_md"].splitlines()[:4]),
        "skipped": ingestion.closed if dag["schedule"] else None,
        "paused": dag.get("is_paused_upon_creation", False),
        "arguments": dag["default_args"],
        "tasks": list(dag["tasks"]),
        "connection": ingestion.conn_id,
        "asked": _asked(opening, columns),
        "awaited": opening.end if ingestion.await_commits else None,
        "written": (written(ingestion, columns), ingestion.format, ingestion.compression, ingestion.csv),
        "named": ingestion.file_name,
        "refreshed": [is_refreshed(Interval(day - timedelta(days=1), day), ingestion) for day in DAYS],
        "compared": _compared(ingestion),
        "registered": ingestion.table,
        "refused": list(_refused(ingestion, columns, last)),
    }


def _asked(opening: Opening, columns: tuple[Column, ...]) -> dict[str, Any]:
    ingestion = opening.ingestion
    in_days = ingestion.cursor == "CloseDate" and opening.window != Interval(None, None)
    batches = opening.in_days()[1] if in_days else opening.batches
    selection = Selection(columns, {}, in_days)
    return {
        "of": ingestion.object,
        "statements": [statement(Request(ingestion, selection, batch)) for batch in batches],
        "deleted too": ingestion.include_deleted,
        "how": options_of(ingestion),
    }


def _columns(ingestion: Ingestion, kinds: Mapping[str, str]) -> Iterator[Column]:
    if ingestion.query is not None:
        query = written_query(ingestion)
        relationship = options_of(ingestion).relationship_object
        rows = query if relationship is None else selected_child(query, relationship)
        assert rows is not None
        for item in rows.items:
            yield Column(item.name, kinds.get(item.name, "text"), item.name)
    elif ingestion.fields is None:
        excepted = {choice.name: choice.protect for choice in ingestion.exceptions}
        for name, kind in kinds.items():
            if excepted.get(name) != "drop":
                yield Column(name, kind, name, protect=excepted.get(name))
    else:
        for choice in ingestion.fields:
            yield Column(choice.name, kinds.get(choice.name, "text"), choice.name, protect=choice.protect)


def _compared(ingestion: Ingestion) -> list[datetime] | None:
    every = ingestion.compare_ids
    return every and [period_start(day, every, ingestion.zone) for day in DAYS]


def _refused(ingestion: Ingestion, columns: tuple[Column, ...], last: Manifest) -> Iterator[str]:
    """Which of some runs are refused, and which columns the others keep."""
    broken = {name: dict.fromkeys(rules.to_dict(), 1) for name, rules in ingestion.expect.columns.items()}
    for rows, quality in ((0, []), (last.rows // 3, []), (last.rows, []), (last.rows, [broken])):
        delivered = expect.Delivered(rows, quality, last.logical_date, ingestion.zone)
        try:
            expect.check(ingestion.expect, delivered, last, "it")
        except FatalError as error:
            yield str(error)
    for drift in (Drift(added=(columns[0].name,)), Drift(removed=("Gone",)), Drift(changed=("Other",))):
        try:
            yield str([column.name for column in apply(ingestion.drift, drift, columns, "it")])
        except FatalError as error:
            yield str(error)
