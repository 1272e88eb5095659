"""What an import has to know of the unit that the specs are for: its connections, its bucket, its defaults, the catalogue."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factory.command_failure import UsageFailure
from factory.model.group import Group
from factory.model.unit import Unit
from factory.near import near
from factory.sources.salesforce.catalog import Catalog, open_catalog
from factory.tree.workspace import NoWorkspaceError, load


@dataclass(frozen=True)
class DestinationUnit:
    """A unit, and what its specs take over from it and from the group."""

    unit: Unit
    catalog: Catalog
    folder: Path
    defaults: dict[str, Any]

    @property
    def salesforce(self) -> tuple[str, ...]:
        """The unit's Salesforce connections."""
        return tuple(self.unit.sources.get("salesforce", ()))

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.unit.name

    def object_name(self, name: str) -> str:
        """The object's name in the case of the catalogue, where that has it."""
        return self._known(name, self.catalog.names)

    def field_name(self, object_name: str, path: str) -> str:
        """A field's path in the case of the catalogue, as far as that reaches."""
        one = self.catalog.object(object_name)
        *parents, name = path.split(".")
        found = []
        for parent in parents:
            known = self._known(parent, one.relationships) if one else parent
            found.append(known)
            reference = one.relationships.get(known) if one else None
            one = (
                self.catalog.object(reference.parents[0])
                if reference and len(reference.parents) == 1
                else None
            )
        found.append(self._known(name, one.fields) if one else name)
        return ".".join(found)

    def is_date(self, object_name: str, field: str) -> bool | None:
        """Whether a field holds dates without a time; None where the catalogue does not have it."""
        one = self.catalog.object(object_name)
        known = one.fields.get(field) if one else None
        return known.type == "date" if known else None

    @staticmethod
    def _known(name: str, names: Any) -> str:
        by_fold: dict[str, str] = {one.casefold(): one for one in names}
        return by_fold.get(name.casefold(), name)


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
        unit, open_catalog(configs, tree.group), configs / name, _defaults(tree.group) | _defaults(unit)
    )


def _defaults(layer: Unit | Group) -> dict[str, Any]:
    values = layer.document.mapping.get("defaults") if layer.document else None
    return dict(values) if isinstance(values, dict) else {}
