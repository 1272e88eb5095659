"""Random filters mean the same to the org and to plain Python; random rows survive REST JSON and Bulk CSV."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.salesforce import Org

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Row = dict[str, Any]
Predicate = Callable[[Row], bool]
Filter = tuple[str, Predicate]

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: left is not None and left == right,
    "!=": lambda left, right: left is None or left != right,
    "<": lambda left, right: left is not None and left < right,
    "<=": lambda left, right: left is not None and left <= right,
    ">": lambda left, right: left is not None and left > right,
    ">=": lambda left, right: left is not None and left >= right,
}
FIELDS = [
    "Id",
    "Name",
    "NextStep",
    "StageName",
    "Amount",
    "CloseDate",
    "SystemModstamp",
    "IsWon",
    "Account.Name",
]


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def compared(
    field: str, read: Callable[[Any], Any], values: st.SearchStrategy[tuple[str, Any]]
) -> st.SearchStrategy[Filter]:
    def build(drawn: tuple[str, tuple[str, Any]]) -> Filter:
        operator, (written, value) = drawn
        return f"{field} {operator} {written}", lambda row: COMPARE[operator](read(row[field]), value)

    return st.tuples(st.sampled_from(sorted(COMPARE)), values).map(build)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def filters(rows: list[Row]) -> st.SearchStrategy[Filter]:
    """Comparisons with values that occur and with others, nulls, lists, patterns; joined by AND, OR and NOT."""
    some = rows[:: max(1, len(rows) // 150)]
    names = st.sampled_from([row["Name"] for row in some] + ["nothing", "NULL", "null"])
    amounts = st.sampled_from([Decimal(row["Amount"]) for row in some if row["Amount"]] + [Decimal(0)])
    days = st.sampled_from([row["CloseDate"] for row in some])
    stamps = st.sampled_from([row["SystemModstamp"] for row in some])
    leaf = st.one_of(
        compared("Name", lower, names.map(lambda text: (quoted(text), text.lower()))),
        compared("Account.Name", lower, names.map(lambda text: (quoted(text), text.lower()))),
        compared("Amount", number, amounts.map(lambda value: (f"{value:f}", value))),
        compared("CloseDate", lambda text: text, days.map(lambda day: (day, day))),
        compared("SystemModstamp", lambda text: text, stamps.map(lambda stamp: (stamp, stamp))),
        st.sampled_from(["NextStep", "Amount", "Account.Name"]).map(
            lambda field: (f"{field} = null", lambda row: row[field] is None)
        ),
        st.sampled_from(["NextStep", "Amount"]).map(
            lambda field: (f"{field} != null", lambda row: row[field] is not None)
        ),
        st.booleans().map(lambda flag: (f"IsWon = {flag}", lambda row: (row["IsWon"] == "true") == flag)),
        st.lists(names, min_size=1, max_size=4).map(
            lambda texts: (
                f"Name NOT IN ({', '.join(map(quoted, texts))})",
                lambda row: row["Name"].lower() not in {text.lower() for text in texts},
            )
        ),
        st.sampled_from(["Grid", "or", "e", "ł"]).map(
            lambda part: (
                f"NextStep LIKE '%{part}%'",
                lambda row: part.lower() in (row["NextStep"] or "").lower(),
            )
        ),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(inner.map(negated), joined(inner, "AND"), joined(inner, "OR")),
        max_leaves=6,
    )


def negated(one: Filter) -> Filter:
    return f"(NOT ({one[0]}))", lambda row: not one[1](row)


def joined(inner: st.SearchStrategy[Filter], operator: str) -> st.SearchStrategy[Filter]:
    combine = all if operator == "AND" else any
    return st.lists(inner, min_size=2, max_size=3).map(
        lambda parts: (
            "(" + f" {operator} ".join(text for text, _ in parts) + ")",
            lambda row: combine(test(row) for _, test in parts),
        )
    )


@pytest.fixture(scope="module")
def opportunities(shared_org: Org) -> list[Row]:
    """The rows, read once for all examples."""
    return shared_org.rows("Opportunity", FIELDS)


@QUICK
@given(data=st.data())
def test_a_filter_means_the_same_to_the_org_and_to_python(
    data: st.DataObject, client: Any, opportunities: list[Row]
) -> None:
    text, test = data.draw(filters(opportunities))
    found = {one["Id"] for one in client.records(f"SELECT Id FROM Opportunity WHERE {text}")}
    assert found == {row["Id"] for row in opportunities if test(row)}


texts = st.one_of(
    st.none(),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=60),
)
readings = st.one_of(
    st.none(), st.decimals(-(10**12) + 1, 10**12 - 1, places=6, allow_nan=False, allow_infinity=False)
)
instants = st.datetimes().map(lambda moment: f"{max(moment.year, 1700):04}-{moment:%m-%dT%H:%M:%S}.000Z")
rows = st.fixed_dictionaries(
    {
        "Meter_Id__c": st.text(
            st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=40
        ),
        "Reading__c": readings,
        "Notes__c": texts,
        "Read_Time__c": st.one_of(
            st.none(), st.times().map(lambda one: f"{one:%H:%M:%S}.{one.microsecond // 1000:03}Z")
        ),
        "Estimated__c": st.booleans(),
        "Read_At__c": instants.filter(lambda text: text[:4] <= "4000" and not text.startswith("1700-02-29")),
    }
)


@QUICK
@given(batch=st.lists(rows, min_size=1, max_size=8))
def test_rows_survive_rest_and_bulk(batch: list[Row], client: Any, org: Org) -> None:
    ids = org.insert("Meter_Reading__c", batch)
    try:
        names = ", ".join(["Id", *batch[0]])
        where = ", ".join(f"'{one}'" for one in ids)
        soql = f"SELECT {names} FROM Meter_Reading__c WHERE Id IN ({where})"
        answer = json.loads(client.query(soql).text, parse_float=Decimal)
        rest = {one["Id"]: {name: one[name] for name in batch[0]} for one in answer["records"]}
        assert rest == {key: as_rest(row) for key, row in zip(ids, batch, strict=True)}
        job = client.job(soql)
        assert client.finished(job)["state"] == "JobComplete"
        page = client.get(f"/jobs/query/{job}/results").content.decode()
        bulk = {
            one["Id"]: {name: one[name] for name in batch[0]}
            for one in csv.DictReader(io.StringIO(page, newline=""))
        }
        assert {
            key: value | {"Reading__c": number(value["Reading__c"] or None)} for key, value in bulk.items()
        } == {key: as_bulk(row) for key, row in zip(ids, batch, strict=True)}
    finally:
        org.hard_delete("Meter_Reading__c", ids)


def as_rest(row: Row) -> Row:
    return row | {"Read_At__c": row["Read_At__c"].replace("Z", "+0000")}


def as_bulk(row: Row) -> Row:
    written = {name: "" if value is None else value for name, value in row.items()}
    return written | {"Estimated__c": str(row["Estimated__c"]).lower(), "Reading__c": row["Reading__c"]}
