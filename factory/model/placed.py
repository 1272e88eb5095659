"""Units and ingestions as they are in one environment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.model.environment import Environment
from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.setting import Setting
from factory.model.unit import Unit


def unit_in(environment: Environment, unit: Unit) -> Unit:
    """A unit in an environment."""
    return replace(
        unit,
        sources={kind: tuple(map(environment.connection_of, names)) for kind, names in unit.sources.items()},
        aws=environment.connection_of(unit.aws),
        protect_key=environment.connection_of(unit.protect_key or "") or None,
        bucket=environment.bucket_of(unit.bucket),
        buckets=tuple(map(environment.bucket_of, unit.buckets)),
        prefix=environment.prefix_of(unit.prefix),
        database=environment.database_of(unit.database),
        calls_per_day=environment.calls_of(unit.calls_per_day),
    )


def ingestion_in(environment: Environment, spec: Ingestion, group: Group) -> Ingestion:
    """An ingestion in an environment; its `settings` say where the group's file changes a key."""
    below = spec.prefix.removeprefix(spec.unit.prefix.strip("/"))
    here = replace(
        spec,
        unit=unit_in(environment, spec.unit),
        connection=environment.connection_of(spec.connection),
        bucket=environment.bucket_of(spec.bucket),
        prefix=f"{environment.prefix_of(spec.unit.prefix)}{below}",
        scheduled=environment.scheduled,
    )
    return replace(here, settings={**spec.settings, **_changed(environment, spec, here, group)})


def _changed(
    environment: Environment, spec: Ingestion, here: Ingestion, group: Group
) -> Mapping[str, Setting]:
    def said(value: Any, key: str) -> Setting:
        return Setting(value, "group", group.document, ("environments", environment.name, key))

    changed: dict[str, Setting] = {}
    if here.connection != spec.connection:
        changed["connection"] = said(here.connection, "connection")
    if here.schedule and not here.scheduled:
        changed["schedule"] = said(None, "scheduled")
    return changed
