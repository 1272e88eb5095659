"""What the tasks of a spec are given for the notices of their unit."""

from typing import Any

from factory.model.ingestion import Ingestion


def notices(spec: Ingestion) -> dict[str, Any]:
    """Arguments of every task; none where the spec asks for no notices."""
    if not spec.notify:
        return {}
    unit, late = spec.unit, deadline(spec)
    told = {"unit": unit.name, "name": spec.name, "prefix": unit.prefix, "contact": unit.contact}
    return {
        "notices": {**told, **({"deadline": late} if late else {})},
        "on_failure_callback": "lake_ingest.airflow.notices.tell_failure",
    }


def deadline(spec: Ingestion) -> str | None:
    """How long after a publication the next is late; nothing is where an environment runs what has a schedule by hand only."""
    if spec.deadline is None or (spec.pace is not None and not spec.scheduled):
        return None
    return str(spec.deadline)
