"""Objects and their fields, as the org describes them."""

from dataclasses import dataclass
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.field_types import COMPOUND_TYPES


@dataclass(frozen=True)
class Field:
    """What is known of one field of one object."""

    name: str
    type: str  # as Salesforce names it: string, currency, datetime …
    relationship: str | None = None  # Account, for AccountId
    refers_to: tuple[str, ...] = ()
    filterable: bool = True

    @property
    def compound(self) -> bool:
        """Whether the field is an address or a location, which only REST reads, as an object of its parts."""
        return self.type in COMPOUND_TYPES

    @property
    def readable_in_bulk(self) -> bool:
        """Whether Bulk API 2.0 takes the field: no compound fields, no base64."""
        return not self.compound and self.type != "base64"


@dataclass(frozen=True)
class ObjectDescription:
    """An object: its name as the org spells it, its fields, and its child relationships by lower-cased name."""

    name: str
    queryable: bool
    fields: tuple[Field, ...]
    children: dict[str, str]

    def field(self, name: str) -> Field | None:
        """The field of that name, in any case."""
        wanted = name.lower()
        return next((field for field in self.fields if field.name.lower() == wanted), None)

    def by_relationship(self, name: str) -> Field | None:
        """The reference field behind a relationship name: AccountId for Account."""
        wanted = name.lower()
        return next((field for field in self.fields if (field.relationship or "").lower() == wanted), None)


class Describer:
    """Descriptions of one org, each object asked for once."""

    def __init__(self, client: Client) -> None:
        """Ask nothing yet."""
        self._client = client
        self._known: dict[str, ObjectDescription] = {}

    def describe(self, name: str) -> ObjectDescription:
        """Describe an object.

        Raises:
            FatalError: the org has no such object, or the user may not see or query it.
        """
        if name not in self._known:
            answer = self._client.get(f"sobjects/{name}/describe", f"describe {name}")
            self._known[name] = read_description(answer)
        found = self._known[name]
        if not found.queryable:
            raise FatalError(f"object {name} cannot be queried")
        return found

    def find(self, object_name: str, path: str) -> Field:
        """Find a field by its path from an object: `Amount`, `Account.Owner.Name`.

        Raises:
            FatalError: there is no such field, or no such relationship, or the user may not read it.
        """
        description = self.describe(object_name)
        *parents, last = path.split(".")
        for parent in parents:
            reference = description.by_relationship(parent)
            if reference is None or not reference.refers_to:
                raise FatalError(
                    f"object {description.name} has no relationship '{parent}', which field '{path}' goes through."
                    " Correct the spec, or give the connection's user the right to read it."
                )
            description = self._target(reference, last if parent == parents[-1] else None)
        field = description.field(last)
        if field is None:
            raise FatalError(
                f"object {description.name} has no field '{last}' that the connection's user may read."
                " Correct the spec, or give the user the right."
            )
        return field

    def _target(self, reference: Field, wanted: str | None) -> ObjectDescription:
        """The object a reference leads to; of several (an owner is a user or a queue) the one that has the field."""
        targets = [self.describe(name) for name in reference.refers_to]
        return next((target for target in targets if wanted and target.field(wanted)), targets[-1])


def read_description(answer: dict[str, Any]) -> ObjectDescription:
    """Read a describe result (REST API, sObject Describe)."""
    return ObjectDescription(
        name=answer["name"],
        queryable=bool(answer.get("queryable", True)),
        fields=tuple(_field(field) for field in answer["fields"]),
        children={
            child["relationshipName"].lower(): child["childSObject"]
            for child in answer.get("childRelationships") or ()
            if child.get("relationshipName")
        },
    )


def _field(field: dict[str, Any]) -> Field:
    return Field(
        name=field["name"],
        type=field["type"],
        relationship=field.get("relationshipName"),
        refers_to=tuple(field.get("referenceTo") or ()),
        filterable=bool(field.get("filterable", True)),
    )
