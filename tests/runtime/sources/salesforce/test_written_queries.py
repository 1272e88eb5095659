"""Written queries against the sandbox org: every value lands under Salesforce's own name, in its type."""

import csv
import io
import json
from collections import Counter
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from lake_ingest.errors import FatalError

from tests.runtime.landing import DAY

GROUPED = (
    "SELECT StageName, COUNT(Id), SUM(Amount), AVG(Amount) mean, MIN(CloseDate), MAX(SystemModstamp) latest, MAX(Name) n"
    " FROM Opportunity GROUP BY StageName ORDER BY StageName"
)


def body(landing, manifest):
    (batch,) = manifest["batches"]
    return landing.bucket.client.get_object(Bucket=landing.bucket.name, Key=batch["key"])["Body"].read()


@pytest.fixture
def land(landing):
    """The rows of a query, with numbers as they are written."""

    def of(query, **spec):
        object_name = query.split(" FROM ")[-1].split()[0] if "object" not in spec else spec.pop("object")
        manifest = landing.land(object=object_name, query=query, format="ndjson", **spec)
        text = body(landing, manifest).decode()
        return [json.loads(line, parse_float=str) for line in text.split("\n") if line]

    return of


def groups(org):
    rows = org.rows("Opportunity", ["StageName", "Amount", "CloseDate", "SystemModstamp", "Name"])
    for stage in sorted({row["StageName"] for row in rows}):
        own = [row for row in rows if row["StageName"] == stage]
        yield stage, own, [Decimal(row["Amount"]) for row in own if row["Amount"] is not None]


def test_aggregates_are_canonical_and_none_takes_anothers_place(landing, land):
    found = land(GROUPED)
    assert [list(row) for row in found] == [
        ["StageName", "expr0", "expr1", "mean", "expr2", "latest", "n"]
    ] * len(found)
    by_stage = {row["StageName"]: row for row in found}
    assert len(by_stage) == len(found)
    for stage, own, amounts in groups(landing.org):
        row = by_stage.pop(stage)
        assert row["expr0"] == len(own)
        assert Decimal(row["expr1"]) == sum(amounts)
        assert "E" not in row["expr1"] + row["mean"]
        assert Decimal(row["mean"]) == pytest.approx(sum(amounts) / len(amounts), rel=Decimal("1e-12"))
        assert row["expr2"] == min(one["CloseDate"] for one in own)
        assert row["latest"].endswith(".000Z")
        assert row["latest"][:19] == max(one["SystemModstamp"] for one in own)[:19].replace(" ", "T")
    assert by_stage == {}


def test_aggregates_have_their_types_in_every_format(landing):
    table = pq.read_table(
        io.BytesIO(body(landing, landing.land(object="Opportunity", query=GROUPED, format="parquet")))
    )
    types = {field.name: str(field.type).split("[")[0].split("(")[0] for field in table.schema}
    assert types == {
        "StageName": types["n"],
        "expr0": "int64",
        "expr1": types["mean"],
        "mean": types["expr1"],
        "expr2": "date32",
        "latest": "timestamp",
        "n": types["StageName"],
    }
    assert "string" in types["n"] or "dictionary" in types["n"]
    assert types["mean"].startswith(("decimal", "double"))
    text = body(
        landing, landing.land(object="Opportunity", query=GROUPED, format="csv", run_id="csv")
    ).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["StageName"]: row["expr0"] for row in rows} == {
        stage: str(len(own)) for stage, own, _ in groups(landing.org)
    }


def test_parents_keys_lose_their_prefix_in_groups(landing, land):
    found = land(
        "SELECT o.Account.Name, COUNT(o.Id) FROM Opportunity o WHERE o.AccountId != null GROUP BY o.Account.Name"
    )
    accounts = {row["Id"]: row["Name"] for row in landing.org.rows("Account", ["Id", "Name"], deleted=True)}
    counted = Counter(
        accounts[row["AccountId"]]
        for row in landing.org.rows("Opportunity", ["AccountId"])
        if row["AccountId"]
    )
    assert {row["Name"]: row["expr0"] for row in found} == counted


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_aliases_and_the_objects_own_prefix_leave_no_trace(landing, land, api):
    query = "SELECT o.Id, Opportunity.Name, a.Name FROM Opportunity o, o.Account a WHERE a.Name != null AND o.StageName = 'Closed Won'"
    found = land(query.replace("Opportunity.Name", "o.Name"), api=api)
    assert set(map(tuple, found)) == {("Id", "Name", "Account.Name")}
    assert {row["Id"] for row in found} == {
        row["Id"]
        for row in landing.org.rows("Opportunity", ["Id", "AccountId"], "StageName = 'Closed Won'")
        if row["AccountId"]
    }
    prefixed = land(
        "SELECT Opportunity.Id, Opportunity.Account.Name FROM Opportunity WHERE Opportunity.StageName = 'Closed Won'",
        api=api,
    )
    assert set(map(tuple, prefixed)) == {("Id", "Account.Name")}


def test_what_stands_in_quotes_does_not_choose_the_api(landing, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.salesforce.choice.REST_ROWS", 0)
    spec = {"object": "Opportunity", "query": "SELECT Id FROM Opportunity WHERE Name != 'Group by offset 3'"}
    manifest = landing.land(**spec)
    assert [batch["route"] if "route" in batch else batch["api"] for batch in manifest["batches"]] == ["bulk"]


def test_typeof_gives_the_fields_of_each_object(landing, land):
    found = land(
        "SELECT Id, TYPEOF What WHEN Account THEN Id, Industry WHEN Opportunity THEN StageName ELSE Name END FROM Task"
    )
    values = [json.loads(row["What"]) if isinstance(row["What"], str) else row["What"] for row in found]
    shapes = {value["attributes"]["type"]: set(value) - {"attributes"} for value in values if value}
    assert shapes["Account"] == {"Id", "Industry"}
    assert shapes["Opportunity"] == {"StageName"}
    assert None in values
    assert set(shapes) - {"Account", "Opportunity"} == {
        kind for kind, keys in shapes.items() if keys == {"Name"}
    }


def test_other_forms_of_a_field_keep_its_name(landing, land):
    query = "SELECT Id, toLabel(StageName), FORMAT(CloseDate), Amount, convertCurrency(Amount) euro, FORMAT(Amount) shown FROM Opportunity WHERE Amount != null LIMIT 5"
    found = land(query)
    assert list(found[0]) == ["Id", "StageName", "CloseDate", "Amount", "euro", "shown"]
    assert all(isinstance(row["shown"], str) and isinstance(row["CloseDate"], str) for row in found)
    assert all(Decimal(row["euro"]) >= 0 for row in found)


def test_dates_functions_give_numbers_and_dates(landing, land):
    found = land(
        "SELECT CALENDAR_YEAR(CloseDate) y, DAY_ONLY(convertTimezone(CreatedDate)) d, COUNT(Id) FROM Opportunity"
        " WHERE CreatedDate >= 2026-09-01T00:00:00Z GROUP BY CALENDAR_YEAR(CloseDate), DAY_ONLY(convertTimezone(CreatedDate))"
    )
    assert all(
        isinstance(row["y"], int) and len(row["d"]) == 10 and isinstance(row["expr0"], int) for row in found
    )


def test_a_grouped_query_longer_than_an_address_is_read(landing, land):
    """Nothing but REST groups, and it takes no body; but a composite request carries the query in one."""
    names = ", ".join(f"'{number:0>300}'" for number in range(100))
    query = f"SELECT StageName, COUNT(Id) FROM Opportunity WHERE Name NOT IN ({names}) GROUP BY StageName ORDER BY StageName"
    assert len(query) > 30_000  # quotes and commas are three bytes each in an address
    found = {row["StageName"]: row["expr0"] for row in land(query)}
    assert found == {stage: len(own) for stage, own, _ in groups(landing.org)}


def test_the_request_inside_a_composite_one_counts_too(landing):
    names = ", ".join(f"'{number:0>300}'" for number in range(100))
    left = landing.org.limits()["DailyApiRequests"]["Remaining"]
    manifest = landing.land(
        object="Opportunity", query=f"SELECT COUNT(Id) FROM Opportunity WHERE Name NOT IN ({names})"
    )
    assert manifest["calls"] == left - landing.org.limits()["DailyApiRequests"]["Remaining"]


def test_a_refusal_inside_a_composite_request_is_told(landing):
    names = ", ".join(f"'{number:0>300}'" for number in range(100))
    query = f"SELECT COUNT(Id) FROM Opportunity WHERE Description NOT IN ({names})"
    with pytest.raises(FatalError, match="run the query: HTTP 400 INVALID_FIELD"):
        landing.land(object="Opportunity", query=query)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("SELECT COUNT() FROM Opportunity", r"at character 8: COUNT\(\) gives a total and no row"),
        ("SELECT FIELDS(ALL) FROM Opportunity LIMIT 200", r"FIELDS\(\) is not read"),
        ("SELECT Account.Name, Owner.Name FROM Opportunity GROUP BY Account.Name, Owner.Name", "have the name `Name`"),
        ("SELECT Id FROM Opportunity ALL ROWS", "include_deleted: true"),
    ],
)  # fmt: skip
def test_what_lint_refuses_a_run_refuses_with_the_same_words(landing, query, why):
    with pytest.raises(FatalError, match=why):
        landing.land(object="Opportunity", query=query)


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_a_filter_narrows_the_window_and_never_widens_it(landing, api):
    condition = "StageName = 'Closed Won' OR Amount = null"
    spec = {
        "object": "Opportunity",
        "fields": [{"name": "Id"}],
        "format": "ndjson",
        "api": api,
        "filter": condition,
    }
    manifest = landing.land(DAY, window={"last": "3 months"}, **spec)
    found = {json.loads(line)["Id"] for line in body(landing, manifest).decode().split("\n") if line}
    where = "SystemModstamp >= '2026-08-01' AND SystemModstamp < '2026-11-01' AND (StageName = 'Closed Won' OR Amount IS NULL)"
    expected = {row["Id"] for row in landing.org.rows("Opportunity", ["Id"], where)}
    assert found == expected
    assert (
        0 < len(expected) < len(landing.org.rows("Opportunity", ["Id"], where.split(" AND (", maxsplit=1)[0]))
    )


@pytest.mark.parametrize("text", ["Id != null LIMIT 1", "Id != null) OR (Id != null", "Id ="])
def test_a_filter_that_is_no_condition_never_reaches_the_org(landing, text):
    with pytest.raises(FatalError, match="filter: at character"):
        landing.land(object="Opportunity", filter=text)


def test_a_filter_longer_than_an_address_is_read_by_rest_too(landing):
    names = ", ".join(f"'{number:0>300}'" for number in range(100))
    spec = {"object": "Opportunity", "fields": [{"name": "Id"}], "filter": f"Name NOT IN ({names})"}
    manifests = [landing.land(**spec, api=api, run_id=api) for api in ("rest", "bulk", "auto")]
    assert len({manifest["rows"] for manifest in manifests}) == 1
    assert manifests[0]["rows"] == len(landing.org.rows("Opportunity", ["Id"]))


def test_files_are_linked_by_the_ids_that_a_filter_gives(landing):
    """Salesforce reads ContentDocumentLink for given ids only, which another query may give."""
    spec = {
        "object": "ContentDocumentLink",
        "fields": [{"name": name} for name in ("Id", "LinkedEntityId", "ShareType")],
    }
    linked = landing.org.rows("ContentDocumentLink", ["Id", "LinkedEntityId"])
    accounts = {row["Id"] for row in landing.org.rows("Account", ["Id"])}
    manifest = landing.land(**spec, filter="LinkedEntityId IN (SELECT Id FROM Account)", format="ndjson")
    found = {json.loads(line)["Id"] for line in body(landing, manifest).decode().split("\n") if line}
    assert found == {row["Id"] for row in linked if row["LinkedEntityId"] in accounts}
    assert found
    with pytest.raises(
        FatalError, match=r"requires a filter by a single Id.*Give the ids in the spec's `filter`"
    ):
        landing.land(**spec)
