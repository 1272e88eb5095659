"""Every field that a query reads, compares or arranges by, held against the catalogue."""

from collections.abc import Iterable, Iterator

from lake_ingest.sources.salesforce.soql.functions import paths_in
from lake_ingest.sources.salesforce.soql.nodes import (
    Call,
    Comparison,
    Condition,
    Membership,
    Path,
    Query,
    TypeOf,
)
from lake_ingest.sources.salesforce.soql.walk import (
    Leaf,
    arranging_paths,
    child_queries,
    compared_paths,
    leaves,
    semi_joins,
    type_switches,
)

from factory.model.ingestion import Field
from factory.near import near
from factory.rules.problem import Problem
from factory.sources.salesforce import query_catalog_rules as against_catalog
from factory.sources.salesforce.catalog import Broken, is_plain, resolve
from factory.sources.salesforce.catalog_object import CatalogObject
from factory.sources.salesforce.catalog_rules import (
    PERSONAL,
    UNKNOWN_FIELD,
    UNKNOWN_OBJECT,
    field_problems,
    pull,
    unknown_field,
)
from factory.sources.salesforce.value_types import wanted_instead, written_as
from factory.sources.salesforce.written_soql import WrittenSoql

_TELLS_NO_VALUE = {"COUNT", "COUNT_DISTINCT", "GROUPING"}  # a count of e-mail addresses is not personal data


def check_query(soql: WrittenSoql, query: Query, one: CatalogObject) -> Iterator[Problem]:
    """A query or child query, whose paths begin at an object."""
    for item in query.items:
        expression = item.expression
        if isinstance(expression, Path | Call):
            yield from _selected(soql, expression, one)
    for switch in type_switches(query):
        yield from _type_of(soql, switch, one)
    if query.where is not None:
        yield from check_condition(soql, query.where, one)
    for path in (*compared_paths(query.having), *arranging_paths(query)):
        yield from _exists(soql, path, one)
    for child in child_queries(query):
        yield from _child(soql, child, one)


def _selected(soql: WrittenSoql, expression: Path | Call, one: CatalogObject) -> Iterator[Problem]:
    tells = isinstance(expression, Path) or expression.name not in _TELLS_NO_VALUE
    for path in paths_in(expression):
        if tells:
            field = Field(path.below(one.name).text)
            place = soql.place(path.start, path.end)
            whole = isinstance(expression, Path)
            yield from field_problems(soql.spec, one, field, place, soql.catalog, whole=whole)
        else:
            yield from _exists(soql, path, one)


def _exists(soql: WrittenSoql, path: Path, one: CatalogObject) -> Iterator[Problem]:
    name = path.below(one.name).text
    found = resolve(one, name, soql.catalog)
    if isinstance(found, Broken):
        yield unknown_field(soql.spec, found, soql.place(path.start, path.end))


def check_condition(soql: WrittenSoql, condition: Condition, one: CatalogObject) -> Iterator[Problem]:
    for leaf in leaves(condition):
        for path in paths_in(leaf.left):
            yield from _exists(soql, path, one)
        if isinstance(leaf.left, Path):
            yield from _compared(soql, leaf, leaf.left, one)
    for inner in semi_joins(condition):
        target = soql.catalog.find(inner.object.text)
        if target is not None:
            yield from _inner(soql, inner, target)
        elif soql.catalog.names:
            message = f"`{inner.object.text}` is not in the catalogue of the org"
            meant = near(inner.object.text, soql.catalog.names)
            cure = f"Correct it, or pull it: `{pull(soql.spec, inner.object.text)}`."
            yield soql.at(UNKNOWN_OBJECT, inner.object, message, cure, meant)


def _compared(soql: WrittenSoql, leaf: Leaf, path: Path, one: CatalogObject) -> Iterator[Problem]:
    """A field itself, not what a function makes of it, compared with values."""
    found = resolve(one, path.below(one.name).text, soql.catalog)
    if isinstance(found, Broken):
        return
    if not found.filterable:
        message = f"`{path.text}` cannot be filtered"
        yield soql.at(against_catalog.FILTER, path, message, "Filter by another field.")
        return
    values = (
        (leaf.right,) if isinstance(leaf, Comparison) else leaf.values if isinstance(leaf, Membership) else ()
    )
    for value in values:
        wanted = wanted_instead(found.type, value)
        if wanted:
            message = f"`{path.text}` is of type {found.type} and cannot be compared with `{value.text}`"
            yield soql.instead(
                against_catalog.VALUE, value, message, written_as(found.type, value), f"Write {wanted}."
            )


def _inner(soql: WrittenSoql, inner: Query, target: CatalogObject) -> Iterator[Problem]:
    """The query of a semi-join: its values are compared and not given."""
    for item in inner.items:
        for path in paths_in(item.expression):
            yield from _exists(soql, path, target)
    if inner.where is not None:
        yield from check_condition(soql, inner.where, target)


def _type_of(soql: WrittenSoql, switch: TypeOf, one: CatalogObject) -> Iterator[Problem]:
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


def _child(soql: WrittenSoql, child: Query, one: CatalogObject) -> Iterator[Problem]:
    spec, name = soql.spec, child.object.text
    target = one.child(name)
    if target is None:
        message = f"`{one.name}` has no child relationship `{name}`"
        yield soql.at(UNKNOWN_FIELD, child.object, message, meant=near(name, one.children))
        return
    if not spec.unit.may_read(spec.traits, target):
        message = f"`{name}` reads `{target}`, which is not among the `objects` of {spec.unit.name}"
        cure = f"Add it in {spec.unit.document.path}."
        yield soql.at(against_catalog.CHILD_OBJECT, child.object, message, cure)
        return
    found = soql.catalog.object(target)
    if found is not None:
        yield from check_query(soql, child, found)
    else:
        paths = (path for item in child.items for path in paths_in(item.expression))
        yield from _unseen(soql, (path.below(target) for path in paths), target)


def _unseen(soql: WrittenSoql, paths: Iterable[Path], target: str) -> Iterator[Problem]:
    """Fields of an object that the catalogue does not hold: any of them may be personal data."""
    for path in paths:
        if not is_plain(path.text):
            message = (
                f"`{path.text}` may be personal data: the catalogue does not hold `{target}`, where it lies"
            )
            cure = f"Pull it: `{pull(soql.spec, target)}`, or leave the field out."
            yield soql.at(PERSONAL, path, message, cure)
