"""Written queries: what each gives, what it names, and what is refused, with its place."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.sources.salesforce.soql.functions import result_type
from lake_ingest.sources.salesforce.soql.nodes import Call, Path
from lake_ingest.sources.salesforce.soql.reader import read_condition, read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.walk import (
    arranging_paths,
    child_queries,
    compared_paths,
    comparisons,
    not_in_bulk,
    selected_paths,
    semi_joins,
    type_switches,
)

DISTANCE = "DISTANCE(Location__c, GEOLOCATION(-10.7,10.7), 'mi')"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT Id, Name FROM Account", "Id Name"),
        ("select id , account.owner.name from opportunity", "id account.owner.name"),
        # its own prefix and aliases are not part of a name
        ("SELECT Opportunity.Id, Opportunity.Account.Name FROM Opportunity", "Id Account.Name"),
        ("SELECT o.Id, O.Account.Name, Name FROM Opportunity o", "Id Account.Name Name"),
        ("SELECT c.Id, a.Name, u.Alias FROM Contact c, c.Account a, a.Owner u", "Id Account.Name Account.Owner.Alias"),
        ("SELECT OrderItem.Order.Name, Order.Id FROM OrderItem", "Order.Name Order.Id"),
        ("SELECT Id FROM Group WHERE Type = 'Queue' ORDER BY CreatedDate", "Id"),
        ("SELECT Id FROM Order o LIMIT 1", "Id"),
        ("SELECT Id, Format, Limit__c, Group__c, Offset__c FROM Account", "Id Format Limit__c Group__c Offset__c"),
        # only the unaliased expressions of a grouped query are numbered
        ("SELECT StageName, COUNT(Id), SUM(Amount) FROM Opportunity GROUP BY StageName", "StageName expr0 expr1"),
        ("SELECT Name, MAX(Amount), MIN(Amount) min, SUM(Amount) FROM Opportunity GROUP BY Name", "Name expr0 min expr1"),
        ("SELECT COUNT(Id)FROM Contact", "expr0"),
        ("SELECT COUNT(Id) n, COUNT_DISTINCT(Email) FROM Contact", "n expr0"),
        ("SELECT Account.Name, AVG(Amount) FROM Opportunity GROUP BY Account.Name", "Name expr0"),
        ("SELECT Account.Name a, Owner.Name o FROM Opportunity GROUP BY Account.Name, Owner.Name", "a o"),
        ("SELECT o.Account.Name FROM Opportunity o GROUP BY o.Account.Name", "Name"),
        ("SELECT Name n, MAX(Amount) max FROM Opportunity GROUP BY Name", "n max"),
        ("SELECT AccountId, MAX(Account.CreatedDate) made FROM Contact GROUP BY AccountId", "AccountId made"),
        ("SELECT COUNT(Id), DAY_ONLY(CreatedDate) FROM Case GROUP BY DAY_ONLY(CreatedDate)", "expr0 expr1"),
        ("SELECT COUNT(Id), FORMAT(MAX(CreatedDate)) FROM Contact", "expr0 expr1"),
        (
            "SELECT HOUR_IN_DAY(convertTimezone(CloseDate)), SUM(Amount) FROM Quote GROUP BY HOUR_IN_DAY(convertTimezone(CloseDate))",
            "expr0 expr1",
        ),
        ("SELECT Status, GROUPING(Status) g, COUNT(Id) FROM Lead GROUP BY ROLLUP(Status)", "Status g expr0"),
        ("SELECT Status, Rating, COUNT(Id) FROM Lead GROUP BY CUBE(Status, Rating)", "Status Rating expr0"),
        ("SELECT toLabel(Status) s, COUNT(Id) FROM Lead GROUP BY Status", "s expr0"),
        # another form of a field keeps its name, an alias stands below the same parent
        ("SELECT Company, toLabel(Status) FROM Lead", "Company Status"),
        ("SELECT Company, toLabel(RecordType.Name) FROM Lead", "Company RecordType.Name"),
        ("SELECT toLabel(Lead.Status), Status raw__ FROM Lead GROUP BY Status", None),
        ("SELECT Status, toLabel(Status) translated FROM Lead", "Status translated"),
        (
            "SELECT Amount, FORMAT(Amount) Amt, convertCurrency(Amount) c, FORMAT(convertCurrency(Amount)) f FROM Opportunity",
            "Amount Amt c f",
        ),
        ("SELECT FORMAT(oli.Opportunity.Amount) Amt FROM OpportunityLineItem oli", "Opportunity.Amt"),
        ("SELECT convertCurrency(Amount), FORMAT(CloseDate) FROM Opportunity", "Amount CloseDate"),
        (f"SELECT Id, {DISTANCE} FROM Warehouse__c", "Id expr0"),
        (f"SELECT {DISTANCE} far FROM Warehouse__c", "far"),
        ("SELECT Id, TYPEOF What WHEN Account THEN Phone, Name WHEN Case THEN CaseNumber ELSE Name END FROM Event", "Id What"),
        ("SELECT Name, (SELECT LastName FROM Contacts), (SELECT Id FROM Cases) FROM Account", "Name Contacts Cases"),
        ("SELECT a.Name, (SELECT Id FROM a.Contacts c WHERE c.Email = 'x') FROM Account a", "Name Contacts"),
    ],
)  # fmt: skip
def test_values_have_salesforces_own_names(query, names):
    if names is None:
        with pytest.raises(SoqlError, match="needs an alias"):
            read_query(query)
        return
    assert [item.name for item in read_query(query).items] == names.split()


@pytest.mark.parametrize(
    "tail",
    [
        "WHERE Name = 'Group by offset 3 LIMIT 1) FROM x -- /* */ it\\'s'",
        "WHERE Name LIKE 'a\\_b\\%%' AND NOT Name LIKE '_x'",
        "WHERE (Amount > 5 OR Amount < -3.5e2) AND IsWon = TRUE",
        "WHERE CloseDate = 2026-01-31 AND CreatedDate >= 2026-01-31T00:00:00.000+01:00",
        "WHERE CloseDate = LAST_N_DAYS:5 OR CloseDate = next_fiscal_quarter OR CloseDate = N_YEARS_AGO:2",
        "WHERE Amount > USD5000 AND Amount < EUR10.50",
        "WHERE Start__c = 10:30:00.000Z",
        "WHERE Id IN ('006A', '006B') AND Stage__c NOT IN ('a', null) AND x__c <> null",
        "WHERE Services__c INCLUDES ('a;b', 'c') OR Services__c EXCLUDES ('d')",
        "WHERE AccountId IN (SELECT Id FROM Account a WHERE a.Industry = 'Energy')",
        "WHERE AccountId NOT IN (SELECT AccountId FROM Case)",
        "WHERE toLabel(StageName) = 'Gewonnen' AND CALENDAR_YEAR(CloseDate) = 2026",
        f"WHERE {DISTANCE} < 20 ORDER BY {DISTANCE} DESC",
        "USING SCOPE mine WHERE Id != ''",
        "WITH DATA CATEGORY Geo__c ABOVE usa__c AND Product__c AT (a__c, b__c)",
        "WHERE Name = 'x' WITH UserId = '005000000000001AAA'",
        "ORDER BY Name ASC NULLS LAST, Account.Name DESC NULLS FIRST, Id LIMIT 5 OFFSET 10",
        "LIMIT 1 FOR VIEW",
        "FOR VIEW, REFERENCE",
        "FOR REFERENCE UPDATE TRACKING",
        "UPDATE VIEWSTAT",
        "\n  WHERE\tId = 'x'\r\n  ORDER\n BY Id ",
    ],
)
def test_the_whole_of_select_is_read(tail):
    query = read_query(f"SELECT Id FROM Opportunity {tail}")
    assert [item.name for item in query.items] == ["Id"]


@pytest.mark.parametrize(
    ("query", "why", "place"),
    [
        ("", "ends too early", ""),
        ("DELETE FROM Account", "possible is SELECT", "DELETE"),
        ("SELECT Id", "ends too early", "d"),
        ("SELECT Id, FROM Account", "`FROM` is not expected here", "FROM"),
        ("SELECT Id FROM", "ends too early", "M"),
        ("SELECT Id, Name FORM Opportunity", "`FORM` is not expected", "FORM"),
        ("SELECT Id FROM Opportunity WHER Amount > 5", "`WHER` is not expected", "WHER"),
        ("SELECT Id FROM Opportunity WHERE Amount > 5 ORDR BY Id", "`ORDR` is not expected", "ORDR"),
        ("SELECT Id FROM a.b", "is not the name of one object", "a.b"),
        ("SELECT Id FROM Account AS a", "alias without AS", "AS"),
        ("SELECT Id Name FROM Account", "without a comma", "Name"),
        ("SELECT MAX(Amount) first FROM Opportunity", "`first` is a word of SOQL and cannot be an alias", "first"),
        ("SELECT Id FROM Opportunity o, p", r"each with an alias: `Opportunity.Parent p`", "p"),
        ("SELECT Id FROM Contact c, x.Account a", "each with an alias", "x.Account"),
        ("SELECT COUNT() FROM Account", r"write `COUNT\(Id\)`", "COUNT()"),
        ("SELECT FIELDS(ALL) FROM Account LIMIT 200", r"FIELDS\(\) is not read", "FIELDS(ALL)"),
        ("SELECT Id, fields(standard) FROM Account", r"FIELDS\(\) is not read", "fields(standard)"),
        ("SELECT * FROM Account", "name the fields", "*"),
        ("SELECT Id, id FROM Account", "two values of the query have the name `id`", "id"),
        ("SELECT Status, toLabel(Status) FROM Lead", "two values", "toLabel(Status)"),
        ("SELECT Account.Name, Owner.Name FROM Opportunity GROUP BY Account.Name, Owner.Name", "two values", "Owner.Name"),
        ("SELECT COUNT(Id) n, SUM(Amount) N FROM Opportunity", "two values", "N"),
        ("SELECT What.Name, TYPEOF What WHEN Account THEN Phone END FROM Event", "beside a TYPEOF", "TYPEOF What WHEN Account THEN Phone END"),
        ("SELECT TYPEOF What END FROM Event", "possible is WHEN", "END"),
        ("SELECT (SELECT COUNT(Id) FROM Contacts) FROM Account", "neither groups nor aggregates", "SELECT COUNT(Id) FROM Contacts"),
        ("SELECT COUNT(Id), (SELECT Id FROM Contacts) FROM Account", "takes no child query", "SELECT Id FROM Contacts"),
        ("SELECT COUNT(Id) FROM Account LIMIT 1", "LIMIT only with GROUP BY", "LIMIT"),
        ("SELECT convertTimezone(CreatedDate) FROM Account", "inside a date function only", "convertTimezone(CreatedDate)"),
        ("SELECT UPPER(Name) FROM Account", "`UPPER` is not a function", "UPPER"),
        ("SELECT SUM() FROM Account", r"SUM\(\) takes one field", "SUM()"),
        ("SELECT MAX('x') FROM Account", r"MAX\(\) takes one field", "MAX('x')"),
        ("SELECT convertCurrency(MAX(Amount)) FROM Opportunity", "not another function", "convertCurrency(MAX(Amount))"),
        ("SELECT Id FROM Account WHERE COUNT(Id) > 1", "compared in HAVING", "COUNT(Id)"),
        ("SELECT Id FROM Account WHERE a = 1 AND b = 2 OR c = 3", "AND and OR are mixed", "OR"),
        ("SELECT Id FROM Account WHERE Name = \"x\"", "between single quotes", '"'),
        ("SELECT Id FROM Account WHERE Name = 'it's'", "no closing quote", "'"),
        ("SELECT Id FROM Account WHERE Name = 'it''s'", r"a quote inside a text is written `\\'`", "'s'"),
        ("SELECT Id FROM Account WHERE Name = x", "`x` is not a value", "x"),
        ("SELECT Id FROM Account WHERE Name = :name", "bind variable", ":"),
        ("SELECT Id FROM Account WHERE CreatedDate > {{ ds }}", "nothing fills in", "{"),
        ("SELECT Id FROM Account WHERE Name = 'a\\d'", "is not an escape", "\\d"),
        ("SELECT Id FROM Account WHERE Name = 'a\\%'", "an escape of LIKE only", "\\%"),
        ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS", "wants a number", "LAST_N_DAYS"),
        ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_HOURS:5", "is not a date literal", "LAST_N_HOURS:5"),
        ("SELECT Id FROM Account WHERE Name IS NULL", "no IS", "IS"),
        ("SELECT Id FROM Account WHERE Amount BETWEEN 1 AND 2", "no BETWEEN", "BETWEEN"),
        ("SELECT Id FROM Account WHERE Name NOT LIKE 'x'", "NOT before the field", "NOT"),
        ("SELECT Id FROM Account WHERE Name == 'x'", "one `=`", "="),
        ("SELECT Id FROM Account WHERE Id IN ()", r"`\)` is not expected", ")"),
        ("SELECT Id FROM Account WHERE (Name = 'x'", "ends too early", "'"),
        ("SELECT Id FROM Account LIMIT many", "possible is a number", "many"),
        ("SELECT Id FROM Account;", "without `;`", ";"),
        ("SELECT Id FROM Account -- all of them", "no comments", "--"),
        ("SELECT Id /* the key */ FROM Account", "no comments", "/*"),
        ("[SELECT Id FROM Account]", "without brackets", "["),
        ("SELECT Id FROM Account ALL ROWS", "include_deleted: true", "ALL ROWS"),
        ("SELECT Id FROM Account FOR UPDATE", "leave it out", "FOR UPDATE"),
        ("SELECT Id FROM Account WITH SECURITY_ENFORCED", "is for Apex", "WITH SECURITY_ENFORCED"),
        ("SELECT Id FROM Account WITH USER_MODE", "is for Apex", "WITH USER_MODE"),
        ("SELECT Id FROM Account HAVING COUNT(Id) > 1", "`HAVING` is not expected", "HAVING"),
        ("SELECT Id FROM Account WHERE Id = 'x' SELECT Id FROM Account", "is not expected", "SELECT"),
        ("SELECT Id FROM\u00a0Account", "U\\+00A0 is not expected", "\u00a0"),
        ("SELECT Id FROM Account WHERE " + "(" * 500 + "a = 1" + ")" * 500, "nested too deeply", "("),
        ("SELECT Id FROM Account WHERE " + "NOT " * 5000 + "a = 1", "nested too deeply", "NOT"),
        ("SELECT (" * 5000, "nested too deeply|ends too early", None),
    ],
)  # fmt: skip
def test_what_is_refused_has_a_reason_and_a_place(query, why, place):
    with pytest.raises(SoqlError, match=why) as refused:
        read_query(query)
    if place is not None:
        assert query[refused.value.start : refused.value.end] == place


def test_a_misspelt_keyword_is_known_by_what_could_stand_there():
    with pytest.raises(SoqlError, match="is not expected") as refused:
        read_query("SELECT Id, Name FORM Opportunity")
    assert "FROM" in refused.value.expected


QUERY = """
SELECT o.Id, MAX(Account.Owner.Email), toLabel(o.StageName) stage, FORMAT(MIN(o.CloseDate)) opened
FROM Opportunity o
WHERE CALENDAR_YEAR(o.CreatedDate) = 2026 AND (NOT Contact__r.Email = 'Email' OR AccountId IN (SELECT Id FROM Account WHERE Phone != null))
GROUP BY o.Id, StageName
HAVING MAX(Account.Owner.Email) != null
ORDER BY COUNT(Secret__c)
"""


def test_every_field_inside_every_expression_is_seen_with_its_place():
    query = read_query(QUERY)
    assert [path.text for path in selected_paths(query)] == [
        "Id",
        "Account.Owner.Email",
        "StageName",
        "CloseDate",
    ]
    assert [path.text for path in compared_paths(query.where)] == [
        "CreatedDate",
        "Contact__r.Email",
        "AccountId",
    ]
    assert [path.text for path in compared_paths(query.having)] == ["Account.Owner.Email"]
    assert [path.text for path in arranging_paths(query)] == ["Id", "StageName", "Secret__c"]
    (inner,) = semi_joins(query.where)
    assert (inner.object.text, [path.text for path in compared_paths(inner.where)]) == ("Account", ["Phone"])
    for path in (*selected_paths(query), *compared_paths(query.where), *compared_paths(inner.where)):
        assert QUERY[path.start : path.end].removeprefix("o.") == path.text
    assert [(one.operator, one.right.text) for one in comparisons(query)] == [
        ("=", "2026"),
        ("=", "'Email'"),
        ("!=", "null"),
        ("!=", "null"),
    ]


def test_fields_of_typeof_and_of_child_queries_are_seen():
    query = read_query(
        "SELECT TYPEOF e.What WHEN Account THEN Phone, Owner.Email ELSE Name END,"
        " (SELECT Relation.Email, EventRelation.Status FROM e.EventRelations) FROM Event e"
    )
    (switch,) = type_switches(query)
    assert (switch.relationship.text, switch.cases[0].object.text) == ("What", "Account")
    assert [path.text for path in switch.cases[0].paths] == ["Phone", "Owner.Email"]
    assert [path.text for path in switch.otherwise] == ["Name"]
    (child,) = child_queries(query)
    assert child.object.text == "EventRelations"
    assert [path.below("EventRelation").text for path in selected_paths(child)] == [
        "Relation.Email",
        "Status",
    ]
    assert [item.key_below("eventrelation") for item in child.items] == [("Relation", "Email"), ("Status",)]


@pytest.mark.parametrize(
    ("query", "features"),
    [
        ("SELECT Id, Account.Name FROM Opportunity WHERE Name = 'OFFSET 3' ORDER BY Id LIMIT 5", []),
        ("SELECT Id FROM Opportunity WHERE AccountId IN (SELECT Id FROM Account)", []),
        ("SELECT StageName, COUNT(Id) FROM Opportunity GROUP BY StageName", ["COUNT()", "GROUP BY"]),
        ("SELECT Id FROM Opportunity LIMIT 5 OFFSET 10", ["OFFSET"]),
        ("SELECT toLabel(StageName) FROM Opportunity", ["TOLABEL()"]),
        ("SELECT (SELECT Id FROM Cases) FROM Account USING SCOPE mine", ["a child relationship", "USING SCOPE"]),
        ("SELECT TYPEOF What WHEN Account THEN Phone END FROM Event FOR VIEW", ["TYPEOF", "FOR VIEW"]),
        ("SELECT Id FROM Article__kav WITH DATA CATEGORY Geo__c AT usa__c", ["WITH DATA CATEGORY"]),
    ],
)  # fmt: skip
def test_what_bulk_does_not_run_is_known(query, features):
    assert [one.text for one in not_in_bulk(read_query(query))] == features


TYPES = {
    "Amount": "currency",
    "CloseDate": "date",
    "CreatedDate": "datetime",
    "Name": "string",
    "N__c": "double",
}


@pytest.mark.parametrize(
    ("expression", "given"),
    [
        ("Amount", "currency"),
        ("COUNT(Name)", "int"),
        ("COUNT_DISTINCT(Name)", "int"),
        ("SUM(Amount)", "double"),
        ("AVG(N__c)", "double"),
        ("MAX(CloseDate)", "date"),
        ("MIN(CreatedDate)", "datetime"),
        ("MAX(Name)", "string"),
        ("FORMAT(MAX(CloseDate))", "string"),
        ("FORMAT(Amount) f", "string"),
        ("toLabel(Name) t", "string"),
        ("convertCurrency(Amount) c", "currency"),
        ("CALENDAR_MONTH(CloseDate)", "int"),
        ("WEEK_IN_YEAR(convertTimezone(CreatedDate))", "int"),
        ("DAY_ONLY(convertTimezone(CreatedDate))", "date"),
        ("GROUPING(Name)", "int"),
        (DISTANCE, "double"),
    ],
)
def test_what_a_function_gives_has_a_type(expression, given):
    one = read_query(f"SELECT {expression} FROM Opportunity GROUP BY Amount").items[0].expression
    assert isinstance(one, Path | Call)
    assert result_type(one, lambda path: TYPES[path.text]) == given


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        ("StageName = 'Closed Won'", ["StageName"]),
        ("Opportunity.Amount > 5 OR Account.Name LIKE 'a%'", ["Amount", "Account.Name"]),
        ("Id IN (SELECT OpportunityId FROM Quote)", ["Id"]),
    ],
)
def test_a_condition_alone_is_read(condition, fields):
    assert [path.text for path in compared_paths(read_condition(condition, "Opportunity"))] == fields


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "WHERE Id = 'x'",
        "Id = 'x' LIMIT 1",
        "Id = 'x' ORDER BY Id",
        "Id = 'x') OR (Id != 'x'",
        "Id = 'x' OR Id != 'x')",
        "(Id = 'x'",
        "Id = 'x' GROUP BY Id",
        "Id = 'x' ALL ROWS",
        "Id = 'x' WITH SECURITY_ENFORCED",
        "Id = 'x'; DELETE",
        "Id = 'x' -- ",
        "COUNT(Id) > 5",
        "Id",
        "true",
    ],
)
def test_nothing_but_one_condition_passes_as_one(condition):
    with pytest.raises(SoqlError):
        read_condition(condition, "Opportunity")


PIECES = st.sampled_from(
    [
        "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "(", ")", ",", ".", "=", "!=", "'a'", "'it\\'s'", "5",
        "2026-01-01", "TODAY", "LAST_N_DAYS:3", "Id", "Name", "Account", "a", "COUNT(", "MAX(Amount)", "GROUP BY", "HAVING",
        "ORDER BY", "LIMIT", "OFFSET", "TYPEOF", "WHEN", "THEN", "ELSE", "END", "USING SCOPE", "WITH", "FOR VIEW", "null",
        ":x", ";", "'", "\\", "\u2028", "--",
    ]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map(" ".join)))
def test_any_text_is_read_or_refused_with_a_place_in_it(text):
    for read in (read_query, lambda some: read_condition(some, "Account")):
        refusal = None
        try:
            read(text)
        except SoqlError as refused:
            refusal = refused
        assert refusal is None or (0 <= refusal.start <= refusal.end <= len(text) and str(refusal))


@given(st.text(alphabet=string.printable, max_size=60))
def test_what_stands_in_quotes_is_never_searched(text):
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    query = read_query(f"SELECT Id FROM Account WHERE Name = '{quoted}'")
    assert [path.text for path in compared_paths(query.where)] == ["Name"]
    assert list(not_in_bulk(query)) == []
    assert read_condition(f"Name = '{quoted}'", "Account")
