"""ING332, ING333 and ING334: rows in the recycle bin, marked and asked for."""

from collections.abc import Iterator

from lake_ingest.sources.salesforce.soql.api_names import FLAG
from lake_ingest.sources.salesforce.soql.deleted import unmarked, wants_deleted_only
from lake_ingest.sources.salesforce.soql.reader import read_condition, read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.salesforce import query_rules
from factory.sources.salesforce.catalog import Catalog

UNMARKED = Rule(
    "ING332", "unmarked-deleted-rows", "Deleted rows are read, and nothing marks them.",
    "`include_deleted` reads the recycle bin as well. Without the field IsDeleted, in the clear, whoever reads the data takes its rows"
    " for living ones.",
    wrong="object: Opportunity\nwindow: full\nfields: [Id, Name]\ninclude_deleted: true\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, Name, IsDeleted]\ninclude_deleted: true\n", fixed=True,
)  # fmt: skip
NEVER_DELETED = Rule(
    "ING333", "no-recycle-bin", "Deleted rows are asked for of an object that has no recycle bin.",
    "An object without the field IsDeleted keeps no deleted rows, so that `include_deleted` would have no effect.",
    wrong="object: CaseStatus\nwindow: full\ninclude_deleted: true\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, IsDeleted]\ninclude_deleted: true\n",
)  # fmt: skip
NOT_READ = Rule(
    "ING334", "deleted-rows-not-read", "A condition asks for deleted rows alone, and they are not read.",
    "Without `include_deleted: true`, or with `deletes: ignore`, a condition `IsDeleted = true` is fulfilled by no row.",
    wrong="object: Opportunity\nwindow: full\nfields: [Id]\nfilter: IsDeleted = true\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, IsDeleted]\nfilter: IsDeleted = true\ninclude_deleted: true\n", fixed=True,
)  # fmt: skip
RULES = (UNMARKED, NEVER_DELETED, NOT_READ)

_NO = "write `include_deleted: false`."


def check(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with what a spec says of deleted rows."""
    if {"object", "query", "filter", "fields", "include_deleted", "deletes"} & spec.broken:
        return
    one = catalog.object(spec.object)
    if spec.include_deleted and one is not None and one.field(FLAG) is None:
        message = f"`{one.name}` has no field `{FLAG}`: it has no recycle bin"
        yield NEVER_DELETED.at(*spec.place("include_deleted"), message, cure=f"Delete it, or {_NO}")
        return
    try:
        yield from _of_query(spec, spec.query) if spec.query else _of_fields(spec)
    except SoqlError:
        return  # its own rule reports it


def _of_query(spec: Ingestion, text: str) -> Iterator[Problem]:
    query = read_query(text)
    if not spec.include_deleted:
        if wants_deleted_only(query.where):
            yield _not_read(spec, "query")
        return
    if spec.deletes == "ignore":
        message = "`deletes: ignore` has no effect beside `query`: its deleted rows would be written"
        cure = f"Write the condition `{FLAG} = false` into the query, or {_NO}"
        yield query_rules.BESIDE.at(*spec.place("deletes"), message, cure=cure, on_key=True)
        return
    found = unmarked(query, spec.options["relationship_object"])
    if found is not None:
        cure = f"Select `{FLAG}` from {found.object.text} in the query, or {_NO}"
        yield _unmarked(spec, f"the query does not select `{FLAG}` from {found.object.text}", cure)


def _of_fields(spec: Ingestion) -> Iterator[Problem]:
    if not spec.include_deleted or spec.deletes == "ignore":
        if spec.filter and wants_deleted_only(read_condition(spec.filter, spec.object)):
            yield _not_read(spec, "filter")
        return
    named = {field.name.lower(): field for field in spec.named_fields}
    flag = named.get(FLAG.lower())
    if spec.fields is not None and flag is None:
        cure = f"Add `{FLAG}` to the fields, or write `deletes: ignore`, or {_NO}"
        yield _unmarked(spec, f"`{FLAG}` is not among the fields", cure)
    elif flag is not None and flag.protect == "drop":
        cure = f"Read `{FLAG}` too, or write `deletes: ignore`, or {_NO}"
        yield _unmarked(spec, f"`{FLAG}` is left out", cure)
    elif flag is not None and flag.protect:
        yield _unmarked(spec, f"`{FLAG}` is protected", f"Read `{FLAG}` unprotected.")


def _unmarked(spec: Ingestion, reason: str, cure: str) -> Problem:
    message = f"deleted rows are read, and nothing marks them: {reason}"
    return UNMARKED.at(*spec.place("include_deleted"), message, cure=cure)


def _not_read(spec: Ingestion, key: str) -> Problem:
    message = f"the {key} asks for deleted rows alone, and they are not read"
    ignored = spec.include_deleted and spec.deletes == "ignore"
    cure = "Write `deletes: soft`." if ignored else "Add `include_deleted: true`."
    return NOT_READ.at(spec.document, (key,), message, cure=cure)
