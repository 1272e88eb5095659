"""Functions of SOQL: what they yield, under which key, and where they may stand."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.salesforce import Org, running_org

Error = Callable[[Any], tuple[int, str, str]]
BRUSSELS = ZoneInfo("Europe/Brussels")


def exact(client: Any, soql: str) -> list[dict[str, Any]]:
    return json.loads(client.query(soql).text, parse_float=Decimal)["records"]


def test_unaliased_expressions_alone_are_numbered(client: Any) -> None:
    soql = (
        "SELECT StageName, COUNT(Id), SUM(Amount) total, MAX(CloseDate) FROM Opportunity GROUP BY StageName"
    )
    keys = {tuple(one) for one in client.records(soql)}
    assert keys == {("attributes", "StageName", "expr0", "total", "expr1")}


def test_grouped_parents_come_under_the_fields_own_name(client: Any, org: Org) -> None:
    records = client.records("SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name")
    assert {tuple(one) for one in records} == {("attributes", "Name", "expr0")}
    held = Counter(row["Account.Name"] for row in org.rows("Contact", ["Account.Name"]))
    assert {one["Name"]: one["expr0"] for one in records} == held
    aliased = client.records("SELECT Account.Name parent, COUNT(Id) FROM Contact GROUP BY Account.Name")
    assert {tuple(one) for one in aliased} == {("attributes", "parent", "expr0")}


def test_aggregates_are_written_as_rest_writes_numbers_and_instants(client: Any, org: Org) -> None:
    text = client.query(
        "SELECT SUM(Amount), MAX(Amount) most, MIN(SystemModstamp), COUNT(Id) FROM Opportunity"
    ).text
    rows = org.rows("Opportunity", ["Amount", "SystemModstamp"])
    amounts = [Decimal(row["Amount"]) for row in rows if row["Amount"]]
    (record,) = json.loads(text, parse_float=Decimal)["records"]
    assert record["expr0"] == sum(amounts)
    assert record["most"] == max(amounts)
    assert "E1" in text.partition('"expr0":')[2].partition(",")[0]
    assert record["expr1"] == min(row["SystemModstamp"] for row in rows).replace("Z", "+0000")
    assert record["expr2"] == len(rows)


def test_labels_come_under_the_fields_own_name(client: Any, org: Org) -> None:
    labels = {"BestCase": "Best Case", "Forecast": "Commit"}
    soql = "SELECT Id, toLabel(ForecastCategory) FROM Opportunity"
    held = {row["Id"]: row["ForecastCategory"] for row in org.rows("Opportunity", ["Id", "ForecastCategory"])}
    read = {one["Id"]: one["ForecastCategory"] for one in client.records(soql)}
    assert read == {key: labels.get(value, value) for key, value in held.items()}
    both = client.records(
        "SELECT ForecastCategory, toLabel(ForecastCategory) shown FROM Opportunity LIMIT 50"
    )
    assert all(one["shown"] == labels.get(one["ForecastCategory"], one["ForecastCategory"]) for one in both)
    parent = client.records(
        "SELECT toLabel(Account.Industry) FROM Contact WHERE Account.Industry != null LIMIT 1"
    )
    assert list(parent[0]) == ["attributes", "Account"]


def test_each_value_of_a_multipicklist_has_its_label(client: Any) -> None:
    soql = "SELECT Tariff_Zone__c, toLabel(Tariff_Zone__c) zones FROM Meter_Reading__c WHERE Tariff_Zone__c INCLUDES ('Night')"
    for one in client.records(soql):
        shown = one["Tariff_Zone__c"].replace("Off-Peak", "Off-peak, weekdays").replace("Night", "Nacht")
        assert one["zones"] == shown


def test_rows_are_found_by_their_label(client: Any, org: Org) -> None:
    records = client.records("SELECT Id FROM Opportunity WHERE toLabel(ForecastCategory) = 'Best Case'")
    held = org.rows("Opportunity", ["Id"], "ForecastCategory = 'BestCase'")
    assert {one["Id"] for one in records} == {row["Id"] for row in held}
    assert client.records("SELECT Id FROM Opportunity WHERE toLabel(ForecastCategory) = 'BestCase'") == []


def test_amounts_in_the_users_currency(client: Any) -> None:
    soql = (
        "SELECT Amount, convertCurrency(Amount) own, FORMAT(Amount) shown, FORMAT(convertCurrency(Amount)) ownShown "
        "FROM Opportunity WHERE Amount > 1000 AND Amount < 900000 LIMIT 20"
    )
    for one in exact(client, soql):
        own = (one["Amount"] * Decimal("1.0842")).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
        assert one["own"] == own
        assert one["ownShown"] == f"USD {own:,.2f}"
        assert one["shown"] == f"EUR {one['Amount']:,.2f} (USD {own:,.2f})"
    assert list(exact(client, "SELECT convertCurrency(Amount) FROM Opportunity LIMIT 1")[0]) == [
        "attributes",
        "Amount",
    ]


def test_dates_and_numbers_as_the_user_sees_them(client: Any) -> None:
    soql = (
        "SELECT CloseDate, FORMAT(CloseDate) day, CreatedDate, FORMAT(CreatedDate) moment, Probability, "
        "FORMAT(Probability) chance FROM Opportunity WHERE Probability != null AND CloseDate > 1900-01-01 LIMIT 20"
    )
    for one in exact(client, soql):
        day = date.fromisoformat(one["CloseDate"])
        assert one["day"] == f"{day.month}/{day.day}/{day.year}"
        moment = datetime.fromisoformat(one["CreatedDate"]).astimezone(BRUSSELS)
        assert (
            one["moment"]
            == f"{moment.month}/{moment.day}/{moment.year}, {moment.hour % 12 or 12}:{moment:%M %p}"
        )
        assert one["chance"] == f"{one['Probability']:.0f}%"
    (record,) = exact(client, "SELECT FORMAT(MIN(CloseDate)) Amt, FORMAT(SUM(Probability)) FROM Opportunity")
    assert record["Amt"] == "1/1/1700"
    assert record["expr0"].endswith("%")
    assert "," in record["expr0"]


def test_groups_by_date_functions(client: Any, org: Org) -> None:
    soql = (
        "SELECT CALENDAR_YEAR(CloseDate), CALENDAR_MONTH(CloseDate) month, COUNT(Id) FROM Opportunity "
        "WHERE CloseDate > 1900-01-01 GROUP BY calendar_year(CloseDate), CALENDAR_MONTH(CloseDate) "
        "ORDER BY CALENDAR_YEAR(CloseDate)"
    )
    held = Counter(
        (int(row["CloseDate"][:4]), int(row["CloseDate"][5:7]))
        for row in org.rows("Opportunity", ["CloseDate"], "CloseDate > '1900-01-01'")
    )
    records = client.records(soql)
    assert {(one["expr0"], one["month"]): one["expr1"] for one in records} == held
    assert [one["expr0"] for one in records] == sorted(one["expr0"] for one in records)


def test_instants_belong_to_the_days_of_utc_unless_converted(client: Any, org: Org) -> None:
    stamps = [datetime.fromisoformat(row["CreatedDate"]) for row in org.rows("Case", ["CreatedDate"])]
    plain = client.records(
        "SELECT HOUR_IN_DAY(CreatedDate) h, COUNT(Id) n FROM Case GROUP BY HOUR_IN_DAY(CreatedDate)"
    )
    assert {one["h"]: one["n"] for one in plain} == Counter(one.hour for one in stamps)
    local = client.records(
        "SELECT DAY_ONLY(convertTimezone(CreatedDate)) d, COUNT(Id) n FROM Case GROUP BY DAY_ONLY(convertTimezone(CreatedDate))"
    )
    days = Counter(one.astimezone(BRUSSELS).date().isoformat() for one in stamps)
    assert {one["d"]: one["n"] for one in local} == days


@pytest.mark.parametrize(
    ("function", "of"),
    [
        ("CALENDAR_QUARTER", lambda day: (day.month - 1) // 3 + 1),
        ("DAY_IN_MONTH", lambda day: day.day),
        ("DAY_IN_WEEK", lambda day: day.isoweekday() % 7 + 1),
        ("DAY_IN_YEAR", lambda day: day.timetuple().tm_yday),
        ("WEEK_IN_MONTH", lambda day: (day.day - 1) // 7 + 1),
        ("WEEK_IN_YEAR", lambda day: (day.timetuple().tm_yday - 1) // 7 + 1),
        ("FISCAL_MONTH", lambda day: day.month),
        ("FISCAL_QUARTER", lambda day: (day.month - 1) // 3 + 1),
        ("FISCAL_YEAR", lambda day: day.year),
    ],
)
def test_each_date_function(function: str, of: Callable[[date], int], client: Any, org: Org) -> None:
    records = client.records(
        f"SELECT {function}(CloseDate) f, COUNT(Id) n FROM Opportunity GROUP BY {function}(CloseDate)"
    )
    held = Counter(of(date.fromisoformat(row["CloseDate"])) for row in org.rows("Opportunity", ["CloseDate"]))
    assert {one["f"]: one["n"] for one in records} == held


def test_rows_are_filtered_by_date_functions(client: Any, org: Org) -> None:
    records = client.records("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) = 2024")
    held = org.rows("Opportunity", ["Id"], "year(CloseDate) = 2024")
    assert {one["Id"] for one in records} == {row["Id"] for row in held}
    assert client.query("SELECT Id FROM Account WHERE DAY_ONLY(CreatedDate) = TODAY").status_code == 200


def test_the_fiscal_year_is_named_after_its_end(client_of: Callable[[Org], Any]) -> None:
    with running_org(rows=50, fiscal_start_month=4) as org:
        identity = org.insert("Opportunity", {"Name": "x", "CloseDate": "2026-04-01"})[0]
        soql = (
            "SELECT FISCAL_YEAR(CloseDate) y, FISCAL_QUARTER(CloseDate) q, FISCAL_MONTH(CloseDate) m FROM Opportunity "
            f"WHERE Id = '{identity}' GROUP BY FISCAL_YEAR(CloseDate), FISCAL_QUARTER(CloseDate), FISCAL_MONTH(CloseDate)"
        )
        (record,) = client_of(org).records(soql)
        assert (record["y"], record["q"], record["m"]) == (2027, 1, 1)


def test_subtotals(client: Any, org: Org) -> None:
    soql = (
        "SELECT StageName, LeadSource, GROUPING(StageName) gs, GROUPING(LeadSource) gl, COUNT(Id) n FROM Opportunity "
        "GROUP BY ROLLUP(StageName, LeadSource)"
    )
    rows = org.rows("Opportunity", ["StageName", "LeadSource"])
    totals: defaultdict[tuple[int, int], int] = defaultdict(int)
    for one in client.records(soql):
        totals[one["gs"], one["gl"]] += one["n"]
    assert totals == dict.fromkeys([(0, 0), (0, 1), (1, 1)], len(rows))
    cube = client.records(soql.replace("ROLLUP", "CUBE"))
    assert {(one["gs"], one["gl"]) for one in cube} == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_functions_in_bulk(client: Any, org: Org) -> None:
    soql = "SELECT Id, toLabel(ForecastCategory), FORMAT(CloseDate) day FROM Opportunity WHERE DAY_IN_MONTH(CloseDate) = 1"
    job = client.job(soql)
    assert client.finished(job)["state"] == "JobComplete"
    lines = client.get(f"/jobs/query/{job}/results").text.splitlines()
    assert lines[0] == '"Id","ForecastCategory","day"'
    assert len(lines) == 1 + len(org.rows("Opportunity", ["Id"], "day(CloseDate) = 1"))
    assert "BestCase" not in "".join(lines)


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT Amount, FORMAT(Amount) FROM Opportunity", "INVALID_FIELD", "duplicate field selected: Amount"),
        ("SELECT Name, FORMAT(Amount) Name FROM Opportunity", "MALFORMED_QUERY", "duplicate alias: Name"),
        ("SELECT Name, Account.Name, COUNT(Id) FROM Contact GROUP BY Name, Account.Name", "MALFORMED_QUERY", "duplicate alias: Name"),
        ("SELECT toLabel(Name) FROM Account", "INVALID_FIELD", "does not support function TOLABEL"),
        ("SELECT FORMAT(Name) FROM Account", "INVALID_FIELD", "does not support function FORMAT"),
        ("SELECT convertCurrency(Probability) FROM Opportunity", "INVALID_FIELD", "CONVERTCURRENCY"),
        ("SELECT FORMAT(toLabel(Industry)) FROM Account", "MALFORMED_QUERY", "unexpected token: 'TOLABEL'"),
        ("SELECT MAX(convertCurrency(Amount)) FROM Opportunity", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Opportunity WHERE convertCurrency(Amount) > 5", "MALFORMED_QUERY", "not allowed in WHERE"),
        ("SELECT Id FROM Opportunity WHERE COUNT(Id) > 5", "MALFORMED_QUERY", "COUNT() is not allowed in WHERE"),
        ("SELECT Id FROM Opportunity ORDER BY FORMAT(Amount)", "MALFORMED_QUERY", "ORDER BY does not take"),
        ("SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity", "MALFORMED_QUERY", "must be grouped or aggregated"),
        ("SELECT HOUR_IN_DAY(CloseDate), COUNT(Id) FROM Opportunity GROUP BY HOUR_IN_DAY(CloseDate)", "INVALID_FIELD", "HOUR_IN_DAY"),
        ("SELECT convertTimezone(CreatedDate) FROM Account", "MALFORMED_QUERY", "inside of a date function only"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY ROLLUP(StageName, Type, LeadSource, NextStep)", "MALFORMED_QUERY", "3 fields at most"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY StageName HAVING Type = 'x'", "MALFORMED_QUERY", "must be grouped or aggregated: Type"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY StageName ORDER BY Name", "MALFORMED_QUERY", "must be grouped or aggregated: Name"),
        ("SELECT COUNT(), StageName FROM Opportunity GROUP BY StageName", "MALFORMED_QUERY", "COUNT() must be the only element"),
        ("SELECT MAX() FROM Opportunity", "MALFORMED_QUERY", "unexpected token: ')'"),
    ],
)  # fmt: skip
def test_functions_where_they_do_not_belong(
    soql: str, code: str, words: str, client: Any, error: Error
) -> None:
    status, found, message = error(client.query(soql))
    assert (status, found) == (400, code)
    assert words in message
