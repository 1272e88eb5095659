"""The keys of a spec with the nearest value of each: defaults flow from group to unit to spec."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from factory.model.group import Group
from factory.model.traits import Traits
from factory.model.unit import Unit
from factory.read.document import Document, KeyPath
from factory.vocabulary.checked import Checked
from factory.vocabulary.schemas import schema


@dataclass(frozen=True, slots=True)
class Setting:
    """A value as it is written, the layer that set it (spec, unit, group or default), and its place there.

    `covers`: a layer of defaults says something else, which would hold without it.
    """

    value: Any
    layer: str
    document: Document | None = None
    path: KeyPath = ()
    covers: bool = False


def settings(spec: Checked, unit: Unit, group: Group, source: Traits) -> dict[str, Setting]:
    """Every key of a spec with its effective value; the nearest layer wins, and broken values are passed over.

    Keys that this kind of source lacks have no value: a default of a unit or the group is meant for other kinds, and what the spec itself
    says is a problem. Neither has a schedule that a layer of defaults sets, where the spec runs after others.
    """
    own = spec.document.mapping
    aside = frozenset(source.lacks) | ({"schedule"} if own.get("after") else set())
    below = _below(unit, group, source, aside)
    return below | {
        key: Setting(own[key], "spec", spec.document, (key,), covers=below[key].layer != "default")
        for key in own
        if key in below and key not in spec.broken and key not in source.lacks
    }


@lru_cache(maxsize=512)
def _below(unit: Unit, group: Group, source: Traits, aside: frozenset[str]) -> dict[str, Setting]:
    """Every key of the language, in order, as a spec of this unit has it that says nothing itself; those `aside` by no layer."""
    layers = [
        (layer, document, _defaults(document, broken)) for layer, document, broken in _layers(unit, group)
    ]
    found: dict[str, Setting] = {}
    for key, about in schema("ingestion")["properties"].items():
        found[key] = next(
            (
                Setting(values[key], layer, document, ("defaults", key))
                for layer, document, values in layers
                if key in values and key not in aside
            ),
            Setting(source.defaults.get(key, about.get("default")), "default"),
        )
    return found


def _layers(unit: Unit, group: Group) -> list[tuple[str, Document, frozenset[str]]]:
    layers = [("unit", unit.document, unit.broken)]
    return layers if group.document is None else [*layers, ("group", group.document, group.broken)]


def _defaults(document: Document, broken: frozenset[str]) -> dict[str, Any]:
    values = document.mapping.get("defaults")
    if not isinstance(values, dict) or "defaults" in broken:
        return {}
    return {key: value for key, value in values.items() if f"defaults.{key}" not in broken}
