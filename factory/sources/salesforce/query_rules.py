"""ING30x: a written query, read as SOQL."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from factory.model.ingestion import Spec
from factory.near import near
from factory.read.inner import inner_span
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule
from factory.sources.salesforce import query_catalog_rules
from factory.sources.salesforce.catalog import Catalog

if TYPE_CHECKING:
    from factory.sources.salesforce.soql_parser import Query, Word

MAX_QUERY = 100_000  # characters (SOQL limits)
MAX_URI = 14_000  # a REST query travels in the URI, of which Salesforce takes 16,384 bytes with its headers

_QUERY = "object: Opportunity\nquery: {}\n"
_RIGHT = _QUERY.format("SELECT Id, Name FROM Opportunity WHERE IsWon = true")

SYNTAX = Rule(
    "ING301", "query-syntax", "The query is not one SELECT of SOQL.",
    "Salesforce would refuse it when the DAG runs, at night.",
    wrong=_QUERY.format("SELECT Id, Name FORM Opportunity"), right=_RIGHT, fixed=True,
)  # fmt: skip
OBJECT = Rule(
    "ING302", "query-object", "The query reads another object than the spec names.",
    "`object` says what the unit may read and what the files are called; the query must agree.",
    wrong=_QUERY.format("SELECT Id, Name FROM Account"), right=_RIGHT, fixed=True,
)  # fmt: skip
BULK = Rule(
    "ING303", "bulk-refuses", "The query uses what the Bulk API refuses.",
    "Bulk API 2.0 takes no aggregates, GROUP BY, OFFSET, TYPEOF, FIELDS() and no child relationships.",
    wrong=_QUERY.format("SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity") + "api: bulk\n",
    right=_QUERY.format("SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity") + "api: rest\n", fixed=True,
)  # fmt: skip
LENGTH = Rule(
    "ING304", "query-too-long", "The query is longer than Salesforce takes.",
    f"SOQL has at most {MAX_QUERY:,} characters; over REST it travels in the address, which has room for about {MAX_URI:,}.",
    wrong=_QUERY.format("SELECT Id FROM Opportunity WHERE Name IN (" + ", ".join(["'x'"] * 4000) + ")") + "api: rest\n",
    right=_RIGHT, fixed=True,
)  # fmt: skip
RELATIONSHIP = Rule(
    "ING305", "relationship", "`relationship_object` is not a child relationship that the query selects.",
    "It names the relationship whose records are written; without it in the query nothing would be.",
    wrong=_QUERY.format("SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity") + "relationship_object: LineItems\n",
    right=_QUERY.format("SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity") + "relationship_object: OpportunityLineItems\n",
    fixed=True,
)  # fmt: skip
BESIDE = Rule(
    "ING306", "beside-query", "A key stands beside a query that makes it useless, or lacks the query it needs.",
    "A query selects its fields and rows itself; `relationship_object` needs one.",
    wrong=_RIGHT + "fields: [Id]\n", right=_RIGHT, fixed=True,
)  # fmt: skip
AFTER_LITERAL = Rule(
    "ING307", "compared-with-literal", "A relative date is compared with `>` or `<=`.",
    "A literal is a range. `> LAST_N_DAYS:5` means after its end, not its start, and `<= LAST_N_MONTHS:2` everything"
    " before the current month. The original sample read one month six times for this reason.",
    wrong=_QUERY.format("SELECT Id FROM Opportunity WHERE CreatedDate > LAST_N_DAYS:5"),
    right=_QUERY.format("SELECT Id FROM Opportunity WHERE CreatedDate >= 2026-01-01T00:00:00Z"),
)  # fmt: skip
RELATIVE = Rule(
    "ING308", "relative-date", "The query has a relative date.",
    "Salesforce resolves it when the query runs, in the time zone of its user: a rerun or a backfill reads other rows.",
    wrong=_QUERY.format("SELECT Id FROM Opportunity WHERE CreatedDate >= LAST_N_DAYS:5"),
    right=_QUERY.format("SELECT Id FROM Opportunity WHERE CreatedDate >= 2026-01-01T00:00:00Z"), severity=Severity.WARNING,
)  # fmt: skip

RULES = (SYNTAX, OBJECT, BULK, LENGTH, RELATIONSHIP, BESIDE, AFTER_LITERAL, RELATIVE)


def check(spec: Spec, catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with a written query."""
    if "query" in spec.broken:
        return
    if spec.query is None:
        if spec.says("relationship_object"):
            message = "`relationship_object` needs a query that selects that relationship"
            yield BESIDE.at(
                spec.document, ("relationship_object",), message, cure="Add `query:`.", on_key=True
            )
        return
    for key in ("fields", "cursor"):
        if spec.says(key):
            cure = "Delete it; the query says what is read."
            yield BESIDE.at(
                spec.document, (key,), f"`{key}` has no effect beside `query`", cure=cure, on_key=True
            )
    yield from _length(spec, spec.query)
    from factory.sources.salesforce.soql_parser import SoqlError, parse  # noqa: PLC0415 - the parser is loaded where a query is written

    try:
        query = parse(spec.query)
    except SoqlError as error:
        span = inner_span(spec.document, ("query",), spec.query, error.start, error.end)
        yield SYNTAX.at(spec.document, ("query",), str(error), near=error.near, cure="", span=span)
        return
    yield from _object(spec, query)
    yield from _relationship(spec, query)
    yield from _bulk(spec, query)
    yield from _literals(spec, query)
    yield from query_catalog_rules.check(spec, query, catalog)


def _length(spec: Spec, query: str) -> Iterator[Problem]:
    limit = MAX_URI if spec.value("api") == "rest" else MAX_QUERY
    if len(query) > limit:
        message = f"the query has {len(query):,} characters; {'REST' if limit == MAX_URI else 'SOQL'} takes {limit:,}"
        cure = "Write `api: bulk`, or shorten it." if limit == MAX_URI else "Shorten it."
        yield LENGTH.at(spec.document, ("query",), message, cure=cure)


def _object(spec: Spec, query: "Query") -> Iterator[Problem]:
    if spec.object and "object" not in spec.broken and query.object.text.lower() != spec.object.lower():
        message = f"the query reads `{query.object.text}`, the spec is about `{spec.object}`"
        yield _at(
            OBJECT,
            spec,
            query.object,
            message,
            cure="Let both name the same object.",
            near=near(query.object.text, [spec.object]),
        )


def _relationship(spec: Spec, query: "Query") -> Iterator[Problem]:
    wanted = spec.value("relationship_object")
    names = [child.object.text for child in query.children]
    if wanted and wanted not in names:
        cure = (
            f"The query selects {', '.join(names)}."
            if names
            else f"Add `(SELECT … FROM {wanted})` to the query."
        )
        message = f"the query does not select the relationship `{wanted}`"
        yield RELATIONSHIP.at(
            spec.document, ("relationship_object",), message, near=near(wanted, names), cure=cure
        )


def _bulk(spec: Spec, query: "Query") -> Iterator[Problem]:
    if spec.value("api") == "bulk":
        for feature in query.features:
            cure = "Write `api: rest`, or `auto`."
            yield _at(BULK, spec, feature, f"the Bulk API takes no query with {feature.text}", cure=cure)


def _literals(spec: Spec, query: "Query") -> Iterator[Problem]:
    for comparison in query.comparisons:
        if not comparison.is_literal:
            continue
        literal = comparison.value.text
        if comparison.operator in (">", "<="):
            where = "after the end of" if comparison.operator == ">" else "everything up to the end of"
            message = f"`{comparison.operator} {literal}` means {where} the range, not its start"
            cure = (
                f"Write `{'>=' if comparison.operator == '>' else '<'} {literal}` for its start, or a date."
            )
            yield _at(AFTER_LITERAL, spec, comparison.value, message, cure=cure)
        message = f"`{literal}` is resolved when the query runs, so a rerun reads other rows"
        cure = "Write a date, or use `window` instead of a query."
        yield _at(RELATIVE, spec, comparison.value, message, cure=cure)


def _at(rule: Rule, spec: Spec, word: "Word", message: str, *, cure: str = "", near: str = "") -> Problem:
    span = inner_span(spec.document, ("query",), spec.query or "", word.start, word.end)
    return rule.at(spec.document, ("query",), message, cure=cure, near=near, span=span)
