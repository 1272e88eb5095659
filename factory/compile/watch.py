"""The DAG of a unit that looks after its datasets: it tells what is late, also when nothing ran, and what is over."""

import hashlib
from collections.abc import Iterable
from typing import Any

from factory.compile.airflow_access import access
from factory.compile.contact import contact_link
from factory.compile.dag import last_moment, midnight
from factory.compile.notified import deadline
from factory.model.ingestion import Ingestion
from factory.model.unit import Unit

NAME = "_watch"  # no spec is called so: a spec's name begins with a letter
_DOC = """## {unit}._watch

Looks every half hour at what unit **{unit}** has published, and tells its topic what is late and which troubles are over. It reads S3
alone, so it does not matter whether a DAG failed, hangs, or is paused. Pause it, and nobody is told.
"""


def watch(specs: Iterable[Ingestion]) -> dict[str, Any]:
    """The configuration of a unit's watch, by its DAG id; nothing where no spec asks for notices."""
    told = [spec for spec in specs if spec.notify]
    if not told:
        return {}
    unit = told[0].unit
    link = contact_link(unit.contact)
    return {
        f"{unit.name}.{NAME}": {
            "description": f"What is late, and what is over, of unit {unit.name}",
            "doc_md": _DOC.format(unit=unit.name),
            "tags": [unit.name, "notices"],
            "schedule": {
                "__type__": "airflow.timetables.interval.CronDataIntervalTimetable",
                "cron": _cron(unit),
                "timezone": "UTC",
            },
            "start_date": "2026-01-01T00:00:00+00:00",
            "catchup": False,
            "max_active_runs": 1,
            **({"owner_links": {unit.owner: link}} if link else {}),
            **access(unit),
            "default_args": {"owner": unit.owner, "retries": 1, "retry_delay": 60},
            "tasks": {
                "watch": {
                    "operator": "lake_ingest.airflow.notices.WatchOperator",
                    "aws_conn_id": unit.aws,
                    "prefix": unit.prefix,
                    "notices": {"unit": unit.name, "contact": unit.contact},
                    "datasets": [_dataset(spec) for spec in told],
                }
            },
        }
    }


def _dataset(spec: Ingestion) -> dict[str, Any]:
    scheduled = spec.schedule is not None and spec.scheduled
    return {
        "name": spec.name,
        "bucket": spec.bucket,
        "prefix": spec.prefix,
        "deadline": deadline(spec),
        "start": midnight(spec, spec.start).isoformat() if scheduled and spec.start else None,
        "end": last_moment(spec, spec.end) if scheduled and spec.end else None,
        "spec_url": spec.spec_url,
    }


def _cron(unit: Unit) -> str:
    """Every half hour, each unit at minutes of its own."""
    minute = int.from_bytes(hashlib.sha256(unit.name.encode()).digest()[:4]) % 30
    return f"{minute},{minute + 30} * * * *"
