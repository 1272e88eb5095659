"""Every key of the schema beside every way of reading: what the key is set to, and where the linter refuses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIELDS = ["Id", "IsDeleted", "Name", "Amount", "CloseDate", "SystemModstamp"]
QUERY = "SELECT Id, IsDeleted, CloseDate FROM Opportunity"
NESTED = (
    "SELECT Id, IsDeleted, (SELECT Id, IsDeleted, CreatedDate FROM OpportunityLineItems) FROM Opportunity"
)
DAILY = {"schedule": "@daily"}
OF_FIELDS = {"object": "Opportunity", "fields": FIELDS}
INSTANTS = {"from": "2026-01-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}

WAYS: dict[str, dict[str, Any]] = {
    "full": {**OF_FIELDS, **DAILY, "window": "full"},
    "every_field": {"object": "Opportunity", **DAILY, "window": "full"},
    "incremental": {**OF_FIELDS, **DAILY, "window": "incremental", "start": "2026-01-01"},
    "last": {**OF_FIELDS, **DAILY, "window": {"last": "6 months"}},
    "calendar": {**OF_FIELDS, **DAILY, "window": "last month"},
    "literal": {**OF_FIELDS, **DAILY, "window": {"from": "LAST_N_DAYS:30"}},
    "dates": {**OF_FIELDS, **DAILY, "window": {"last": "6 months"}, "cursor": "CloseDate"},
    "fixed": {**OF_FIELDS, "window": {"from": "2026-01-01", "to": "2026-07-01"}},
    "once": {**OF_FIELDS, "window": "full"},
    "hours": {**OF_FIELDS, "window": {"last": "48 hours"}},
    "instants": {**OF_FIELDS, "window": INSTANTS},
    "query": {"object": "Opportunity", **DAILY, "query": QUERY},
    "nested": {"object": "Opportunity", **DAILY, "query": NESTED},
    "children": {
        "object": "Opportunity",
        **DAILY,
        "query": NESTED,
        "relationship_object": "OpportunityLineItems",
    },
    "query_once": {"object": "Opportunity", "query": QUERY},
}
EVERY = tuple(WAYS)
OF_QUERY = ("query", "nested", "children", "query_once")
WHOLE = ("full", "every_field", "once")
BY_HAND = ("fixed", "once", "hours", "instants", "query_once")
BUILT = tuple(way for way in WAYS if way not in OF_QUERY)
NAMED = tuple(way for way in BUILT if way != "every_field")


def refused(*pairs: tuple[str, tuple[str, ...]]) -> dict[str, str]:
    """The rule that refuses a key, by the way of reading."""
    return {way: rule for rule, ways in pairs for way in ways}


@dataclass(frozen=True)
class Row:
    """A value of a key. In the ways that `refused` names lint reports that rule; in every other the key acts.

    `given` stands beside it, with and without the key. `ways` are those that the row is about.
    """

    key: str
    value: Any
    refused: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    ways: tuple[str, ...] = EVERY


DELETED = {"include_deleted": True}
WINDOWED = ("last", "dates", "fixed")
NOT_INCREMENTAL = tuple(way for way in BUILT if way != "incremental")

ROWS = (
    Row("source", "postgresql", refused(("ING105", EVERY))),
    Row("object", "OpportunityLineItem", refused(("ING302", OF_QUERY), ("ING314", ("dates",))), {"fields": ["Id"]}, NAMED),
    Row("object", "OpportunityLineItem", refused(("ING302", OF_QUERY)), ways=OF_QUERY),
    Row("description", "What it is for"),
    Row("fields", ["Id"], refused(("ING306", OF_QUERY))),
    Row("fields", [{"name": "Id", "protect": "mask"}], refused(("ING306", OF_QUERY))),
    Row("fields", {"all": True, "except": ["Name"]}, refused(("ING306", OF_QUERY))),
    Row("fields", {"all": True, "except": [{"name": "Name", "as": "called"}]}, refused(("ING306", OF_QUERY))),
    Row("fields", {"all": True, "except": [{"name": "Name", "type": "text"}]}, refused(("ING108", NAMED)), ways=NAMED),
    Row("filter", "Amount > 0", refused(("ING306", OF_QUERY))),
    Row("query", "SELECT Id FROM Opportunity", refused(("ING306", NAMED), ("ING305", ("children",)))),
    Row("relationship_object", "OpportunityLineItems", refused(("ING306", BUILT), ("ING305", ("query", "query_once"))),
        ways=tuple(way for way in EVERY if way != "children")),
    Row("schedule", "5 4 * * *"),
    Row("after", "finance.without_0_once", refused(("ING252", tuple(way for way in EVERY if way not in BY_HAND)))),
    Row("after", ["finance.without_0_once", "finance.without_0_hours"], ways=("once", "hours", "query_once")),
    Row("after", "finance.no_such_spec", refused(("ING250", EVERY))),
    Row("timezone", "America/New_York", refused(("ING207", ("once", "hours", "instants", "query_once")))),
    Row("start", "2026-03-01", refused(("ING206", BY_HAND))),
    Row("end", "2030-03-01", refused(("ING206", BY_HAND))),
    Row("end", "2025-03-01", refused(("ING206", BY_HAND), ("ING243", tuple(way for way in EVERY if way not in BY_HAND)))),
    Row("window", {"last": "3 months"}, refused(("ING216", OF_QUERY))),
    Row("window", "incremental", refused(("ING216", OF_QUERY), ("ING205", BUILT)), ways=tuple(way for way in EVERY if way != "incremental")),
    Row("overlap", "2 days", refused(("ING215", (*NOT_INCREMENTAL, *OF_QUERY)))),
    Row("await_commits", True, refused(("ING218", (*WHOLE, "dates", *OF_QUERY)))),
    Row("include_deleted", True),
    Row("include_deleted", True, refused(("ING332", NAMED)), {"fields": ["Id"]}, NAMED),
    Row("include_deleted", True, refused(("ING332", OF_QUERY)), {"query": NESTED.replace(", IsDeleted", "")}, ("nested", "children")),
    Row("deletes", "ignore", refused(("ING306", OF_QUERY)), DELETED),
    Row("deletes", "ignore", refused(("ING221", EVERY))),
    Row("deletes", "soft", refused(("ING221", EVERY))),
    Row("batch_size", "1 week", refused(("ING214", (*WHOLE, *OF_QUERY))), ways=tuple(way for way in EVERY if way not in ("hours", "incremental"))),
    Row("batch_size", "500000 rows", refused(("ING235", EVERY))),
    Row("batch_size", "6 hours", ways=("hours", "incremental")),
    Row("batch_size", "1 year", refused(("ING225", ("last", "calendar", "dates", "fixed", "hours", "instants"))),
        ways=("last", "calendar", "dates", "fixed", "hours", "instants")),
    Row("one_snapshot", True, refused(("ING108", EVERY))),
    Row("cursor", "CreatedDate", refused(("ING219", WHOLE), ("ING306", OF_QUERY))),
    Row("read_by", "scan", refused(("ING108", EVERY))),
    Row("read_capacity", 200, refused(("ING108", EVERY))),
    Row("other_attributes", "rest", refused(("ING108", EVERY))),
    Row("written_at", True, refused(("ING108", EVERY))),
    Row("cursor_unit", "seconds", refused(("ING108", EVERY))),
    Row("cursor_timezone", "UTC", refused(("ING108", EVERY))),
    Row("api", "rest"),
    Row("api", "bulk", refused(("ING303", ("nested", "children")))),
    *(Row("format", one) for one in ("json", "ndjson", "parquet")),
    *(Row("compression", one) for one in ("gzip", "zstd")),
    Row("csv", {"delimiter": ";"}),
    Row("csv", {"bom": True}),
    Row("csv", {"null": "NULL"}),
    Row("csv", {"header": "labels"}, refused(("ING238", OF_QUERY))),
    Row("csv", {"delimiter": ","}, refused(("ING229", EVERY))),
    Row("csv", {"delimiter": ";"}, refused(("ING229", EVERY)), {"format": "parquet"}),
    Row("file_name", "deals.csv"),
    Row("file_name", "deals.parquet", refused(("ING245", EVERY))),
    Row("file_name", "deals.csv", refused(("ING244", WINDOWED)), {"batch_size": "1 month"}, WINDOWED),
    Row("partition_by", "IsDeleted"),
    Row("partition_by", "Amount", refused(("ING246", BUILT)), ways=BUILT),
    Row("partition_by", "Nobody", refused(("ING246", BUILT)), ways=BUILT),
    Row("partition_by", "IsDeleted", refused(("ING246", EVERY)), {"format": "parquet", "table": True}),
    Row("compression", "snappy", refused(("ING220", EVERY))),
    *(Row("compression", one, given={"format": "parquet"}) for one in ("none", "gzip", "zstd")),
    Row("record_time_added", True),
    Row("coerce_to_timestamp", True, ways=tuple(way for way in EVERY if way != "nested")),
    Row("coerce_to_timestamp", True, refused(("ING335", NAMED)), {"fields": ["Id", {"name": "CloseDate", "protect": "mask"}]}, NAMED),
    Row("destination", {"prefix": "elsewhere"}),
    Row("destination", {"bucket": "second-bucket"}),
    Row("retries", 0),
    Row("paused", True),
    Row("calendar", "belgium", refused(("ING260", BY_HAND), ("ING261", ("calendar", "literal")))),
    Row("calendar", "belgien", refused(("ING260", EVERY))),
    Row("notify", True),
    Row("deadline", "33 days", given={"notify": True}),
    Row("deadline", "33 days", refused(("ING270", EVERY))),
    Row("owner", "Somebody"),
    Row("tags", ["cockpit"]),
    Row("connection", "salesforce_second"),
    Row("expect", {"columns": {"Id": {"not_null": True}}}),
    Row("expect", {"min_rows": 1}),
    Row("expect", {"max_drop": 0.5}),
    Row("expect", {"max_drop": 0.5}, refused(("ING223", ("incremental",))), {"refresh": "7 days"}, ("incremental",)),
    Row("expect", {"min_rows": 0, "max_drop": 1}, refused(("ING224", EVERY))),
    Row("drift", "freeze"),
    Row("drift", "fail"),
    Row("compare_ids", "7 days", refused(("ING222", OF_QUERY))),
    Row("compare_ids", "7 days", refused(("ING222", NAMED)), {"fields": ["Name"]}, NAMED),
    Row("table", True, given={"format": "parquet"}),
    Row("table", True, refused(("ING226", EVERY))),
    Row("table", {"keep": "90 days"}, given={"format": "parquet"}),
    Row("table", {"keep": "90 days"}, refused(("ING226", EVERY))),
    Row("table", {"compact": "1 day"}, refused(("ING248", EVERY)), {"format": "parquet"}),
    Row("refresh", "7 days", refused(("ING215", (*NOT_INCREMENTAL, *OF_QUERY)))),
)  # fmt: skip
