"""docs/soql.md: for each construct of SOQL whether it is read or refused, made by reading an example of it."""

from pathlib import Path

from lake_ingest.sources.salesforce.soql.id_bound import BOUND
from lake_ingest.sources.salesforce.soql.reader import read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.walk import not_in_bulk

PAGE = Path(__file__).parents[4] / "docs" / "soql.md"

SECTIONS = {
    "What is selected": [
        ("fields, parents' fields", "SELECT Id, Account.Owner.Name FROM Opportunity"),
        ("the object's own prefix", "SELECT Opportunity.Id FROM Opportunity"),
        ("aliases of objects", "SELECT o.Id, a.Name FROM Opportunity o, o.Account a"),
        ("an alias of a field", "SELECT Name n FROM Opportunity"),
        ("the same, in a grouped query", "SELECT Name n FROM Opportunity GROUP BY Name"),
        ("a field twice", "SELECT Id, Id FROM Opportunity"),
        ("`FIELDS()`", "SELECT FIELDS(STANDARD) FROM Opportunity"),
        ("child queries", "SELECT Id, (SELECT LastName FROM Contacts) FROM Account"),
        ("`TYPEOF`", "SELECT Id, TYPEOF What WHEN Account THEN Phone ELSE Name END FROM Event"),
    ],
    "Functions": [
        ("`COUNT()`", "SELECT COUNT() FROM Opportunity"),
        ("`COUNT`, `COUNT_DISTINCT`, `SUM`, `AVG`, `MIN`, `MAX`", "SELECT COUNT(Id), SUM(Amount), MAX(CloseDate) latest FROM Opportunity"),
        ("date functions", "SELECT CALENDAR_YEAR(CloseDate), COUNT(Id) FROM Opportunity GROUP BY CALENDAR_YEAR(CloseDate)"),
        ("`convertTimezone()`, inside a date function", "SELECT DAY_ONLY(convertTimezone(CreatedDate)) d, COUNT(Id) n FROM Case GROUP BY DAY_ONLY(convertTimezone(CreatedDate))"),
        ("the same, elsewhere", "SELECT convertTimezone(CreatedDate) FROM Case"),
        ("`toLabel()`, `FORMAT()`, `convertCurrency()`", "SELECT toLabel(StageName), FORMAT(CloseDate), convertCurrency(Amount) FROM Opportunity"),
        ("the same, beside the field", "SELECT Amount, FORMAT(convertCurrency(Amount)) shown FROM Opportunity"),
        ("the same, without an alias in a grouped query", "SELECT toLabel(StageName), COUNT(Id) FROM Opportunity GROUP BY StageName"),
        ("`GROUPING()`", "SELECT Status, GROUPING(Status) total, COUNT(Id) FROM Lead GROUP BY ROLLUP(Status)"),
        ("`DISTANCE()`, `GEOLOCATION()`", "SELECT DISTANCE(Site__c, GEOLOCATION(50.8, 4.3), 'km') away FROM Warehouse__c"),
        ("any other function", "SELECT UPPER(Name) FROM Account"),
    ],
    "Conditions": [
        ("comparisons, `LIKE`, `AND`, `OR`, `NOT`", "SELECT Id FROM Account WHERE Name LIKE 'A%' AND NOT (Type = null OR NumberOfEmployees > 5)"),
        ("`AND` and `OR` without brackets", "SELECT Id FROM Account WHERE a__c = 1 AND b__c = 2 OR c__c = 3"),
        ("`IN`, `INCLUDES`, `EXCLUDES`", "SELECT Id FROM Account WHERE Type NOT IN ('a', 'b') AND Tags__c INCLUDES ('x;y')"),
        ("queries of ids (semi-joins)", "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Type = 'Customer')"),
        ("dates, times, amounts with a currency", "SELECT Id FROM Opportunity WHERE CloseDate >= 2026-01-01 AND Amount > EUR5000"),
        ("relative dates (lint warns: ING307, ING308)", "SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:30"),
        ("functions", "SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) = 2026"),
        ("texts in double quotes", "SELECT Id FROM Account WHERE Name = \"x\""),
        ("bind variables", "SELECT Id FROM Account WHERE Id = :id"),
        ("templates", "SELECT Id FROM Account WHERE CreatedDate >= {{ ds }}"),
        ("`IS NULL`", "SELECT Id FROM Account WHERE Name IS NULL"),
        ("comments", "SELECT Id FROM Account -- all of them"),
    ],
    "Clauses": [
        ("`GROUP BY`, `HAVING`", "SELECT StageName, SUM(Amount) FROM Opportunity GROUP BY StageName HAVING SUM(Amount) > 0"),
        ("two grouped fields of one name", "SELECT Account.Name, Owner.Name FROM Opportunity GROUP BY Account.Name, Owner.Name"),
        ("`GROUP BY ROLLUP`, `CUBE`", "SELECT Status, COUNT(Id) FROM Lead GROUP BY CUBE(Status)"),
        ("`ORDER BY`, `LIMIT`", "SELECT Id FROM Account ORDER BY Name DESC NULLS LAST LIMIT 10"),
        ("`OFFSET`", "SELECT Id FROM Account ORDER BY Id LIMIT 10 OFFSET 5"),
        ("`USING SCOPE`", "SELECT Id FROM Account USING SCOPE mine"),
        ("`WITH DATA CATEGORY`", "SELECT Id FROM Knowledge__kav WITH DATA CATEGORY Geography__c ABOVE belgium__c"),
        ("`WITH` another condition", "SELECT Id FROM UserProfileFeed WITH UserId = '005000000000001AAA'"),
        ("`WITH SECURITY_ENFORCED`, `USER_MODE`, `SYSTEM_MODE`", "SELECT Id FROM Account WITH SECURITY_ENFORCED"),
        ("`FOR VIEW`, `FOR REFERENCE`, `UPDATE TRACKING`, `UPDATE VIEWSTAT`", "SELECT Id FROM Account FOR VIEW"),
        ("`FOR UPDATE`", "SELECT Id FROM Account FOR UPDATE"),
        ("`ALL ROWS`", "SELECT Id FROM Account ALL ROWS"),
    ],
}  # fmt: skip

HEAD = """# SOQL: what is read, what is refused, and why

One reader serves `factory lint` and the runs, so a query that passes lint is understood by the run. It reads SELECT as the SOQL
reference describes it. Lint reports as an error, with line and column, exactly what this reader refuses. `make regen` makes this page by
reading each example.

- **Columns have Salesforce's own names.** A field keeps its path; in a grouped query it has its alias or its last name, and
  expressions without an alias are numbered: `expr0`, `expr1` … A record that lacks a selected name fails the run; only a parent that is
  null gives nulls.
- **Types.** `COUNT`, `COUNT_DISTINCT`, `GROUPING` and the date functions are integers (`DAY_ONLY` a date); `SUM`, `AVG`,
  `convertCurrency` and `DISTANCE` numbers; `MIN` and `MAX` have their field's type; `toLabel` and `FORMAT` are text. A child query and
  a `TYPEOF` are JSON; that of a `TYPEOF` names the record's object in `attributes.type`.
- **Every field is checked**, wherever it is in a query: that it exists (ING311), that it can be filtered (ING316) and is compared with values of its type (ING321), that it is
  not personal data (ING315). A count shows no value, so `COUNT(Email)` passes. What lies behind an object that the catalogue does not
  hold may be personal, so it counts as such until the object is pulled, or the line says why not.
- **Bulk or REST.** What Bulk API 2.0 does not run is read by REST; `api: bulk` beside it is refused (ING303). Salesforce gives the
  rows of a grouped query in one page only, so one with more than 2,000 groups fails with the org's own words.
- **Long queries.** A REST query travels in the address of a request, which has room for about 14,000 bytes. A longer one is sent in the
  body of a composite request, up to SOQL's 100,000 characters (ING304).
- **`filter`** takes what may follow `WHERE`: one condition, nothing more (ING309). It is put in brackets and joined to the window by
  `AND`. It may compare personal data, because it returns none. `compare_ids` compares the ids that fulfil it, so a row that no longer does
  counts as gone.
"""


def document():
    """The page."""
    parts = [HEAD]
    for title, rows in SECTIONS.items():
        parts.append(f"## {title}\n\n| Construct | Example | |\n|---|---|---|")
        parts.append("\n".join(f"| {name} | `{query}` | {verdict(query)} |" for name, query in rows) + "\n")
    parts.append(
        "## Objects that are only read for given values\n\nSalesforce refuses any other query of them, so lint does (ING319). The values"
        " may come from a query of ids.\n\n| Object | One of these, with `=` or `IN` |\n|---|---|"
    )
    parts.append(
        "\n".join(
            f"| {name} | {', '.join(f'`{field}`' for field in fields)} |"
            for name, fields in sorted(BOUND.items())
        )
    )
    return "\n".join(parts) + "\n"


def verdict(query):
    """What becomes of a query, in words."""
    try:
        read = read_query(query)
    except SoqlError as refused:
        return f"**refused:** {refused}"
    names = ", ".join(f"`{item.name}`" for item in read.items)
    features = dict.fromkeys(feature.text for feature in not_in_bulk(read))
    return f"read{' by REST' if features else ''}: {names}"


def test_the_page_on_soql_is_that_of_the_reader(golden):
    golden(PAGE, document())
