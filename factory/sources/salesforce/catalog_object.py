"""An object of an org and its fields, as the catalogue knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class CatalogField:
    """A field as describe tells it, and whether it holds personal data.

    `parts` are the fields that a compound one is made of; `parents` are the objects that `relationship` leads to. `unseen` are
    objects that a path leads to, or whose values it holds, and that the catalogue does not have: what lies there may be personal data.
    """

    name: str
    type: str
    label: str = ""
    filterable: bool = True
    calculated: bool = False
    personal: bool = False
    relationship: str = ""
    parents: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def may_be_personal(self) -> bool:
        """Whether it holds personal data, or nobody can tell."""
        return self.personal or bool(self.unseen)


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

    @property
    def cursor(self) -> str:
        """The stamp that each change of a row sets; histories are only added to, shares have no stamp of the system. "" without any."""
        return next(
            (one for one in ("SystemModstamp", "LastModifiedDate", "CreatedDate") if one in self.fields), ""
        )

    def field(self, name: str) -> CatalogField | None:
        """The field of that name, in any case, as SOQL has it."""
        return self.fields.get(name) or self._folded.get(name.lower())

    def parent(self, name: str) -> CatalogField | None:
        """The reference field that a relationship's name stands for, in any case."""
        return self.relationships.get(name) or self._folded_relationships.get(name.lower())

    def child(self, name: str) -> str | None:
        """The object that a child relationship reads, by its name in any case."""
        return {one.lower(): target for one, target in self.children.items()}.get(name.lower())

    @cached_property
    def _folded(self) -> dict[str, CatalogField]:
        return {name.lower(): one for name, one in self.fields.items()}

    @cached_property
    def _folded_relationships(self) -> dict[str, CatalogField]:
        return {name.lower(): one for name, one in self.relationships.items()}
