"""ING30x: a written query or filter, read as SOQL."""

from lake_ingest.sources.salesforce.soql import MAX_LENGTH

from factory.rules.problem import Severity
from factory.rules.rule import Rule

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
    "Bulk API 2.0 takes no aggregates, GROUP BY, OFFSET, TYPEOF, functions and no child relationships.",
    wrong=_QUERY.format("SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity") + "api: bulk\n",
    right=_QUERY.format("SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity") + "api: rest\n", fixed=True,
)  # fmt: skip
LENGTH = Rule(
    "ING304", "query-too-long", "The query is longer than Salesforce takes.",
    f"SOQL has at most {MAX_LENGTH:,} characters.",
    wrong=_QUERY.format("SELECT Id FROM Opportunity WHERE Name IN (" + ", ".join(["'x'"] * 30000) + ")"),
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
    "ING306", "beside-query", "A key has no effect beside a query, or needs a query that is missing.",
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

FILTER_SYNTAX = Rule(
    "ING309", "filter-syntax", "The filter is not one condition of SOQL.",
    "It is put in brackets and joined to the window by AND, so it must be what may stand behind WHERE, and nothing more.",
    wrong="object: Opportunity\nwindow: full\nfilter: StageName = Won\n",
    right="object: Opportunity\nwindow: full\nfilter: StageName = 'Won'\n", fixed=True,
)  # fmt: skip

RULES = (SYNTAX, OBJECT, BULK, LENGTH, RELATIONSHIP, BESIDE, AFTER_LITERAL, RELATIVE, FILTER_SYNTAX)
