"""The offline catalogue of an org: what describe said of its objects, kept beside the specs.

One JSON file an object, sorted and minimal, so that a change in Setup shows as a small diff. What has its usual value is
left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CatalogField:
    """A field as describe tells it, and whether it holds personal data.

    `parts` are the fields that a compound one is made of; `parent` leads to an object over `relationship`.
    """

    name: str
    type: str
    label: str = ""
    filterable: bool = True
    personal: bool = False
    relationship: str = ""
    parents: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogObject:
    """An object with its fields by name, and its child relationships: name → child object."""

    name: str
    label: str = ""
    queryable: bool = True
    replicateable: bool = True
    bulk: bool = True
    fields: Mapping[str, CatalogField] = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def relationships(self) -> dict[str, CatalogField]:
        """The reference fields by the name under which a query reaches their parent."""
        return {one.relationship: one for one in self.fields.values() if one.relationship}


class Catalog:
    """The objects of one org, each read when it is first asked for; a catalogue without a folder is empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, CatalogObject | None] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every object of the catalogue."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.json"))) if self.folder.is_dir() else ()

    def object(self, name: str) -> CatalogObject | None:
        """An object by its API name; None where the catalogue does not have it."""
        if name not in self._read:
            self._read[name] = self._load(name) if name in self.names else None
        return self._read[name]

    def _load(self, name: str) -> CatalogObject:
        return read_object(json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8")))


def read_object(entry: Mapping[str, Any]) -> CatalogObject:
    """An object of the catalogue's own JSON."""
    fields = {name: _read_field(name, one) for name, one in entry["fields"].items()}
    return CatalogObject(
        name=entry["name"],
        label=entry.get("label", ""),
        queryable=entry.get("queryable", True),
        replicateable=entry.get("replicateable", True),
        bulk=entry.get("bulk", True),
        fields=fields,
        children=entry.get("children", {}),
    )


def _read_field(name: str, entry: Mapping[str, Any]) -> CatalogField:
    return CatalogField(
        name=name,
        type=entry["type"],
        label=entry.get("label", ""),
        filterable=entry.get("filterable", True),
        personal=entry.get("personal", False),
        relationship=entry.get("relationship", ""),
        parents=tuple(entry.get("parents", ())),
        parts=tuple(entry.get("parts", ())),
    )


def resolve(one: CatalogObject, path: str, catalog: Catalog) -> CatalogField | str:
    """The field at the end of a dotted path, or the sentence that says where the path breaks.

    A parent that the catalogue does not have ends the search with a field of type `anyType`.
    """
    *parents, name = path.split(".")
    for parent in parents:
        reference = one.relationships.get(parent)
        if reference is None:
            return f"`{one.name}` has no parent `{parent}`"
        found = catalog.object(reference.parents[0]) if len(reference.parents) == 1 else None
        if found is None:
            return CatalogField(name, "anyType")
        one = found
    return one.fields.get(name) or f"`{one.name}` has no field `{name}`"
