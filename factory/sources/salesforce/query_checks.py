"""What a spec says in SOQL, and the keys beside it: the checks of ING30x and ING319."""

from collections.abc import Iterator

from lake_ingest.sources.salesforce.soql import MAX_LENGTH
from lake_ingest.sources.salesforce.soql.id_bound import BOUND
from lake_ingest.sources.salesforce.soql.nodes import Comparison, Condition, Query, Word
from lake_ingest.sources.salesforce.soql.reader import read_condition, read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.walk import (
    child_queries,
    comparisons,
    comparisons_of,
    ids_wanted,
    not_in_bulk,
)
from lake_ingest.spec.window import Full

from factory.model.ingestion import Ingestion
from factory.near import near
from factory.rules import other_habits
from factory.rules.problem import Problem
from factory.sources.salesforce import fields_read
from factory.sources.salesforce import query_catalog_rules as against_catalog
from factory.sources.salesforce import query_rules as rules
from factory.sources.salesforce.catalog import Catalog
from factory.sources.salesforce.written_soql import WrittenSoql


def check(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with a spec's query or filter, and with the keys beside it."""
    if "query" in spec.broken or _is_template(spec.query) or _is_template(spec.filter):
        return  # the rule of templates has told it
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


def _is_template(text: str | None) -> bool:
    return text is not None and ("{{" in text or "{%" in text)


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
        soql = WrittenSoql(spec, "filter", spec.filter, catalog)
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
    soql = WrittenSoql(spec, "query", text, catalog)
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
    yield from _habits(soql, comparisons(query))
    yield from _ids(soql, query.object, query.object.text, query.where)
    one = catalog.find(query.object.text) or catalog.object(spec.object)
    if one is not None:
        yield from fields_read.check_query(soql, query, one)


def _check_filter(soql: WrittenSoql, condition: Condition) -> Iterator[Problem]:
    """What is wrong with a filter that was read."""
    yield from _literals(soql, comparisons_of(condition))
    yield from _habits(soql, comparisons_of(condition))
    one = soql.catalog.object(soql.spec.object)
    if one is not None:
        yield from fields_read.check_condition(soql, condition, one)


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


def _object(soql: WrittenSoql, query: Query) -> Iterator[Problem]:
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


def _literals(soql: WrittenSoql, found: Iterator[Comparison]) -> Iterator[Problem]:
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


def _habits(soql: WrittenSoql, found: Iterator[Comparison]) -> Iterator[Problem]:
    for comparison in found:
        value, odd = comparison.right, None
        if value.kind == "number":
            odd = other_habits.of_number(value.text)
        elif comparison.operator == "LIKE" and value.kind == "text":
            odd = other_habits.of_pattern(value.text.strip("'"))
        if odd is not None:
            yield soql.at(other_habits.HABIT, value, *odd)


def _ids(soql: WrittenSoql, node: Word, object_name: str, condition: Condition | None) -> Iterator[Problem]:
    fields = ids_wanted(object_name, condition)
    if fields:
        message, cure = _ids_needed(object_name, fields)
        yield soql.at(against_catalog.IDS, node, message, cure)


def _ids_needed(object_name: str, fields: tuple[str, ...]) -> tuple[str, str]:
    message = f"Salesforce reads `{object_name}` only for given values of {' or '.join(fields)}"
    example = f"{fields[0]} IN (SELECT Id FROM …)" if fields[0].endswith("Id") else f"{fields[0]} = '…'"
    return message, f"Give them with = or IN, as in `filter: {example}`."
