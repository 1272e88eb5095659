"""ING31x: objects and fields against the offline catalogue of the org."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from factory.catalog import Catalog, CatalogField, CatalogObject
from factory.describe import COMPOUND_TYPES
from factory.near import near
from factory.problem import Problem, Span
from factory.rules.rule import Rule
from factory.source.document import KeyPath
from factory.source.inner import inner_span
from factory.spec import Field, Spec

if TYPE_CHECKING:
    from factory.soql import Query, Word

_RIGHT = "object: Contact\nwindow: full\nfields: [Id, AccountId, Account.Name, SystemModstamp]\n"

UNKNOWN_OBJECT = Rule(
    "ING310", "unknown-object", "The object is not in the org's catalogue.",
    "A misspelt object fails when the DAG runs. A new one is added by `factory catalog pull`.",
    wrong="object: Case\nwindow: full\n", right=_RIGHT,
)  # fmt: skip
UNKNOWN_FIELD = Rule(
    "ING311", "unknown-field", "The object has no such field, or the connection's user cannot read it.",
    "One wrong field fails the whole query when the DAG runs.",
    wrong="object: Contact\nwindow: full\nfields: [Id, AcountId]\n", right=_RIGHT,
)  # fmt: skip
COMPOUND = Rule(
    "ING312", "compound-field", "The field is made of parts, and Bulk does not deliver it.",
    "An address or a location is delivered as its parts; naming the parts gives the same columns whichever API is used.",
    wrong="object: Contact\nwindow: full\nfields: [Id, {name: MailingAddress, protect: drop}]\n",
    right="object: Contact\nwindow: full\nfields: [Id, MailingCountry]\n",
)  # fmt: skip
UNREADABLE = Rule(
    "ING313", "not-readable", "The object cannot be queried, or the field holds files.",
    "Objects that are not queryable and base64 fields have no place in a table.",
    wrong="object: Attachment\nwindow: full\nfields: [Id, Body]\n",
    right=_RIGHT,
)  # fmt: skip
CURSOR = Rule(
    "ING314", "bad-cursor", "The cursor cannot bound a window.",
    "A window filters by the cursor: it must be a date or date-time of the object, and filterable.",
    wrong="object: Contact\nwindow: {last: 6 months}\ncursor: Description\nfields: [Id]\n",
    right="object: Contact\nwindow: {last: 6 months}\ncursor: CreatedDate\nfields: [Id]\n",
)  # fmt: skip
PERSONAL = Rule(
    "ING315", "personal-data", "A field of personal data has neither protection nor a stated reason.",
    "The catalogue marks what is personal data. Reading it in the clear is a decision, so somebody must have taken it.",
    wrong="object: Contact\nwindow: full\nfields: [Id, Email]\n",
    right="object: Contact\nwindow: full\nfields: [Id, {name: Email, protect: mask}]\n",
)  # fmt: skip
FILTER = Rule(
    "ING316", "not-filterable", "The query filters by a field that cannot be filtered.",
    "Salesforce refuses filters on long texts, addresses and encrypted fields.",
    wrong="object: Opportunity\nquery: SELECT Id FROM Opportunity WHERE Description = 'x'\n",
    right="object: Opportunity\nquery: SELECT Id FROM Opportunity WHERE Name = 'x'\n",
)  # fmt: skip
CHILD_OBJECT = Rule(
    "ING317", "child-not-allowed", "The query reads a child object that the unit may not read.",
    "A child relationship reaches another object, whose rows belong to the agreement as well.",
    wrong="object: Account\nquery: SELECT Id, (SELECT Id FROM Cases) FROM Account\n",
    right="object: Account\nquery: SELECT Id FROM Account\n", fixed=True,
)  # fmt: skip

RULES = (UNKNOWN_OBJECT, UNKNOWN_FIELD, COMPOUND, UNREADABLE, CURSOR, PERSONAL, FILTER, CHILD_OBJECT)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field is named: its key path, and its place where that is inside a query."""

    path: KeyPath
    span: Span | None = None


def check(spec: Spec, catalog: Catalog) -> Iterator[Problem]:
    """Where a spec departs from what the org has; an empty catalogue says nothing."""
    if not catalog.names or not spec.object:
        return
    one = catalog.object(spec.object)
    if one is None:
        cure = f"Correct it, or pull it: `factory catalog pull --object {spec.object}`."
        message = f"`{spec.object}` is not in the catalogue of the org"
        yield UNKNOWN_OBJECT.at(
            spec.document, ("object",), message, near=near(spec.object, catalog.names), cure=cure
        )
        return
    if not one.queryable:
        yield UNREADABLE.at(
            spec.document, ("object",), f"`{one.name}` cannot be queried", cure="Choose another object."
        )
    if spec.query is None:
        yield from _cursor(spec, one)
        yield from _fields(spec, one, catalog)


def check_query(spec: Spec, query: "Query", catalog: Catalog) -> Iterator[Problem]:
    """Where a query departs from what the org has."""
    one = catalog.object(query.object.text) or catalog.object(spec.object)
    if one is None:
        return
    yield from _selected(spec, query, one, catalog)
    for child in query.children:
        yield from _child(spec, child, one, catalog)


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


def _selected(spec: Spec, query: "Query", one: CatalogObject, catalog: Catalog) -> Iterator[Problem]:
    for word in query.columns:
        yield from _field(spec, one, Field(word.text), _in_query(spec, word), catalog)
    for word in query.compared:
        found = resolve(one, word.text, catalog)
        place = _in_query(spec, word)
        if isinstance(found, str):
            yield _unknown(spec, one, word.text, found, place)
        elif not found.filterable:
            message = f"`{word.text}` cannot be filtered"
            yield FILTER.at(
                spec.document, place.path, message, cure="Filter by another field.", span=place.span
            )


def _child(spec: Spec, child: "Query", one: CatalogObject, catalog: Catalog) -> Iterator[Problem]:
    place = _in_query(spec, child.object)
    name = child.object.text
    if name not in one.children:
        message = f"`{one.name}` has no child relationship `{name}`"
        meant = near(name, one.children)
        yield UNKNOWN_FIELD.at(spec.document, place.path, message, near=meant, span=place.span)
        return
    target = one.children[name]
    allowed = spec.unit.objects
    if allowed is not None and "objects" not in spec.unit.broken and target not in allowed:
        message = f"`{name}` reads `{target}`, which is not among the `objects` of {spec.unit.name}"
        cure = f"Add it in {spec.unit.document.path}."
        yield CHILD_OBJECT.at(spec.document, place.path, message, cure=cure, span=place.span)
    found = catalog.object(target)
    if found:
        yield from _selected(spec, child, found, catalog)


def _cursor(spec: Spec, one: CatalogObject) -> Iterator[Problem]:
    if spec.window == "full" or {"cursor", "window"} & spec.broken:
        return
    setting = spec.settings["cursor"]
    name = str(setting.value)
    field = one.fields.get(name)
    usable = [
        other.name for other in one.fields.values() if other.type in ("date", "datetime") and other.filterable
    ]
    if field is not None and field.name in usable:
        return
    message = (
        f"`{one.name}` has no field `{name}`"
        if field is None
        else f"`{name}` is of type {field.type} and cannot bound a window"
    )
    document, path = (setting.document, setting.path) if setting.document else (spec.document, ("object",))
    yield CURSOR.at(
        document, path, message, near=near(name, usable), cure=f"Possible are {', '.join(usable)}."
    )


def _fields(spec: Spec, one: CatalogObject, catalog: Catalog) -> Iterator[Problem]:
    if "fields" in spec.broken:
        return
    if spec.fields is None:
        yield from _all_fields(spec, one)
        return
    for index, field in enumerate(spec.fields):
        path: KeyPath = (
            ("fields", index) if isinstance(spec.value("fields")[index], str) else ("fields", index, "name")
        )
        yield from _field(spec, one, field, _Place(path), catalog)


def _all_fields(spec: Spec, one: CatalogObject) -> Iterator[Problem]:
    personal = [field.name for field in one.fields.values() if field.personal]
    if personal:
        message = f"every field is read, among them personal data: {', '.join(personal)}"
        cure = "Name the fields, and protect these: `{name: " + personal[0] + ", protect: hash}`."
        yield PERSONAL.at(spec.document, ("object",), message, cure=cure)


def _field(
    spec: Spec, one: CatalogObject, field: Field, place: _Place, catalog: Catalog
) -> Iterator[Problem]:
    found = resolve(one, field.name, catalog)
    document = spec.document
    if isinstance(found, str):
        yield _unknown(spec, one, field.name, found, place)
    elif found.type in COMPOUND_TYPES:
        cure = f"Name its parts: {', '.join(found.parts)}." if found.parts else "Name its parts."
        yield COMPOUND.at(
            document, place.path, f"`{field.name}` is made of parts", cure=cure, span=place.span
        )
    elif found.type == "base64":
        yield UNREADABLE.at(
            document, place.path, f"`{field.name}` holds files", cure="Leave it out.", span=place.span
        )
    elif found.personal and not field.protect and not field.reason:
        cure = "Write `{name: " + field.name + ", protect: hash}` (or mask, drop), or give a `reason:`."
        if spec.query:
            cure = "A query cannot protect fields: leave it out, or use `fields` and `window` instead of the query."
        yield PERSONAL.at(
            document,
            place.path,
            f"`{field.name}` is personal data without protection",
            cure=cure,
            span=place.span,
        )


def _unknown(spec: Spec, one: CatalogObject, path: str, reason: str, place: _Place) -> Problem:
    first, dot, rest = path.partition(".")
    meant = near(first, one.relationships if dot else one.fields)
    if meant == first:
        meant = ""  # the fault lies further down the path
    cure = "" if meant else "A new field is added by `factory catalog pull`."
    return UNKNOWN_FIELD.at(
        spec.document, place.path, reason, near=meant and meant + dot + rest, cure=cure, span=place.span
    )


def _in_query(spec: Spec, word: "Word") -> _Place:
    return _Place(("query",), inner_span(spec.document, ("query",), spec.query or "", word.start, word.end))
