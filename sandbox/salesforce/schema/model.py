"""Objects and fields as frozen values; what a field may be used for follows from its type."""

from dataclasses import dataclass, field
from typing import Final

TEXT_TYPES: Final = frozenset(
    {
        "string",
        "textarea",
        "picklist",
        "multipicklist",
        "combobox",
        "email",
        "phone",
        "url",
        "encryptedstring",
    }
)
ID_TYPES: Final = frozenset({"id", "reference"})
DECIMAL_TYPES: Final = frozenset({"double", "currency", "percent"})
INTEGER_TYPES: Final = frozenset({"int", "long"})
NUMBER_TYPES: Final = DECIMAL_TYPES | INTEGER_TYPES
COMPOUND_TYPES: Final = frozenset({"address", "location"})
TEMPORAL_TYPES: Final = frozenset({"date", "datetime", "time"})
LONG_TEXT: Final = 255


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object, named as Salesforce's describe result names things."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    child_relationship: str | None = None
    values: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()  # of the values whose label is another text
    compound: str | None = None
    formula: str | None = None
    loaded_formula: bool = False  # a formula of a loaded description, whose values came with the rows
    name_field: bool = False
    auto_number: bool = False
    unique: bool = False

    @property
    def custom(self) -> bool:
        return self.name.endswith(("__c", "__s"))

    @property
    def calculated(self) -> bool:
        """Whether it is a formula of the org's own; Salesforce describes its own derived fields as ordinary ones."""
        return self.loaded_formula or (self.formula is not None and self.custom)

    @property
    def stored(self) -> bool:
        """Whether the field has a column of its own; formulas and compounds are made of others."""
        return self.formula is None and self.type not in COMPOUND_TYPES

    @property
    def long_text(self) -> bool:
        return self.type == "textarea" and self.length > LONG_TEXT

    @property
    def filterable(self) -> bool:
        return not self.long_text and self.type not in COMPOUND_TYPES | {
            "base64",
            "encryptedstring",
            "anyType",
        }

    @property
    def sortable(self) -> bool:
        return self.filterable and self.type != "multipicklist"

    @property
    def groupable(self) -> bool:
        ungroupable = DECIMAL_TYPES | {"datetime", "time", "multipicklist", "textarea", "long"}
        return self.filterable and self.type not in ungroupable and not self.calculated

    @property
    def aggregatable(self) -> bool:
        return self.sortable and self.type not in {"boolean", "time"}

    @property
    def updateable(self) -> bool:
        return (
            self.stored
            and not self.auto_number
            and not self.loaded_formula
            and self.name not in SYSTEM_FIELDS
        )

    @property
    def sql_type(self) -> str:
        """The DuckDB type of the column that holds the field."""
        if self.type in DECIMAL_TYPES:
            return f"DECIMAL({self.precision or 18},{self.scale})"
        return SQL_TYPES.get(self.type, "VARCHAR")


SYSTEM_FIELDS: Final = frozenset(
    {
        "Id",
        "IsDeleted",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
    }
)

SQL_TYPES: Final = {
    "boolean": "BOOLEAN",
    "int": "INTEGER",
    "long": "BIGINT",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "base64": "BLOB",
}


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object; `fields` in the order of its describe result."""

    name: str
    key_prefix: str
    label: str
    plural: str
    fields: tuple[Field, ...]
    queryable: bool = True
    bulk_supported: bool = True
    replicateable: bool = True
    filters: tuple[str, ...] = ()  # one of these fields must be compared with ids
    index: tuple[str, ...] = ()  # of a big object
    aggregates: bool = True
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update((one.name.lower(), one) for one in self.fields)

    @property
    def custom(self) -> bool:
        return self.name.endswith(("__c", "__b"))

    @property
    def big(self) -> bool:
        """Whether it is a big object, which is filtered by its index only."""
        return bool(self.index)

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        return tuple(one for one in self.fields if one.stored)

    def field(self, name: str) -> Field | None:
        """The field of that name, whatever its case; None if there is none."""
        return self.by_name.get(name.lower())

    def parts_of(self, compound: str) -> tuple[Field, ...]:
        """The fields that a compound field is made of, in describe order."""
        return tuple(one for one in self.fields if one.compound == compound)

    def relationship(self, name: str) -> Field | None:
        """The reference field whose relationship has that name, whatever its case."""
        wanted = name.lower()
        return next((one for one in self.fields if (one.relationship_name or "").lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """A parent's view of a reference field of another object."""

    child: ObjectType
    via: Field
    name: str


@dataclass(frozen=True)
class Schema:
    """All objects of the org, by lower-case name."""

    objects: dict[str, ObjectType]

    @classmethod
    def of(cls, *types: ObjectType) -> "Schema":
        return cls({one.name.lower(): one for one in types})

    def object(self, name: str) -> ObjectType | None:
        """The object of that name, whatever its case; None if there is none."""
        return self.objects.get(name.lower())

    def children(self, parent: ObjectType) -> tuple[ChildRelationship, ...]:
        """The relationships that lead from an object to its children."""
        return tuple(
            ChildRelationship(child, via, via.child_relationship)
            for child in self.objects.values()
            for via in child.fields
            if via.child_relationship and parent.name in via.reference_to
        )
