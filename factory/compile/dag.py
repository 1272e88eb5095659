"""A spec as dag-factory's configuration: final, with no default left to resolve. The shape is docs/architecture.md's."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from lake_ingest.spec.batch_size import BatchSize
from lake_ingest.spec.window import Full, Incremental, window_value
from lake_ingest.version import VERSION

from factory.compile.airflow_access import access
from factory.compile.contact import contact_link
from factory.compile.doc_page import doc_md
from factory.compile.notified import notices
from factory.model.ingestion import Field, Ingestion

T = TypeVar("T")
_PROBLEMS = "an ingestion with problems cannot be compiled"
_A_DAY = {"__type__": "airflow.sdk.Param", "default": None, "type": ["null", "string"], "format": "date"}
_PARAMS = {
    "window_from": {
        **_A_DAY,
        "title": "First day",
        "description": "Read from this day on, instead of the spec's window. Leave it empty for the usual run.",
    },
    "window_to": {
        **_A_DAY,
        "title": "Up to this day",
        "description": "The day itself is not read. Left empty, the window ends where the run's data interval does.",
    },
}
_RETRY = {"retry_delay": 60, "retry_exponential_backoff": True, "max_retry_delay": 1800}


def compile_spec(spec: Ingestion) -> dict[str, Any]:
    """The configuration of one DAG; the spec must be free of problems."""
    return {spec.dag_id: _dag(spec, ingestion(spec))}


def ingestion(spec: Ingestion) -> dict[str, Any]:
    """The effective spec, flat and complete, as the runtime reads it."""
    hashed = any(field.protect == "hash" for field in spec.named_fields)
    if spec.window is None:
        raise ValueError(_PROBLEMS)
    effective = {
        "unit": spec.unit.name,
        "name": spec.name,
        "source": spec.traits.kind,
        "conn_id": spec.connection,
        "protect_conn_id": spec.unit.protect_key if hashed else None,
        "object": spec.object,
        "fields": _fields(spec.fields),
        **({"except": _fields(spec.exceptions)} if spec.exceptions else {}),
        "filter": spec.filter,
        "query": spec.query,
        **spec.options,
        "window": window_value(spec.window),
        "overlap": _text(spec.overlap),
        "await_commits": spec.await_commits,
        "batch_size": _text(spec.batch_size),
        "cron": spec.schedule.cron if spec.schedule else None,
        **({"after": list(spec.after)} if spec.after else {}),
        **({"closed": sorted(day.isoformat() for day in spec.closed)} if spec.closed else {}),
        "compression": spec.compression,
        **({"csv": spec.csv.to_dict()} if spec.csv.to_dict() else {}),
        **({"file_name": spec.file_name} if spec.file_name else {}),
        **({"partition_by": spec.partition_by} if spec.partition_by else {}),
        **({"one_snapshot": True} if spec.one_snapshot else {}),
        "timezone": _read(spec.zone).key,
        "cursor": spec.cursor or None,
        "include_deleted": spec.include_deleted,
        "format": spec.format,
        "record_time_added": spec.record_time_added,
        "coerce_to_timestamp": spec.coerce_to_timestamp,
        "expect": spec.expect.to_dict() or None,
        "drift": spec.drift,
        "deletes": spec.deletes,
        "compare_ids": _text(spec.compare_ids),
        "refresh": _text(spec.refresh),
        "table": _table(spec),
    }
    return {
        "runtime": VERSION,
        **effective,
        "budget": {"prefix": spec.unit.prefix, "calls_per_day": spec.unit.calls_per_day}
        if spec.traits.counts_calls
        else None,
        "spec_version": _version({**effective, "bucket": spec.bucket, "prefix": spec.prefix}),
    }


def _table(spec: Ingestion) -> dict[str, Any] | None:
    """Where a table is found, and what its readers are told."""
    if not spec.table:
        return None
    told = {"description": spec.description, "owner": spec.owner, "contact": spec.unit.contact}
    return {
        "database": spec.unit.database,
        "name": spec.name,
        **told,
        **({"current": True} if spec.current else {}),
        **({"keep": str(spec.keep)} if spec.keep else {}),
        **({"compact": str(spec.compact)} if spec.merges and spec.compact else {}),
        **({"personal": personal} if (personal := _personal(spec)) else {}),
    }


def _personal(spec: Ingestion) -> dict[str, str]:
    """The columns of personal data that land, each with its class: by the catalogue, or because the spec protects it or says why it does not."""
    named = {field.name: field for field in spec.named_fields}
    judged = {field.name: "personal" for field in named.values() if field.protect or field.reason}
    known = {**judged, **spec.about.personal}
    lands = known if spec.fields is None else {name: one for name, one in known.items() if name in named}
    return {
        named[name].column if name in named else name: one
        for name, one in sorted(lands.items())
        if name not in named or named[name].protect != "drop"
    }


def pool(spec: Ingestion) -> str:
    """The Airflow pool of a source's connection: `salesforce_acme` of `acme`."""
    kind = spec.traits.kind
    return f"{kind}_{spec.connection.removeprefix(f'{kind}_')}"


def asset(spec: Ingestion) -> str:
    """The name of the Asset that a DAG updates; it does not depend on the environment's bucket."""
    return _asset(spec.dag_id)


def _asset(dataset: str) -> str:
    unit, _, name = dataset.partition(".")
    return f"lake://{unit}/{name}"


def _in_airflow(name: str) -> dict[str, str]:
    """An Asset, in the group of its unit."""
    unit = name.removeprefix("lake://").partition("/")[0]
    return {"__type__": "airflow.sdk.Asset", "name": name, "uri": name, "group": unit}


def _dag(spec: Ingestion, effective: dict[str, Any]) -> dict[str, Any]:
    tags = [spec.unit.name, spec.object, spec.format, *spec.tags]
    return {
        "description": spec.description or f"{spec.object} of {spec.traits.title}, for {spec.unit.name}",
        "doc_md": doc_md(spec),
        "tags": list(dict.fromkeys(tags)),
        "schedule": _timetable(spec),
        "start_date": midnight(spec, _read(spec.start)).isoformat(),
        **(
            {"end_date": last_moment(spec, spec.end)} if spec.end and spec.schedule and spec.scheduled else {}
        ),
        "catchup": isinstance(spec.window, Incremental) and spec.scheduled,
        "max_active_runs": 1,
        **({"params": _PARAMS} if _may_be_asked(spec) else {}),
        **({"is_paused_upon_creation": True} if spec.paused else {}),
        **({"owner_links": {spec.owner: link}} if (link := contact_link(spec.unit.contact)) else {}),
        **access(spec.unit),
        "default_args": {
            "owner": spec.owner,
            "retries": spec.retries,
            **_RETRY,
            "pool": pool(spec),
            "aws_conn_id": spec.unit.aws,
            "bucket": spec.bucket,
            "prefix": spec.prefix,
            "spec_url": spec.spec_url,
            **notices(spec),
        },
        "tasks": _tasks(spec, effective),
    }


def _may_be_asked(spec: Ingestion) -> bool:
    """Whether a run may have a window of its own: not where each reads all rows, nor where each is held against the one before."""
    return spec.window not in (None, Full()) and spec.expect.max_drop is None


def _tasks(spec: Ingestion, effective: dict[str, Any]) -> dict[str, Any]:
    operator = f"lake_ingest.airflow.named.{spec.traits.operator}"
    landing = {
        "outlets": [_in_airflow(asset(spec))],
        **({"table": spec.dag_id} if spec.table else {}),
    }
    if spec.batch_size is None or spec.one_snapshot:
        whole = {"ingest": {"operator": operator, "ingestion": effective, **landing}}
        return whole | _after(spec, effective, "ingest")
    tasks = {
        "plan_batches": {"operator": "lake_ingest.airflow.tasks.PlanBatchesOperator", "ingestion": effective},
        "extract": {
            "operator": operator,
            "dependencies": ["plan_batches"],
            "expand": {"batch": "plan_batches.output"},
            "map_index_template": "{{ task.batch['label'] }}",
        },
        "publish": {
            "operator": "lake_ingest.airflow.tasks.PublishOperator",
            "dependencies": ["extract"],
            **landing,
        },
    }
    return tasks | _after(spec, effective, "publish")


def _after(spec: Ingestion, effective: dict[str, Any], last: str) -> dict[str, Any]:
    """What follows a publication: the current state is brought to it, keys are compared, and what that finds is merged too."""
    tasks = _comparison(spec, effective, last)
    if spec.merges:
        tasks["merge"] = _merge("rows", effective, [last])
        if spec.compare_ids:
            tasks["merge_keys"] = _merge("keys", effective, ["compare_ids", "merge"])
    return tasks


def _merge(what: str, effective: dict[str, Any], after: list[str]) -> dict[str, Any]:
    return {
        "operator": "lake_ingest.airflow.tasks.MergeOperator",
        "dependencies": after,
        "ingestion": effective,
        "what": what,
    }


def _comparison(spec: Ingestion, effective: dict[str, Any], after: str) -> dict[str, Any]:
    """The task that looks for hard deletes, if any; it is skipped in runs that are not the first of their period."""
    if not spec.compare_ids:
        return {}
    return {
        "compare_ids": {
            "operator": "lake_ingest.airflow.tasks.CompareIdsOperator",
            "dependencies": [after],
            "ingestion": effective,
            "outlets": [_in_airflow(f"{asset(spec)}_deleted")],
        }
    }


def _timetable(spec: Ingestion) -> dict[str, str] | list[dict[str, str]] | None:
    """A schedule, or the Assets each of which must have been updated."""
    if spec.after and spec.scheduled:
        return [_in_airflow(_asset(name)) for name in spec.after]
    if spec.schedule is None or not spec.scheduled:
        return None
    return {
        "__type__": "airflow.timetables.interval.CronDataIntervalTimetable",
        "cron": spec.schedule.cron,
        "timezone": _read(spec.zone).key,
    }


def midnight(spec: Ingestion, day: date) -> datetime:
    """When a day begins in the zone of a spec, in UTC."""
    return datetime.combine(day, datetime.min.time(), _read(spec.zone)).astimezone(UTC)


def last_moment(spec: Ingestion, day: date) -> str:
    """The last moment of the last day: Airflow begins no data interval after it."""
    return (midnight(spec, day + timedelta(days=1)) - timedelta(seconds=1)).isoformat()


def _fields(fields: tuple[Field, ...] | None) -> list[dict[str, str | None]] | None:
    if fields is None:
        return None
    return [
        {
            "name": field.name,
            "protect": field.protect,
            **({"type": field.type} if field.type else {}),
            **({"as": field.called} if field.called else {}),
        }
        for field in fields
    ]


def _read(value: T | None) -> T:
    """A value that is None only where it could not be read."""
    if value is None:
        raise ValueError(_PROBLEMS)
    return value


def _text(size: BatchSize | None) -> str | None:
    return None if size is None else str(size)


def _version(effective: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(effective, sort_keys=True).encode()).hexdigest()[:12]
