"""Objects and their fields, as the org describes them."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.salesforce import name_object
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.field_types import COMPOUND_TYPES

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Field:
    """What is known of one field of one object."""

    name: str
    type: str  # as Salesforce names it: string, currency, datetime …
    relationship: str | None = None  # Account, for AccountId
    refers_to: tuple[str, ...] = ()
    filterable: bool = True
    points_to_names: bool = (
        False  # several objects may be at the other end, whatever `refers_to` shows the user
    )

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
    stands_for: tuple[str, ...] | None = None  # of the object Name: the objects that may be there

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
        found = self._described(name)
        if not found.queryable:
            raise FatalError(f"object {name} cannot be queried")
        return found

    def find(self, object_name: str, path: str) -> Field:
        """Find a field by its path from an object: `Amount`, `Account.Owner.Name`.

        What is behind a relationship to several objects and is not a field of the object Name is left to Salesforce's judgement,
        as text.

        Raises:
            FatalError: there is no such field, or no such relationship, or the user may not read it.
        """
        place = self.describe(object_name)
        *parents, last = path.split(".")
        for parent in parents:
            reference = self._way(place, parent, path)
            if reference is None:
                return Field(last, "string")
            place = self._behind(reference)
        field = place.field(last) or next(
            (found for target in self._hidden_behind(place) if (found := target.field(last))), None
        )
        if field is not None:
            return field
        if place.stands_for is not None:
            return Field(last, "string")
        raise FatalError(
            f"object {place.name} has no field '{last}' that the connection's user may read."
            " Correct the spec, or give the user the right."
        )

    def _way(self, place: ObjectDescription, parent: str, path: str) -> Field | None:
        """The reference behind a relationship's name; None where only Salesforce knows."""
        reference = place.by_relationship(parent) or next(
            (found for target in self._hidden_behind(place) if (found := target.by_relationship(parent))),
            None,
        )
        if reference is None and place.stands_for is None:
            raise FatalError(
                f"object {place.name} has no relationship '{parent}', which field '{path}' goes through."
                " Correct the spec, or give the connection's user the right to read it."
            )
        return reference

    def _behind(self, reference: Field) -> ObjectDescription:
        """The object at the other end."""
        if reference.points_to_names:
            return ObjectDescription(name_object.NAME, True, _NAME_FIELDS, {}, stands_for=reference.refers_to)
        return self._described(reference.refers_to[0])

    def _hidden_behind(self, place: ObjectDescription) -> Iterator[ObjectDescription]:
        """The objects that the object Name stands for, less those that the user may not see."""
        for name in place.stands_for or ():
            try:
                yield self._described(name)
            except (FatalError, RetriableError) as error:
                log.info("Left out: %s", error)

    def _described(self, name: str) -> ObjectDescription:
        if name not in self._known:
            answer = self._client.get(f"sobjects/{name}/describe", f"describe {name}")
            self._known[name] = read_description(answer)
        return self._known[name]


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
    targets = tuple(field.get("referenceTo") or ())
    several = len(targets) != 1 or bool(field.get("polymorphicForeignKey") or field.get("namePointing"))
    return Field(
        name=field["name"],
        type=field["type"],
        relationship=field.get("relationshipName"),
        refers_to=targets,
        filterable=bool(field.get("filterable", True)),
        points_to_names=several and bool(field.get("relationshipName")),
    )


_NAME_FIELDS = tuple(
    Field(
        name,
        type_,
        relationship=name_object.PARENTS.get(name),
        refers_to=(name_object.PARENTS[name],) if name in name_object.PARENTS else (),
    )
    for name, type_ in name_object.TYPES.items()
)
