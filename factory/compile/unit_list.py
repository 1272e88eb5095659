"""The units as the platform has to know them: whom their data belongs to, where they may write, which secrets they read, which kinds of source."""

import json
from collections.abc import Iterable

from factory.model.unit import Unit

VERSION = 1  # of the form; a new one is made when a reader of the old form would read something else


def unit_list(units: Iterable[Unit]) -> str:
    """The units as JSON, by name."""
    body = {"version": VERSION, "units": [_entry(unit) for unit in sorted(units, key=lambda one: one.name)]}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def _entry(unit: Unit) -> dict[str, object]:
    """A bucket that is null is the platform's own lake; the AWS connection is one of the connections."""
    return {
        "name": unit.name,
        "owner": unit.owner,
        "contact": unit.contact,
        "buckets": [folder.bucket for folder in unit.folders],
        "prefix": unit.folders[0].prefix,
        "database": unit.database,
        "aws_connection": unit.aws,
        "connections": list(unit.connections),
        **({"airflow_role": unit.airflow_role} if unit.airflow_role else {}),
        "sources": sorted(kind for kind, connections in unit.sources.items() if connections),
    }
