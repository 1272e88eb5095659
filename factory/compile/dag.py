"""A spec as dag-factory's configuration: final, with no default left to resolve. The shape is docs/architecture.md's."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from factory.compile.doc_page import doc_md
from factory.model import schedule as schedules
from factory.model.ingestion import Spec

_ALIKE = (
    "timezone",
    "cursor",
    "include_deleted",
    "api",
    "format",
    "record_time_added",
    "coerce_to_timestamp",
    "expect",
    "drift",
    "deletes",
)
_RETRY = {"retry_delay": 60, "retry_exponential_backoff": True, "max_retry_delay": 1800}


def compile_spec(spec: Spec) -> dict[str, Any]:
    """The configuration of one DAG; the spec must be free of problems."""
    return {spec.dag_id: _dag(spec, ingestion(spec))}


def ingestion(spec: Spec) -> dict[str, Any]:
    """The effective spec, flat and complete, as the runtime reads it."""
    fields = spec.fields
    schedule = spec.value("schedule")
    hashed = any(field.protect == "hash" for field in fields or ())
    effective = {
        "unit": spec.unit.name,
        "name": spec.name,
        "salesforce_conn_id": spec.connection,
        "protect_conn_id": spec.unit.protect_key if hashed else None,
        "object": spec.object,
        "fields": None
        if fields is None
        else [{"name": field.name, "protect": field.protect} for field in fields],
        "query": spec.query,
        "relationship_object": spec.value("relationship_object"),
        "window": _window(spec.window),
        "overlap": spec.value("overlap"),
        "await_commits": spec.await_commits,
        "batch_size": spec.batch_size,
        "cron": None if schedule is None else schedules.expression(schedule),
        "compression": spec.compression,
        **{key: spec.value(key) for key in _ALIKE},
        "compare_ids": spec.compare_ids,
    }
    return {
        **effective,
        "budget": {"prefix": spec.unit.prefix, "calls_per_day": spec.unit.calls_per_day},
        "spec_version": _version({**effective, "bucket": spec.bucket, "prefix": spec.prefix}),
    }


def pool(connection: str) -> str:
    """The Airflow pool of a Salesforce connection: `salesforce_acme` of `acme`."""
    return f"salesforce_{connection.removeprefix('salesforce_')}"


def asset(spec: Spec) -> str:
    """The name of the Asset that a DAG updates; it does not depend on the environment's bucket."""
    return f"lake://{spec.unit.name}/{spec.name}"


def _dag(spec: Spec, effective: dict[str, Any]) -> dict[str, Any]:
    tags = [spec.unit.name, spec.object, spec.value("format"), *spec.value("tags")]
    return {
        "description": spec.value("description") or f"{spec.object} of Salesforce, for {spec.unit.name}",
        "doc_md": doc_md(spec),
        "tags": list(dict.fromkeys(tags)),
        "schedule": _timetable(effective["cron"], spec.value("timezone")),
        "start_date": _start(spec.value("start"), spec.value("timezone")),
        "catchup": spec.window == "incremental",
        "max_active_runs": 1,
        "default_args": {
            "owner": spec.owner,
            "retries": spec.value("retries"),
            **_RETRY,
            "pool": pool(spec.connection),
            "aws_conn_id": spec.unit.aws,
            "bucket": spec.bucket,
            "prefix": spec.prefix,
        },
        "tasks": _tasks(spec, effective),
    }


def _tasks(spec: Spec, effective: dict[str, Any]) -> dict[str, Any]:
    tasks = {
        "plan_batches": {"operator": "lake_ingest.airflow.tasks.PlanBatchesOperator", "ingestion": effective},
        "extract": {
            "operator": "lake_ingest.airflow.tasks.ExtractBatchOperator",
            "dependencies": ["plan_batches"],
            "expand": {"batch": "plan_batches.output"},
            "map_index_template": "{{ task.batch['label'] }}",
        },
        "publish": {
            "operator": "lake_ingest.airflow.tasks.PublishOperator",
            "dependencies": ["extract"],
            "outlets": [asset(spec)],
        },
    }
    return tasks | _comparison(spec, effective) if spec.compare_ids else tasks


def _comparison(spec: Spec, effective: dict[str, Any]) -> dict[str, Any]:
    """The task that looks for hard deletes; it is skipped in runs that are not the first of their period."""
    return {
        "compare_ids": {
            "operator": "lake_ingest.airflow.compare_task.CompareIdsOperator",
            "dependencies": ["publish"],
            "ingestion": effective,
            "outlets": [f"{asset(spec)}_deleted"],
        }
    }


def _timetable(expression: str | None, timezone: str) -> dict[str, str] | None:
    if expression is None:
        return None
    return {
        "__type__": "airflow.timetables.interval.CronDataIntervalTimetable",
        "cron": expression,
        "timezone": timezone,
    }


def _start(day: str, timezone: str) -> str:
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(timezone))
    return midnight.astimezone(UTC).isoformat()


def _window(window: Any) -> Any:
    if isinstance(window, dict) and "last" not in window:
        return {"from": window.get("from"), "to": window.get("to")}
    return window


def _version(effective: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(effective, sort_keys=True).encode()).hexdigest()[:12]
