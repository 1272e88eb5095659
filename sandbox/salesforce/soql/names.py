"""Names in a query, looked up in the schema."""

from dataclasses import dataclass, replace
from typing import Final

from sandbox.salesforce.schema.model import Field, ObjectType, Schema
from sandbox.salesforce.soql.soql_error import SoqlError, located
from sandbox.salesforce.soql.syntax import Path, Query

MAXIMUM_LEVELS: Final = 5
ADVICE: Final = "Please reference your WSDL or the describe call for the appropriate names."

# What a polymorphic relationship (Task.Who, Task.What) shows of whatever it leads to: the fixed fields of the object Name.
NAME_OBJECT: Final = ObjectType(
    "Name",
    "",
    "Name",
    "Names",
    (
        Field("Id", "id", length=18),
        Field("Name", "string", length=255),
        Field("Type", "picklist", length=40),
        Field("FirstName", "string", length=40),
        Field("LastName", "string", length=80),
        Field("MiddleName", "string", length=40),
        Field("Suffix", "string", length=40),
        Field("Alias", "string", length=8),
        Field("NameOrAlias", "string", length=255),
        Field("Title", "string", length=128),
        Field("Email", "email", length=80),
        Field("Phone", "phone", length=40),
        Field("Username", "string", length=80),
        Field("IsActive", "boolean"),
        Field("LastViewedDate", "datetime"),
        Field("LastReferencedDate", "datetime"),
        Field("ProfileId", "reference", length=18, relationship_name="Profile"),
        Field("RecordTypeId", "reference", length=18, relationship_name="RecordType"),
        Field("UserRoleId", "reference", length=18, relationship_name="UserRole"),
    ),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A field, and the references that lead to it from the object a query reads."""

    steps: tuple[Field, ...]
    owner: ObjectType
    field: Field
    at: int

    @property
    def name(self) -> str:
        """The dotted name in the schema's own spelling."""
        return ".".join([*(str(step.relationship_name) for step in self.steps), self.field.name])

    @property
    def nillable(self) -> bool:
        return self.field.nillable or self.field.formula is not None or bool(self.steps)


@dataclass(frozen=True, slots=True)
class Scope:
    """The object that a query reads, and the text that errors point into."""

    schema: Schema
    object: ObjectType
    alias: str | None
    text: str
    relations: tuple[
        tuple[str, tuple[str, ...]], ...
    ] = ()  # what aliases of FROM's further entries stand for

    @classmethod
    def of(cls, schema: Schema, query: Query) -> "Scope":
        """The scope of a query's FROM clause.

        Raises:
            SoqlError: INVALID_TYPE, no such object.
        """
        found = schema.object(query.source.parts[-1]) if len(query.source.parts) == 1 else None
        if found is None:
            raise located("INVALID_TYPE", query.text, query.source.at, unknown_object(str(query.source)))
        if not found.queryable:
            raise located(
                "INVALID_TYPE_FOR_OPERATION",
                query.text,
                query.source.at,
                f"entity type {found.name} does not support query",
            )
        return cls.over(schema, found, query)

    @classmethod
    def over(cls, schema: Schema, one: ObjectType, query: Query) -> "Scope":
        """The scope of a query over an object, with the relationships that FROM names.

        Raises:
            SoqlError: one of them leads nowhere.
        """
        scope = cls(schema, one, query.alias, query.text)
        for path, alias in query.relations:
            scope.follow(path)
            parts = scope.written_out(path.parts)
            scope = replace(scope, relations=(*scope.relations, (alias.lower(), parts)))
        return scope

    def column(self, path: Path) -> Column:
        """The field that a dotted name leads to.

        Raises:
            SoqlError: INVALID_FIELD, with Salesforce's pointer into the query.
        """
        parts = list(self.written_out(path.parts))
        if len(parts) > MAXIMUM_LEVELS + 1:
            raise SoqlError(
                "MALFORMED_QUERY", f"a path can lead through {MAXIMUM_LEVELS} relationships at most: {path}"
            )
        steps, owner = self._follow(parts[:-1], path)
        field = owner.field(parts[-1])
        if field is None:
            raise located("INVALID_FIELD", self.text, path.at, unknown_field(parts[-1], owner.name))
        return Column(steps, owner, field, path.at)

    def written_out(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """A path without the aliases that FROM gives and without the object's own name."""
        first = parts[0].lower()
        relation = dict(self.relations).get(first)
        if relation is not None:
            return relation + parts[1:]
        own = {(self.alias or "").lower(), self.object.name.lower()}
        return parts[1:] if len(parts) > 1 and first in own else parts

    def follow(self, path: Path) -> tuple[tuple[Field, ...], ObjectType]:
        """The references that a path of relationships leads through, and the object at its end.

        Raises:
            SoqlError: INVALID_FIELD, one of them is not there.
        """
        return self._follow(list(self.written_out(path.parts)), path)

    def _follow(self, relationships: list[str], path: Path) -> tuple[tuple[Field, ...], ObjectType]:
        owner, steps = self.object, []
        for name in relationships:
            step = owner.relationship(name)
            if step is None:
                raise located("INVALID_FIELD", self.text, path.at, unknown_relationship(name, "field path"))
            steps.append(step)
            owner = target_of(self.schema, step)
        return tuple(steps), owner


def target_of(schema: Schema, step: Field) -> ObjectType:
    """The object at the end of a reference; for a polymorphic one or one to nothing known, the pseudo-object Name."""
    if len(step.reference_to) != 1:
        return NAME_OBJECT
    target = schema.object(step.reference_to[0])
    return target if target is not None else NAME_OBJECT


def unknown_object(name: str) -> str:
    return (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append "
        f"the '__c' after the entity name. {ADVICE}"
    )


def unknown_field(name: str, owner: str) -> str:
    return (
        f"No such column '{name}' on entity '{owner}'. If you are attempting to use a custom field, be sure to "
        f"append the '__c' after the custom field name. {ADVICE}"
    )


def unknown_relationship(name: str, where: str) -> str:
    return (
        f"Didn't understand relationship '{name}' in {where}. If you are attempting to use a custom relationship, "
        f"be sure to append the '__r' after the custom relationship name. {ADVICE}"
    )
