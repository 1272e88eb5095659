"""ING316 and ING317: what a written query reads, against the offline catalogue of the org."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from factory.model.ingestion import Field, Spec
from factory.near import near
from factory.read.inner import inner_span
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.salesforce.catalog import Catalog, CatalogObject, resolve
from factory.sources.salesforce.catalog_rules import UNKNOWN_FIELD, Place, field_problems, unknown_field

if TYPE_CHECKING:
    from factory.sources.salesforce.soql_parser import Query, Word

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

RULES = (FILTER, CHILD_OBJECT)


def check(spec: Spec, query: "Query", catalog: Catalog) -> Iterator[Problem]:
    """Where a query departs from what the org has."""
    one = catalog.object(query.object.text) or catalog.object(spec.object)
    if one is None:
        return
    yield from _selected(spec, query, one, catalog)
    for child in query.children:
        yield from _child(spec, child, one, catalog)


def _selected(spec: Spec, query: "Query", one: CatalogObject, catalog: Catalog) -> Iterator[Problem]:
    for word in query.columns:
        yield from field_problems(spec, one, Field(word.text), _in_query(spec, word), catalog)
    for word in query.compared:
        found = resolve(one, word.text, catalog)
        place = _in_query(spec, word)
        if isinstance(found, str):
            yield unknown_field(spec, one, word.text, found, place)
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


def _in_query(spec: Spec, word: "Word") -> Place:
    return Place(("query",), inner_span(spec.document, ("query",), spec.query or "", word.start, word.end))
