"""ING31x: objects and fields against the offline catalogue of the org."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lake_ingest.sources.salesforce.field_types import COMPOUND_TYPES
from lake_ingest.sources.salesforce.options import DEFAULT_CURSOR
from lake_ingest.spec.window import Full, Incremental

from factory.model.ingestion import Field, Ingestion
from factory.near import near
from factory.read.document import KeyPath
from factory.read.span import Span
from factory.rules.landing import protect_instead, taken
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule
from factory.sources.salesforce.catalog import Broken, Catalog, resolve
from factory.sources.salesforce.catalog_object import CatalogField, CatalogObject

_RIGHT = "object: Contact\nwindow: full\nfields: [Id, AccountId, Account.Name, SystemModstamp]\n"

UNKNOWN_OBJECT = Rule(
    "ING310", "unknown-object", "The object is not in the org's catalogue.",
    "A misspelt object fails when the DAG runs. A new one is added by `factory catalog pull`.",
    wrong="object: Task\nwindow: full\n", right=_RIGHT,
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
    "ING313", "not-readable", "The object cannot be queried, or the files of a field cannot be read in this way.",
    "The files of a base64 field land beside the rows, each as an object that its row's id names, one API call each. They are read as they are,"
    " by REST, of records that are not deleted.",
    wrong="object: Attachment\nwindow: full\nfields: [Id, {name: Body, protect: hash}]\n",
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
REPLICATED = Rule(
    "ING318", "not-replicated", "Commits are awaited of an object that Salesforce does not replicate.",
    "The org says by its replication calls how far its changes are committed; some objects do not have these calls.",
    wrong="object: CaseStatus\nwindow: {last: 6 months}\nawait_commits: true\n",
    right="object: Contact\nwindow: {last: 6 months}\nfields: [Id]\nawait_commits: true\n",
)  # fmt: skip
STALE = Rule(
    "ING330", "stale-values", "An incremental ingestion reads values that change without their row being stamped.",
    "When a parent is renamed, or the inputs of a formula change, the rows that show it are not stamped: an incremental window never"
    " reads them again.",
    wrong='object: Contact\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 5 * * *"\nfields: [Id, AccountId, Account.Name]\n',
    right='object: Contact\nwindow: incremental\nrefresh: 7 days\nstart: "2026-01-01"\nschedule: "15 5 * * *"\nfields: [Id, AccountId, Account.Name]\n',
    severity=Severity.WARNING,
)  # fmt: skip
RULES = (UNKNOWN_OBJECT, UNKNOWN_FIELD, COMPOUND, UNREADABLE, CURSOR, PERSONAL, REPLICATED, STALE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is named: its key path, and its place where that is inside a query."""

    path: KeyPath
    span: Span | None = None


def check(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    """Where a spec departs from what the org has; an empty catalogue says nothing."""
    if not catalog.names or not spec.object:
        return
    one = catalog.object(spec.object)
    if one is None and not spec.unit.may_read(spec.traits, spec.object):
        return  # the unit's rule has told it, with the name that was meant
    if one is None:
        cure = f"Correct it, or pull it: `{pull(spec, spec.object)}`."
        message = f"`{spec.object}` is not in the catalogue of the org"
        yield UNKNOWN_OBJECT.at(
            spec.document, ("object",), message, near=near(spec.object, catalog.names), cure=cure
        )
        return
    if not one.queryable:
        yield UNREADABLE.at(
            spec.document, ("object",), f"`{one.name}` cannot be queried", cure="Choose another object."
        )
    if spec.await_commits and not one.replicateable and "await_commits" not in spec.broken:
        yield _not_replicated(spec, one)
    if spec.query is None:
        yield from _cursor(spec, one)
        yield from _fields(spec, one, catalog)
        yield from _stale(spec, one)


def _not_replicated(spec: Ingestion, one: CatalogObject) -> Problem:
    return REPLICATED.at(
        *spec.place("await_commits"),
        f"Salesforce does not replicate `{one.name}`, so its commits cannot be awaited",
        cure=f"Write `await_commits: false` in {spec.document.path}; an overlap guards against late commits too.",
    )


def _cursor(spec: Ingestion, one: CatalogObject) -> Iterator[Problem]:
    if spec.window == Full() or {"cursor", "window"} & spec.broken:
        return
    name = spec.cursor
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
    meant = near(name, usable) if spec.settings["cursor"].layer != "default" else ""
    yield CURSOR.at(
        *spec.place("cursor", "object"), message, near=meant, cure=_cursor_cure(one, usable) if not meant else "",
    )  # fmt: skip


def _cursor_cure(one: CatalogObject, usable: Sequence[str]) -> str:
    """The stamp that the object has; some that Salesforce writes itself, histories and shares, lack the usual one."""
    if DEFAULT_CURSOR in usable or one.cursor not in usable:
        return f"Possible are {', '.join(usable)}." if usable else "Read it with `window: full`."
    why = "its rows are added and never changed" if one.cursor == "CreatedDate" else "each change stamps it"
    return f"Write `cursor: {one.cursor}`: {why}."


def _stale(spec: Ingestion, one: CatalogObject) -> Iterator[Problem]:
    """Values that an incremental window misses, and no periodic full read brings."""
    if not isinstance(spec.window, Incremental) or spec.refresh or {"fields", "refresh"} & spec.unusable:
        return
    if spec.fields is None:
        dropped = {field.name for field in spec.exceptions if field.protect == "drop"}
        stale = [name for name, field in one.fields.items() if field.calculated and name not in dropped]
        path: KeyPath = ("object",)
    else:
        named = {field.name: one.field(field.name) for field in spec.fields if field.protect != "drop"}
        stale = [name for name, found in named.items() if "." in name or (found and found.calculated)]
        path = next((field.path for field in spec.fields if field.name in stale), ("fields",))
    if stale:
        message = f"{_listed(tuple(stale))} may change without the row being stamped; the window then misses the new value"
        cure = "Write `refresh: 7 days`: the first run of each week then reads every row again."
        yield STALE.at(spec.document, path, message, cure=cure)


def _fields(spec: Ingestion, one: CatalogObject, catalog: Catalog) -> Iterator[Problem]:
    if "fields" in spec.broken:
        return
    if spec.fields is None:
        yield from _all_fields(spec, one)
    for field in spec.named_fields:
        yield from field_problems(spec, one, field, Place(field.path), catalog)
        yield from _spelling(spec, one, field, Place(field.path))


def _spelling(spec: Ingestion, one: CatalogObject, field: Field, place: Place) -> Iterator[Problem]:
    """A column is called as it is written, so its case counts here."""
    found = one.field(field.name)
    if found is not None and found.name != field.name:
        yield unknown_field(spec, Broken((), field.name, (), (one,)), place)


def _all_fields(spec: Ingestion, one: CatalogObject) -> Iterator[Problem]:
    excepted = {field.name for field in spec.exceptions}
    personal = [name for name, field in one.fields.items() if field.may_be_personal and name not in excepted]
    if personal:
        message = f"every field is read, among them personal data: {', '.join(personal)}"
        path, cure = protect_instead(spec, personal)
        yield PERSONAL.at(spec.document, path, message, cure=cure)
    yield from taken(spec, one.fields)


def field_problems(
    spec: Ingestion, one: CatalogObject, field: Field, place: Place, catalog: Catalog, *, whole: bool = True
) -> Iterator[Problem]:
    """What is wrong with one field whose values a spec or its query gives.

    Args:
        spec: the spec.
        one: the object that the field's path begins at.
        field: its path, protection and reason.
        place: where it is named.
        catalog: of the org.
        whole: whether the field's own value is given, not one that a function makes of it.
    """
    found = resolve(one, field.name, catalog)
    document = spec.document
    if isinstance(found, Broken):
        yield unknown_field(spec, found, place)
    elif found.type in COMPOUND_TYPES and whole:
        cure = f"Name its parts: {', '.join(found.parts)}." if found.parts else "Name its parts."
        yield COMPOUND.at(
            document, place.path, f"`{field.name}` is made of parts", cure=cure, span=place.span
        )
    elif found.type == "base64":
        yield from _files(spec, field, place)
    elif not field.protect and not field.reason:
        yield from _personal(spec, field, found, place)


def _files(spec: Ingestion, field: Field, place: Place) -> Iterator[Problem]:
    """Why the files of a field cannot be read, if so."""
    named = {one.name: one for one in spec.named_fields}
    hidden = "Id" in named and named["Id"].protect in ("hash", "mask")
    reasons = {
        "which a query does not land": (
            "Leave it out, or use `fields` and `window` instead of the query.",
            spec.query,
        ),
        "which are read only where `fields` names them": ("Leave it out of `except`.", bool(spec.exceptions)),
        "which cannot be protected": (
            "Land them as they are, or leave the field out.",
            field.protect in ("hash", "mask"),
        ),
        "and Salesforce gives none of deleted records": (
            "Delete `include_deleted`, or read the files by a spec of their own.",
            spec.include_deleted and field.protect != "drop",
        ),
        "which Bulk does not read": ("Write `api: auto`.", spec.options.get("api") == "bulk"),
        "each of which is named by its `Id`, and that is protected": ("Read `Id` unprotected.", hidden),
    }
    for reason, (cure, applies) in reasons.items():
        if applies:
            message = f"`{field.name}` holds files, {reason}"
            yield UNREADABLE.at(spec.document, place.path, message, cure=cure, span=place.span)
            return


def _personal(spec: Ingestion, field: Field, found: CatalogField, place: Place) -> Iterator[Problem]:
    cure = "Write `{name: " + field.name + ", protect: hash}` (or mask, drop), or give a `reason:`."
    if spec.query:
        cure = (
            "A query cannot protect fields: leave it out, or use `fields` and `window` instead of the query."
        )
    if found.personal:
        message = f"`{field.name}` is personal data without protection"
    elif found.unseen:
        message = f"`{field.name}` may be personal data: the catalogue does not hold {_listed(found.unseen)}, where it lies"
        cure = f"Pull it: `{pull(spec, found.unseen[0])}`. Or else: {cure[0].lower()}{cure[1:]}"
    else:
        return
    yield PERSONAL.at(spec.document, place.path, message, cure=cure, span=place.span)


def pull(spec: Ingestion, name: str) -> str:
    """The command that brings an object into the catalogue; what it looks up is the connection of the spec."""
    connection = spec.connection or next(
        iter(spec.unit.sources.get(spec.traits.kind, ())), "salesforce_default"
    )
    return f"factory catalog pull --connection {connection} --object {name}"


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def unknown_field(spec: Ingestion, broken: Broken, place: Place) -> Problem:
    """A field that is not there, with the one that was probably meant, by its name or its label."""
    names: dict[str, None] = {}
    for one in broken.held:
        names |= dict.fromkeys(one.relationships if broken.after else one.fields)
    step = near(broken.step, names)
    if not step and not broken.after:
        labels = {
            field.label: field.name for one in broken.held for field in one.fields.values() if field.label
        }
        step = labels.get(near(broken.step, labels), "")
    meant = step and broken.mended(step)
    cure = "" if meant else f"A new field is added by `{pull(spec, broken.held[0].name)}`."
    return UNKNOWN_FIELD.at(
        spec.document, place.path, broken.text, near=meant, cure=cure, span=place.span, instead=meant
    )
