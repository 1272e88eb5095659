"""What an import has to know of the unit that the specs are for: its connections, its bucket, its defaults, the catalogue."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from factory.command_failure import UsageFailure
from factory.model.group import Group
from factory.model.traits import About
from factory.model.unit import Unit
from factory.near import near
from factory.sources.registry import SOURCES
from factory.sources.seam import Offline
from factory.tree.workspace import NoWorkspaceError, load

_KIND = "salesforce"


@dataclass(frozen=True)
class DestinationUnit:
    """A unit, and what its specs take over from it and from the group."""

    unit: Unit
    catalog: Offline
    catalogs: Callable[[str], Offline]
    folder: Path
    defaults: dict[str, Any]
    _abouts: dict[tuple[str, str, str], About] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _of_objects: dict[str, dict[str, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def salesforce(self) -> tuple[str, ...]:
        """The unit's Salesforce connections."""
        return tuple(self.unit.sources.get(_KIND, ()))

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.unit.name

    def about(self, values: Mapping[str, Any]) -> About:
        """What the catalogue says of the object of a spec about a table."""
        kind = str(values.get("source", _KIND))
        first = next(iter(self.unit.sources.get(kind, ())), "")
        asked = (kind, str(values.get("connection", first)), str(values["object"]))
        if asked not in self._abouts:
            self._abouts[asked] = self.catalogs(kind).about(*asked[1:])
        return self._abouts[asked]

    def object_name(self, name: str) -> str:
        """The object's name in the case of the catalogue, where that has it."""
        return self._objects.get(name.casefold(), name)

    def field_name(self, object_name: str, path: str) -> str:
        """A field's path in the case of the catalogue, as far as that reaches."""
        *parents, name = path.split(".")
        found = []
        fields = self._fields(object_name)
        for parent in parents:
            relationships = _by_fold(_relationship(one) for one in fields.values())
            found.append(relationships.get(parent.casefold(), parent))
            fields = self._fields(
                found[-1]
            )  # a parent under its object's own name; others keep the rest as it is
        return ".".join((*found, fields.get(name.casefold(), name)))

    @cached_property
    def _objects(self) -> dict[str, str]:
        return _by_fold(self.catalog.names(""))

    def _fields(self, object_name: str) -> dict[str, str]:
        """The fields of an object, by their names without case: a query names hundreds of them."""
        if object_name not in self._of_objects:
            offers = self.catalog.offers("", object_name) or ()
            self._of_objects[object_name] = _by_fold(offer.name for offer in offers)
        return self._of_objects[object_name]


def _by_fold(names: Iterable[str]) -> dict[str, str]:
    return {one.casefold(): one for one in names}


def _relationship(field: str) -> str:
    """The name under which a query reaches the parent of a reference field."""
    return f"{field.removesuffix('__c')}__r" if field.endswith("__c") else field.removesuffix("Id")


def destination_unit(configs: Path, name: str) -> DestinationUnit:
    """The unit of a tree of configs.

    Raises:
        UsageFailure: there is no such tree, or no such unit in it.
    """
    try:
        tree = load(configs)
    except NoWorkspaceError as error:
        raise UsageFailure(str(error)) from None
    unit = next((one for one in tree.units if one.name == name), None)
    if unit is None:
        meant = near(name, [one.name for one in tree.units])
        cure = f"did you mean `{meant}`?" if meant else f"write it first: `factory unit new {name} …`"
        raise UsageFailure(f"{configs} has no unit `{name}`; {cure}")
    return DestinationUnit(
        unit,
        SOURCES[_KIND].offline(configs, tree.group),
        lambda kind: SOURCES[kind].offline(configs, tree.group),
        configs / name,
        _defaults(tree.group) | _defaults(unit),
    )


def _defaults(layer: Unit | Group) -> dict[str, Any]:
    values = layer.document.mapping.get("defaults") if layer.document else None
    return dict(values) if isinstance(values, dict) else {}
