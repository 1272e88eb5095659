"""What a spec writes in SOQL, its query or its filter, read and held against the catalogue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lake_ingest.sources.salesforce.soql import MAX_LENGTH
from lake_ingest.sources.salesforce.soql.functions import paths_in
from lake_ingest.sources.salesforce.soql.id_bound import BOUND
from lake_ingest.sources.salesforce.soql.nodes import (
    Call,
    Comparison,
    Condition,
    Path,
    Query,
    TypeOf,
    Value,
    Word,
)
from lake_ingest.sources.salesforce.soql.reader import read_condition, read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.walk import (
    arranging_paths,
    child_queries,
    compared_paths,
    comparisons,
    comparisons_of,
    ids_wanted,
    leaves,
    not_in_bulk,
    semi_joins,
    type_switches,
)
from lake_ingest.spec.window import Full

from factory.model.ingestion import Field, Ingestion
from factory.near import near
from factory.read.inner import inner_span
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.salesforce import query_catalog_rules as against_catalog
from factory.sources.salesforce import query_rules as rules
from factory.sources.salesforce.catalog import Catalog, CatalogObject, is_plain, resolve
from factory.sources.salesforce.catalog_rules import (
    PERSONAL,
    UNKNOWN_FIELD,
    UNKNOWN_OBJECT,
    Place,
    field_problems,
    unknown_field,
)

_TELLS_NO_VALUE = {"COUNT", "COUNT_DISTINCT", "GROUPING"}  # a count of e-mail addresses is not personal data


def check(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with a spec's query or filter, and with the keys beside it."""
    if "query" in spec.broken:
        return
    if spec.query is None:
        yield from _without_query(spec, catalog)
        return
    for key in ("fields", "cursor", "filter"):
        if spec.says(key):
            cure = "Delete it; the query says what is read."
            yield rules.BESIDE.at(
                spec.document, (key,), f"`{key}` has no effect beside `query`", cure=cure, on_key=True
            )
    if len(spec.query) > MAX_LENGTH:
        message = f"the query has {len(spec.query):,} characters; SOQL takes {MAX_LENGTH:,}"
        yield rules.LENGTH.at(spec.document, ("query",), message, cure="Shorten it.")
        return
    yield from _check_query(spec, spec.query, catalog)


def _without_query(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    if spec.says("relationship_object"):
        message = "`relationship_object` needs a query that selects that relationship"
        yield rules.BESIDE.at(
            spec.document, ("relationship_object",), message, cure="Add `query:`.", on_key=True
        )
    if "filter" in spec.broken:
        return
    condition = None
    if spec.filter:
        soql = _Soql(spec, "filter", spec.filter, catalog)
        try:
            condition = read_condition(spec.filter, spec.object)
        except SoqlError as error:
            yield soql.refused(rules.FILTER_SYNTAX, error)
            return
        yield from _check_filter(soql, condition)
    if spec.object in BOUND:
        yield from _check_ids(spec, condition)


def _check_query(spec: Ingestion, text: str, catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with a spec's `query`."""
    soql = _Soql(spec, "query", text, catalog)
    try:
        query = read_query(text)
    except SoqlError as error:
        yield soql.refused(rules.SYNTAX, error)
        return
    yield from _object(soql, query)
    yield from _relationship(spec, query)
    if spec.options["api"] == "bulk":
        for feature in not_in_bulk(query):
            cure = "Write `api: rest`, or `auto`."
            yield soql.at(rules.BULK, feature, f"the Bulk API takes no query with {feature.text}", cure)
    yield from _literals(soql, comparisons(query))
    yield from _ids(soql, query.object, query.object.text, query.where)
    one = catalog.find(query.object.text) or catalog.object(spec.object)
    if one is not None:
        yield from _query(soql, query, one)


def _check_filter(soql: "_Soql", condition: Condition) -> Iterator[Problem]:
    """What is wrong with a filter that was read."""
    yield from _literals(soql, comparisons_of(condition))
    one = soql.catalog.object(soql.spec.object)
    if one is not None:
        yield from _condition(soql, condition, one)


def _check_ids(spec: Ingestion, condition: Condition | None) -> Iterator[Problem]:
    """Whether an object that is only read for given ids has them in its filter, and no other condition from a window."""
    fields = ids_wanted(spec.object, condition)
    if fields:
        message, cure = _ids_needed(spec.object, fields)
        yield against_catalog.IDS.at(spec.document, ("object",), message, cure=cure)
    elif spec.window is not None and not isinstance(spec.window, Full):
        document, path = spec.place("window", "object")
        message = f"Salesforce reads `{spec.object}` by ids alone, and a window adds another condition"
        yield against_catalog.IDS.at(document, path, message, cure="Write `window: full`.")


@dataclass(frozen=True)
class _Soql:
    """A key of a spec whose value is SOQL."""

    spec: Ingestion
    key: str
    text: str
    catalog: Catalog

    def place(self, start: int, end: int) -> Place:
        """A stretch of the value, in the file."""
        return Place((self.key,), inner_span(self.spec.document, (self.key,), self.text, start, end))

    def at(
        self, rule: Rule, node: Word | Path | Value, message: str, cure: str = "", meant: str = ""
    ) -> Problem:
        """A problem of a rule at a node."""
        place = self.place(node.start, node.end)
        return rule.at(self.spec.document, place.path, message, cure=cure, near=meant, span=place.span)

    def refused(self, rule: Rule, error: SoqlError) -> Problem:
        """The problem that the reader found, with the keyword that was probably meant."""
        meant = near(self.text[error.start : error.end], error.expected)
        return self.at(rule, Word("", error.start, error.end), str(error), meant=meant)


def _object(soql: _Soql, query: Query) -> Iterator[Problem]:
    spec, found = soql.spec, query.object
    if spec.object and "object" not in spec.broken and found.text.lower() != spec.object.lower():
        message = f"the query reads `{found.text}`, the spec is about `{spec.object}`"
        cure = "Let both name the same object."
        yield soql.at(rules.OBJECT, found, message, cure, near(found.text, [spec.object]))


def _relationship(spec: Ingestion, query: Query) -> Iterator[Problem]:
    wanted_name = spec.options["relationship_object"]
    names = [child.object.text for child in child_queries(query)]
    if wanted_name and wanted_name.lower() not in {name.lower() for name in names}:
        cure = (
            f"The query selects {', '.join(names)}."
            if names
            else f"Add `(SELECT … FROM {wanted_name})` to the query."
        )
        message = f"the query does not select the relationship `{wanted_name}`"
        meant = near(wanted_name, names)
        yield rules.RELATIONSHIP.at(spec.document, ("relationship_object",), message, near=meant, cure=cure)


def _literals(soql: _Soql, found: Iterator[Comparison]) -> Iterator[Problem]:
    for comparison in found:
        if comparison.right.kind != "literal":
            continue
        literal, operator = comparison.right.text, comparison.operator
        if operator in (">", "<="):
            where = "after the end of" if operator == ">" else "everything up to the end of"
            message = f"`{operator} {literal}` means {where} the range, not its start"
            cure = f"Write `{'>=' if operator == '>' else '<'} {literal}` for its start, or a date."
            yield soql.at(rules.AFTER_LITERAL, comparison.right, message, cure)
        message = f"`{literal}` is resolved when the query runs, so a rerun reads other rows"
        cure = "Write a date, or use `window`" + (" instead of a query." if soql.key == "query" else ".")
        yield soql.at(rules.RELATIVE, comparison.right, message, cure)


def _ids(soql: _Soql, node: Word, object_name: str, condition: Condition | None) -> Iterator[Problem]:
    fields = ids_wanted(object_name, condition)
    if fields:
        message, cure = _ids_needed(object_name, fields)
        yield soql.at(against_catalog.IDS, node, message, cure)


def _ids_needed(object_name: str, fields: tuple[str, ...]) -> tuple[str, str]:
    message = f"Salesforce reads `{object_name}` only for given values of {' or '.join(fields)}"
    example = f"{fields[0]} IN (SELECT Id FROM …)" if fields[0].endswith("Id") else f"{fields[0]} = '…'"
    return message, f"Give them with = or IN, as in `filter: {example}`."


def _query(soql: _Soql, query: Query, one: CatalogObject) -> Iterator[Problem]:
    """A query or child query, whose paths begin at an object."""
    for item in query.items:
        expression = item.expression
        if isinstance(expression, Path | Call):
            yield from _selected(soql, expression, one)
    for switch in type_switches(query):
        yield from _type_of(soql, switch, one)
    if query.where is not None:
        yield from _condition(soql, query.where, one)
    for path in (*compared_paths(query.having), *arranging_paths(query)):
        yield from _exists(soql, path, one)
    for child in child_queries(query):
        yield from _child(soql, child, one)


def _selected(soql: _Soql, expression: Path | Call, one: CatalogObject) -> Iterator[Problem]:
    tells = isinstance(expression, Path) or expression.name not in _TELLS_NO_VALUE
    for path in paths_in(expression):
        if tells:
            field = Field(path.below(one.name).text)
            place = soql.place(path.start, path.end)
            whole = isinstance(expression, Path)
            yield from field_problems(soql.spec, one, field, place, soql.catalog, whole=whole)
        else:
            yield from _exists(soql, path, one)


def _exists(soql: _Soql, path: Path, one: CatalogObject) -> Iterator[Problem]:
    name = path.below(one.name).text
    found = resolve(one, name, soql.catalog)
    if isinstance(found, str):
        yield unknown_field(soql.spec, one, name, found, soql.place(path.start, path.end))


def _condition(soql: _Soql, condition: Condition, one: CatalogObject) -> Iterator[Problem]:
    for leaf in leaves(condition):
        for path in paths_in(leaf.left):
            yield from _exists(soql, path, one)
            found = resolve(one, path.below(one.name).text, soql.catalog)
            if isinstance(leaf.left, Path) and not isinstance(found, str) and not found.filterable:
                message = f"`{path.text}` cannot be filtered"
                yield soql.at(against_catalog.FILTER, path, message, "Filter by another field.")
    for inner in semi_joins(condition):
        target = soql.catalog.find(inner.object.text)
        if target is not None:
            yield from _inner(soql, inner, target)
        elif soql.catalog.names:
            message = f"`{inner.object.text}` is not in the catalogue of the org"
            meant = near(inner.object.text, soql.catalog.names)
            cure = f"Correct it, or pull it: `factory catalog pull --object {inner.object.text}`."
            yield soql.at(UNKNOWN_OBJECT, inner.object, message, cure, meant)


def _inner(soql: _Soql, inner: Query, target: CatalogObject) -> Iterator[Problem]:
    """The query of a semi-join: its values are compared and not given."""
    for item in inner.items:
        for path in paths_in(item.expression):
            yield from _exists(soql, path, target)
    if inner.where is not None:
        yield from _condition(soql, inner.where, target)


def _type_of(soql: _Soql, switch: TypeOf, one: CatalogObject) -> Iterator[Problem]:
    """TYPEOF: each branch begins at its own object, ELSE at any of the relationship's targets."""
    relationship = switch.relationship.below(one.name)
    yield from _exists(soql, Path((*relationship.parts, "Id"), relationship.start, relationship.end), one)
    for case in switch.cases:
        target = soql.catalog.find(case.object.text)
        if target is None:
            yield from _unseen(soql, case.paths, case.object.text)
            continue
        for path in case.paths:
            place = soql.place(path.start, path.end)
            yield from field_problems(soql.spec, target, Field(path.text), place, soql.catalog)
    for path in switch.otherwise:
        field = Field(".".join((*relationship.parts, *path.parts)))
        yield from field_problems(soql.spec, one, field, soql.place(path.start, path.end), soql.catalog)


def _child(soql: _Soql, child: Query, one: CatalogObject) -> Iterator[Problem]:
    spec, name = soql.spec, child.object.text
    target = one.child(name)
    if target is None:
        message = f"`{one.name}` has no child relationship `{name}`"
        yield soql.at(UNKNOWN_FIELD, child.object, message, meant=near(name, one.children))
        return
    if not spec.unit.may_read(target):
        message = f"`{name}` reads `{target}`, which is not among the `objects` of {spec.unit.name}"
        cure = f"Add it in {spec.unit.document.path}."
        yield soql.at(against_catalog.CHILD_OBJECT, child.object, message, cure)
        return
    found = soql.catalog.object(target)
    if found is not None:
        yield from _query(soql, child, found)
    else:
        paths = (path for item in child.items for path in paths_in(item.expression))
        yield from _unseen(soql, (path.below(target) for path in paths), target)


def _unseen(soql: _Soql, paths: Iterable[Path], target: str) -> Iterator[Problem]:
    """Fields of an object that the catalogue does not hold: any of them may be personal data."""
    for path in paths:
        if not is_plain(path.text):
            message = (
                f"`{path.text}` may be personal data: the catalogue does not hold `{target}`, where it lies"
            )
            cure = f"Pull it: `factory catalog pull --object {target}`, or leave the field out."
            yield soql.at(PERSONAL, path, message, cure)
