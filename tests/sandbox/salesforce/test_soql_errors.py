"""Each documented refusal of a query, and what the org cannot serve."""

from collections.abc import Callable
from typing import Any

import pytest

Error = Callable[[Any], tuple[int, str, str]]

REFUSED = [
    ("", "MISSING_ARGUMENT", "q parameter is required"),
    ("SELECT", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id FRM Account", "MALFORMED_QUERY", "unexpected token: 'Account'"),
    ("SELECT * FROM Account", "MALFORMED_QUERY", "unexpected token: '*'"),
    (
        "SELECT Id FROM Account WHERE Name = 'x' AND Name = 'y' OR Name = 'z'",
        "MALFORMED_QUERY",
        "unexpected token: 'OR'",
    ),
    (
        "SELECT Id FROM Account WHERE Name = 'x' OR Name = 'y' AND Name = 'z'",
        "MALFORMED_QUERY",
        "unexpected token: 'AND'",
    ),
    ("SELECT Id FROM Account WHERE Name = 'it's'", "MALFORMED_QUERY", "unexpected token: 's'"),
    ("SELECT Id FROM Account WHERE Name = 'open", "MALFORMED_QUERY", "mismatched character '<EOF>'"),
    ("SELECT Id FROM Account WHERE Name = '\\q'", "MALFORMED_QUERY", "Illegal character sequence '\\q'"),
    ("SELECT Id FROM Account WHERE Name = :name", "MALFORMED_QUERY", "unexpected token: ':'"),
    (
        "SELECT Id FROM Account WHERE CreatedDate > LAST_N_FORTNIGHTS:2",
        "MALFORMED_QUERY",
        "LAST_N_FORTNIGHTS:2",
    ),
    ("SELECT Id FROM Account WHERE CreatedDate > SOMEDAY", "MALFORMED_QUERY", "unexpected token: 'SOMEDAY'"),
    (
        "SELECT Id FROM Opportunity WHERE CloseDate > 1699-12-31",
        "MALFORMED_QUERY",
        "Invalid date: 1699-12-31",
    ),
    (
        "SELECT Id FROM Opportunity WHERE CloseDate > 4001-01-01",
        "MALFORMED_QUERY",
        "Invalid date: 4001-01-01",
    ),
    (
        "SELECT Id FROM Opportunity WHERE CloseDate > 2025-02-29",
        "MALFORMED_QUERY",
        "Invalid date: 2025-02-29",
    ),
    (
        "SELECT Id FROM Account WHERE CreatedDate > N_YEARS_AGO:9999",
        "MALFORMED_QUERY",
        "Invalid date: N_YEARS_AGO:9999",
    ),
    ("SELECT Id FROM Account ALL ROWS", "MALFORMED_QUERY", "ALL ROWS not allowed in this context"),
    ("SELECT Id FROM Account LIMIT -1", "MALFORMED_QUERY", "unexpected token: '-1'"),
    (
        "SELECT Id FROM Account OFFSET 2001",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "Maximum SOQL offset allowed is 2000",
    ),
    ("SELECT Id FROM Nothing", "INVALID_TYPE", "Row:1:Column:16\nsObject type 'Nothing' is not supported."),
    (
        "SELECT Id,\nNothing FROM Account",
        "INVALID_FIELD",
        "Row:2:Column:1\nNo such column 'Nothing' on entity 'Account'.",
    ),
    (
        "SELECT Nothing.Name FROM Account",
        "INVALID_FIELD",
        "Didn't understand relationship 'Nothing' in field path.",
    ),
    (
        "SELECT (SELECT Id FROM Nothings) FROM Account",
        "INVALID_TYPE",
        "Didn't understand relationship 'Nothings' in FROM",
    ),
    ("SELECT Id, Name, id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
    ("SELECT Name n FROM Account", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
    (
        "SELECT Id FROM Account WHERE Description = 'x'",
        "INVALID_FIELD",
        "field 'Description' can not be filtered",
    ),
    (
        "SELECT Id FROM Contact WHERE MailingAddress = 'x'",
        "INVALID_FIELD",
        "field 'MailingAddress' can not be filtered",
    ),
    ("SELECT Id FROM Account ORDER BY Markets__c", "INVALID_FIELD", "field 'Markets__c' can not be sorted"),
    ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", "field 'Description' can not be sorted"),
    (
        "SELECT Id FROM Opportunity WHERE Amount > '5'",
        "INVALID_FIELD",
        "'Amount' must be of type double and should not be",
    ),
    (
        "SELECT Id FROM Account WHERE Name > 5",
        "INVALID_FIELD",
        "'Name' must be of type string and should be enclosed",
    ),
    (
        "SELECT Id FROM Account WHERE CreatedDate > 2026-01-01",
        "INVALID_FIELD",
        "must be of type dateTime and should not",
    ),
    (
        "SELECT Id FROM Account WHERE CreatedDate > '2026-01-01T00:00:00Z'",
        "INVALID_FIELD",
        "must be of type dateTime",
    ),
    (
        "SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z",
        "INVALID_FIELD",
        "must be of type date and",
    ),
    ("SELECT Id FROM Opportunity WHERE IsWon = 'true'", "INVALID_FIELD", "must be of type boolean"),
    (
        "SELECT Id FROM Opportunity WHERE Amount LIKE '5%'",
        "INVALID_QUERY_FILTER_OPERATOR",
        "invalid operator",
    ),
    ("SELECT Id FROM Opportunity WHERE Amount > null", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
    ("SELECT Id FROM Opportunity WHERE IsWon > false", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
    (
        "SELECT Id FROM Account WHERE Industry INCLUDES ('Energy')",
        "INVALID_QUERY_FILTER_OPERATOR",
        "invalid operator",
    ),
    (
        "SELECT Id FROM Account WHERE Id = 'nonsense'",
        "INVALID_QUERY_FILTER_OPERATOR",
        "invalid ID field: nonsense",
    ),
    (f"SELECT Id FROM Account WHERE Name = '{'x' * 4001}'", "MALFORMED_QUERY", "4000 characters at most"),
    (
        "SELECT Parent.Parent.Parent.Parent.Parent.Parent.Name FROM Account",
        "MALFORMED_QUERY",
        "5 relationships at most",
    ),
    ("SELECT Amount FROM Opportunity GROUP BY Amount", "INVALID_FIELD", "field 'Amount' can not be grouped"),
    (
        "SELECT Name FROM Opportunity GROUP BY StageName",
        "MALFORMED_QUERY",
        "Field must be grouped or aggregated: Name",
    ),
    (
        "SELECT Name, COUNT(Id) FROM Opportunity",
        "MALFORMED_QUERY",
        "Field must be grouped or aggregated: Name",
    ),
    (
        "SELECT SUM(Name) FROM Account",
        "MALFORMED_QUERY",
        "Column:12\nfield Name does not support aggregate operator SUM",
    ),
    ("SELECT COUNT(Id) n, MAX(Name) n FROM Account", "MALFORMED_QUERY", "duplicate alias: n"),
    ("SELECT COUNT(Id) FROM Account LIMIT 5", "MALFORMED_QUERY", "without GROUP BY does not support LIMIT"),
    (
        "SELECT Id FROM Account HAVING COUNT(Id) > 1",
        "MALFORMED_QUERY",
        "having clause requires group by clause",
    ),
    ("SELECT Nonsense(Id) FROM Account", "MALFORMED_QUERY", "unexpected token: 'NONSENSE'"),
    ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
    ("SELECT FIELDS(CUSTOM) FROM Account LIMIT 201", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
    ("SELECT FIELDS(SOME) FROM Account", "MALFORMED_QUERY", "FIELDS takes ALL, STANDARD or CUSTOM"),
    ("SELECT Id, FIELDS(STANDARD) FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
    (
        "SELECT Id FROM Account WHERE Name IN (SELECT AccountId FROM Contact)",
        "INVALID_FIELD",
        "must be an ID or reference",
    ),
    (
        "SELECT Id FROM Account WHERE Id IN (SELECT Name FROM Contact)",
        "INVALID_FIELD",
        "must return an ID or reference",
    ),
    (
        "SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Account)",
        "MALFORMED_QUERY",
        "not be on the same object type",
    ),
    (
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId, Id FROM Contact)",
        "MALFORMED_QUERY",
        "exactly one field",
    ),
    (
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)",
        "MALFORMED_QUERY",
        "LIMIT",
    ),
    (
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Title = 'a' OR Title = 'b')",
        "MALFORMED_QUERY",
        "OR is not allowed",
    ),
    (
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) "
            "AND Id IN (SELECT AccountId FROM Case) AND Id IN (SELECT AccountId FROM Task)"
        ),
        "MALFORMED_QUERY",
        "2 semi-joins at most",
    ),
    (
        "SELECT Id FROM Contact WHERE Account.Id IN (SELECT Id FROM Case)",
        "MALFORMED_QUERY",
        "must be a field of the queried",
    ),
]


@pytest.mark.parametrize(("soql", "code", "words"), REFUSED)
def test_a_query_is_refused_in_salesforces_words(
    soql: str, code: str, words: str, client: Any, error: Error
) -> None:
    status, found, message = error(client.query(soql))
    assert (status, found) == (400, code)
    assert words in message


@pytest.mark.parametrize(
    ("soql", "gap"),
    [
        ("SELECT DISTANCE(Location__c, GEOLOCATION(50, 4), 'km') FROM Meter_Reading__c", "GEOLOCATION()"),
        ("SELECT Id FROM Account FOR UPDATE", "FOR UPDATE"),
        ("SELECT Id FROM Account USING SCOPE team", "USING SCOPE team"),
        ("SELECT Id FROM Account WITH NETWORK = '0DB000000000001'", "WITH NETWORK ="),
    ],
)
def test_what_the_org_cannot_serve_is_named(soql: str, gap: str, client: Any, error: Error) -> None:
    status, code, message = error(client.query(soql))
    assert (status, code) == (501, "SANDBOX_NOT_SERVED")
    assert gap in message


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        (
            "SELECT MailingAddress FROM Contact",
            "API_ERROR",
            "Selecting compound data not supported in Bulk Query",
        ),
        (
            "SELECT Location__c FROM Meter_Reading__c",
            "API_ERROR",
            "Selecting compound data not supported in Bulk Query",
        ),
        ("SELECT Body FROM Attachment", "API_ERROR", "binary data"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR", "parent-to-child"),
        ("SELECT COUNT(Id) FROM Account", "API_ERROR", "Aggregate"),
        ("SELECT StageName FROM Opportunity GROUP BY StageName", "API_ERROR", "Aggregate"),
        ("SELECT COUNT() FROM Account", "API_ERROR", "Aggregate"),
        ("SELECT Id, TYPEOF What WHEN Account THEN Phone END FROM Task", "API_ERROR", "TYPEOF"),
        (
            "SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id) FROM Account GROUP BY CALENDAR_YEAR(CreatedDate)",
            "API_ERROR",
            "Aggregate",
        ),
        ("SELECT Id FROM Account OFFSET 5", "API_ERROR", "OFFSET"),
        ("SELECT FIELDS(ALL) FROM Account LIMIT 5", "API_ERROR", "FIELDS"),
        ("SELECT Id FROM CaseStatus", "INVALIDENTITY", "is not supported by the Bulk API"),
        ("SELECT Nothing FROM Account", "INVALID_FIELD", "No such column"),
    ],
)
def test_bulk_refuses_what_rest_would_take(
    soql: str, code: str, words: str, client: Any, error: Error
) -> None:
    status, found, message = error(
        client.call("POST", "/jobs/query", json={"operation": "query", "query": soql})
    )
    assert (status, found) == (400, code)
    assert words in message


def test_a_query_of_a_hundred_thousand_characters_is_too_long(client: Any, error: Error) -> None:
    soql = "SELECT Id FROM Account WHERE Name = 'x'" + " " * 100_000
    answer = client.call("POST", "/jobs/query", json={"operation": "query", "query": soql})
    assert error(answer)[:2] == (400, "MALFORMED_QUERY")


def test_an_aggregate_that_needs_pages_is_refused(client: Any, error: Error) -> None:
    status, code, message = error(client.query("SELECT Id, COUNT(Name) FROM Opportunity GROUP BY Id"))
    assert (status, code) == (400, "EXCEEDED_ID_LIMIT")
    assert message.startswith("Aggregate query does not support queryMore()")
    assert len(client.records("SELECT Id, COUNT(Name) FROM Opportunity GROUP BY Id LIMIT 2000")) == 2000
