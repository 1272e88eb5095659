"""The offline catalogue of an org: what describe said of its objects, kept beside the specs.

One JSON file an object, sorted and minimal, so that a change in Setup shows as a small diff. What has its usual value is
left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lake_ingest.sources.salesforce import name_object

from factory.model.group import Group
from factory.sources.salesforce.catalog_object import CatalogField, CatalogObject
from factory.sources.salesforce.recorded_values import judged

FOLDER = "_org"


# Fields that no object fills with personal data.
_PLAIN = {
    "Id": "id",
    "IsDeleted": "boolean",
    "CreatedDate": "datetime",
    "LastModifiedDate": "datetime",
    "SystemModstamp": "datetime",
}
# Of the fields of the object Name, those that say nothing of a person, and those that do so where a target is one.
_OF_ANY_TARGET = {
    name: name_object.TYPES[name]
    for name in (
        "IsActive",
        "LastReferencedDate",
        "LastViewedDate",
        "ProfileId",
        "RecordTypeId",
        "Type",
        "UserRoleId",
    )
}
_OF_SOME_TARGETS = ("Name", "NameOrAlias")


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

    def find(self, name: str) -> CatalogObject | None:
        """An object by its name in any case, as SOQL has it."""
        return self.object(self._folded.get(name.lower(), name))

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {name.lower(): name for name in self.names}

    def _load(self, name: str) -> CatalogObject:
        entry = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        said = {field for field, about in entry["fields"].items() if "personal" in about}
        return judged(read_object(entry), said, self.object)


def open_catalog(configs: Path, group: Group) -> Catalog:
    """The catalogue of the group's org, beside the units."""
    return Catalog(configs / FOLDER / group.org)


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
        calculated=entry.get("calculated", False),
        personal=entry.get("personal", False),
        relationship=entry.get("relationship", ""),
        parents=tuple(entry.get("parents", ())),
        parts=tuple(entry.get("parts", ())),
    )


def is_plain(name: str) -> bool:
    """Whether a field of that name holds no personal data, whatever its object."""
    return name.lower() in {one.lower() for one in _PLAIN}


@dataclass(frozen=True)
class Broken:
    """A path that leads nowhere.

    Attributes:
        before: the steps that exist.
        step: the first that does not.
        after: what follows it.
        held: the objects, one of which should have it.
    """

    before: tuple[str, ...]
    step: str
    after: tuple[str, ...]
    held: tuple[CatalogObject, ...]

    @property
    def text(self) -> str:
        """The sentence that says where the path breaks."""
        what = "parent" if self.after else "field"
        return f"{' or '.join(f'`{one.name}`' for one in self.held)} has no {what} `{self.step}`"

    def mended(self, step: str) -> str:
        """The path with another step in its place."""
        return ".".join((*self.before, step, *self.after))


def resolve(one: CatalogObject, path: str, catalog: Catalog) -> CatalogField | Broken:
    """The field at the end of a dotted path, or where the path breaks.

    A relationship with several targets gives the union of what they have under that name. What lies behind an object that the
    catalogue does not hold has the type `anyType`, and says which objects these are.
    """
    *parents, name = path.split(".")
    targets = _Targets((one,))
    for place, parent in enumerate(parents):
        behind = targets.behind(parent, catalog)
        if behind is None:
            steps = (*parents[place + 1 :], name)
            return Broken(tuple(parents[:place]), parent, steps, targets.held)
        targets = behind
    return targets.field(name) or Broken(tuple(parents), name, (), targets.held)


@dataclass(frozen=True)
class _Targets:
    """Where a path has come: objects of the catalogue, and names of those that it does not hold."""

    held: tuple[CatalogObject, ...]
    unseen: tuple[str, ...] = ()
    several: bool = False

    def behind(self, parent: str, catalog: Catalog) -> "_Targets | None":
        """One relationship further; None where no object has it."""
        references = [field for one in self.held if (field := one.parent(parent))]
        if not references and not self.unseen:
            return None
        names = dict.fromkeys(name for field in references for name in field.parents)
        found = {name: catalog.object(name) for name in names}
        unseen = (*self.unseen, *(name for name, one in found.items() if one is None))
        return _Targets(tuple(one for one in found.values() if one), unseen, len(names) > 1)

    def field(self, name: str) -> CatalogField | None:
        """The field of that name; of several targets, what holds for any of them."""
        found = [field for one in self.held if (field := one.field(name))]
        if len(found) == 1 and not self.unseen and not self.several:
            return found[0]
        if not found and self.several:
            found = _of_any_target(name)
        if not found and not self.unseen:
            return None
        known = {**_PLAIN, **(_OF_ANY_TARGET if self.several else {})}
        plain = next((kind for one, kind in known.items() if one.lower() == name.lower()), None)
        types = {field.type for field in found}
        return CatalogField(
            name,
            plain or (types.pop() if len(types) == 1 and not self.unseen else "anyType"),
            filterable=all(field.filterable for field in found),
            personal=any(field.personal for field in found),
            unseen=() if plain else (*self.unseen, *(one for field in found for one in field.unseen)),
        )


def _of_any_target(name: str) -> list[CatalogField]:
    """A field of the object Name, which a relationship with several targets has, though none of them need have it."""
    return [
        CatalogField(one, kind, personal=one not in {*_PLAIN, *_OF_ANY_TARGET, *_OF_SOME_TARGETS})
        for one, kind in name_object.TYPES.items()
        if one.lower() == name.lower()
    ]
