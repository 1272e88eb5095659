"""Short constructors for fields, so that an object's declaration reads like its page in Setup."""

from collections.abc import Iterable, Mapping

from sandbox.salesforce.schema.model import Field, ObjectType


def text(name: str, length: int = 255, *, required: bool = False, name_field: bool = False) -> Field:
    return Field(name, "string", length=length, nillable=not required, name_field=name_field)


def long_text(name: str, length: int = 32000) -> Field:
    return Field(name, "textarea", length=length)


def picklist(
    name: str, *values: str, required: bool = False, labels: Mapping[str, str] | None = None
) -> Field:
    """`labels` has the labels that are not the value itself."""
    shown = tuple((labels or {}).items())
    return Field(name, "picklist", length=255, values=values, labels=shown, nillable=not required)


def multipicklist(name: str, *values: str, labels: Mapping[str, str] | None = None) -> Field:
    return Field(name, "multipicklist", length=4099, values=values, labels=tuple((labels or {}).items()))


def boolean(name: str) -> Field:
    return Field(name, "boolean", nillable=False)


def integer(name: str, digits: int = 8) -> Field:
    return Field(name, "int", precision=digits)


def number(name: str, precision: int = 18, scale: int = 2, *, formula: str | None = None) -> Field:
    return Field(name, "double", precision=precision, scale=scale, formula=formula)


def currency(name: str, scale: int = 2, *, formula: str | None = None) -> Field:
    return Field(name, "currency", precision=18, scale=scale, formula=formula)


def percent(name: str, scale: int = 0, *, formula: str | None = None) -> Field:
    return Field(name, "percent", precision=18 if scale else 3, scale=scale, formula=formula)


def date(name: str, *, required: bool = False) -> Field:
    return Field(name, "date", nillable=not required)


def datetime(name: str, *, required: bool = False) -> Field:
    return Field(name, "datetime", nillable=not required)


def time(name: str) -> Field:
    return Field(name, "time")


def email(name: str) -> Field:
    return Field(name, "email", length=80)


def phone(name: str) -> Field:
    return Field(name, "phone", length=40)


def url(name: str) -> Field:
    return Field(name, "url", length=255)


def reference(
    name: str, *targets: str, via: str | None = None, children: str | None = None, required: bool = False
) -> Field:
    """A lookup; `via` names the way to the parent (left out: the field without `Id`, or `__r` for `__c`)."""
    default = name[:-1] + "r" if name.endswith("__c") else name.removesuffix("Id")
    return Field(
        name,
        "reference",
        length=18,
        nillable=not required,
        reference_to=targets,
        relationship_name=via or default,
        child_relationship=children,
    )


def owner(children: str | None = None, *, queues: bool = False) -> Field:
    """The user who owns a row, or a queue where rows can be in one."""
    targets = ("Group", "User") if queues else ("User",)
    return reference("OwnerId", *targets, children=children, required=True)


def formula(name: str, type_: str, expression: str, *, length: int = 1300) -> Field:
    """A calculated text, boolean or date; `{Field}` and `{Parent.Field}` stand for other fields."""
    return Field(name, type_, length=length if type_ == "string" else 0, formula=expression)


def person_name(*, required: bool = True) -> tuple[Field, ...]:
    """The compound `Name` of a person and its parts."""
    salutations = ("Mr.", "Ms.", "Dr.", "Prof.")
    parts = (
        text("LastName", 80, required=required),
        text("FirstName", 40),
        picklist("Salutation", *salutations),
    )
    whole = Field(
        "Name",
        "string",
        length=121,
        nillable=False,
        name_field=True,
        formula="concat_ws(' ', {FirstName}, {LastName})",
    )
    return (*(_part(one, "Name") for one in parts), whole)


def address(name: str) -> tuple[Field, ...]:
    """A compound address, `name` ending in `Address`, and its parts."""
    stem = name.removesuffix("Address")
    parts = (
        Field(f"{stem}Street", "textarea", length=255),
        text(f"{stem}City", 40),
        text(f"{stem}State", 80),
        text(f"{stem}PostalCode", 20),
        text(f"{stem}Country", 80),
        number(f"{stem}Latitude", 18, 15),
        number(f"{stem}Longitude", 18, 15),
        picklist(f"{stem}GeocodeAccuracy", "Address", "Street", "City", "Zip"),
    )
    return (*(_part(one, name) for one in parts), Field(name, "address"))


def geolocation(name: str) -> tuple[Field, ...]:
    """A custom geolocation field and its two parts, `X__Latitude__s` and `X__Longitude__s`."""
    stem = name.removesuffix("__c")
    parts = (number(f"{stem}__Latitude__s", 18, 15), number(f"{stem}__Longitude__s", 18, 15))
    return (*(_part(one, name) for one in parts), Field(name, "location"))


def _part(one: Field, compound: str) -> Field:
    return Field(
        one.name,
        one.type,
        length=one.length,
        precision=one.precision,
        scale=one.scale,
        nillable=one.nillable,
        values=one.values,
        compound=compound,
    )


def object_type(
    name: str,
    prefix: str,
    label: str,
    plural: str,
    *fields: Field | Iterable[Field],
    bulk_supported: bool = True,
    replicateable: bool = True,
    aggregates: bool = True,
) -> ObjectType:
    """An object with the system fields that every one carries."""
    own = [one for entry in fields for one in ([entry] if isinstance(entry, Field) else entry)]
    head = [Field("Id", "id", length=18, nillable=False), Field("IsDeleted", "boolean", nillable=False)]
    tail = [
        datetime("CreatedDate", required=True),
        reference("CreatedById", "User", required=True),
        datetime("LastModifiedDate", required=True),
        reference("LastModifiedById", "User", required=True),
        datetime("SystemModstamp", required=True),
    ]
    return ObjectType(
        name,
        prefix,
        label,
        plural,
        (*head, *own, *tail),
        bulk_supported=bulk_supported,
        replicateable=replicateable,
        aggregates=aggregates,
    )
