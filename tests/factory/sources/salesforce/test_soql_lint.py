"""What lint makes of written SOQL: every field in it is known, and personal data never passes unseen."""

import json
import re

import pytest


@pytest.fixture
def lint(tree, run):
    """The problems of one spec, as `line:column RULE message`."""

    def of(text):
        path = tree / "configs/finance/example.yaml"
        path.write_text(text, encoding="utf-8")
        lines = run(tree, "lint", "--format", "concise").output.splitlines()
        return [line.removeprefix("configs/finance/example.yaml:") for line in lines]

    return of


@pytest.fixture(autouse=True)
def task(tree):
    """An object with relationships to several others, of which the catalogue holds some."""
    kinds = {"type": "reference"}
    fields = {
        "Id": {"type": "id"},
        "Subject": {"type": "string"},
        "WhoId": {**kinds, "relationship": "Who", "parents": ["Contact", "Lead"]},
        "WhatId": {**kinds, "relationship": "What", "parents": ["Account", "Opportunity"]},
        "OwnerId": {**kinds, "relationship": "Owner", "parents": ["Group", "User"]},
        "RecordTypeId": {**kinds, "relationship": "RecordType", "parents": ["RecordType"]},
        "Site__c": {"type": "location", "filterable": False},
    }
    entry = {"name": "Task", "fields": fields}
    (tree / "configs/_org/group/Task.json").write_text(json.dumps(entry), encoding="utf-8")


def query(text):
    """A spec of the object behind the query's own FROM, not that of a query inside it."""
    outside = re.sub(r"\(SELECT [^()]*(\([^()]*\)[^()]*)*\)", "", text)
    return f"object: {outside.split(' FROM ')[1].split()[0]}\nquery: >-\n  {text}\n"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Id FROM Opportunity WHERE Name = 'Group by offset 3'",
        "SELECT o.Id, O.account.name FROM Opportunity o WHERE o.StageName != null ORDER BY o.Id",
        "SELECT Opportunity.Id, Account.Owner.Id FROM Opportunity",
        "SELECT COUNT(Email), COUNT_DISTINCT(Email) FROM Contact WHERE Email != null",
        "SELECT StageName, SUM(Amount), MAX(CloseDate) FROM Opportunity GROUP BY StageName HAVING SUM(Amount) > 5",
        "SELECT What.Name, What.Type, Who.Type, Who.Id, Owner.Type, RecordType.Id FROM Task",
        "SELECT TYPEOF What WHEN Account THEN Industry WHEN Opportunity THEN Amount, Owner.Id ELSE Id END FROM Task",
        "SELECT Id FROM Task WHERE DISTANCE(Site__c, GEOLOCATION(1, 2), 'km') < 5",
        "SELECT DISTANCE(Site__c, GEOLOCATION(1, 2), 'km') far FROM Task",
        "SELECT Id FROM Opportunity WHERE AccountId IN (SELECT Id FROM Account WHERE Industry = 'Energy')",
        "SELECT Id, (SELECT OpportunityLineItem.Id, Opportunity.StageName FROM OpportunityLineItems) FROM Opportunity",
    ],
)
def test_good_queries_pass(lint, text):
    assert lint(query(text)) == []


@pytest.mark.parametrize(
    ("text", "at", "field"),
    [
        ("SELECT MAX(Email) FROM Contact", 14, "Email"),
        ("SELECT AccountId, MIN(c.Email) m FROM Contact c GROUP BY AccountId", 25, "Email"),
        ("SELECT email FROM Contact", 10, "email"),
        ("SELECT FORMAT(Birthdate) FROM Contact", 17, "Birthdate"),
        ("SELECT Email e FROM Contact GROUP BY Email", 10, "Email"),
        ("SELECT DAY_ONLY(Birthdate), COUNT(Id) FROM Contact GROUP BY DAY_ONLY(Birthdate)", 19, "Birthdate"),
        ("SELECT Who.Name FROM Task", 10, "Who.Name"),
        ("SELECT Who.Email FROM Task", 10, "Who.Email"),
        ("SELECT What.Email FROM Task", 10, "What.Email"),
        ("SELECT t.Who.FirstName FROM Task t", 10, "Who.FirstName"),
        ("SELECT Owner.Name FROM Task", 10, "Owner.Name"),
        ("SELECT Account.Owner.Email FROM Opportunity", 10, "Account.Owner.Email"),
        ("SELECT Id, (SELECT Phone FROM Contacts) FROM Account", 22, "Phone"),
        ("SELECT TYPEOF Who WHEN Contact THEN Email ELSE Id END FROM Task", 39, "Email"),
        ("SELECT TYPEOF Who WHEN Contact THEN Id ELSE Name END FROM Task", 47, "Who.Name"),
    ],
)
def test_personal_data_inside_any_expression_is_seen(lint, text, at, field):
    (problem,) = lint(query(text))
    assert problem.startswith(f"3:{at}: error[ING315] `{field}` is personal data"), problem
    assert "A query cannot protect fields" in problem


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("SELECT RecordType.Name FROM Task", 10, "`RecordType.Name` may be personal data: the catalogue does not hold `RecordType`"),
        ("SELECT Owner.Department FROM Task", 10, "`Owner.Department` may be personal data: the catalogue does not hold `Group`"),
        ("SELECT TYPEOF What WHEN Case THEN Reason END FROM Task", 37, "`Reason` may be personal data: the catalogue does not hold `Case`"),
        ("SELECT (SELECT Subject FROM Cases) FROM Account", 18, "`Subject` may be personal data: the catalogue does not hold `Case`"),
    ],
)  # fmt: skip
def test_what_the_catalogue_does_not_hold_counts_as_personal(lint, tree, text, at, message):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text().replace("[Account,", "[Account, Case,"))
    (problem,) = lint(query(text))
    assert problem.startswith(f"3:{at}: error[ING315] {message}, where it lies"), problem
    assert "factory catalog pull --connection" in problem


def test_a_field_behind_an_unknown_parent_is_protected_or_has_a_reason(lint):
    spec = "object: Task\nwindow: full\nfields: [Id, {}]\n"
    (problem,) = lint(spec.format("RecordType.Name"))
    assert problem.startswith("3:14: error[ING315] `RecordType.Name` may be personal data"), problem
    assert lint(spec.format("{name: RecordType.Name, protect: mask}")) == []
    assert (
        lint(spec.format("{name: RecordType.Name, reason: names of record types are not of persons}")) == []
    )
    assert [one.split("] ")[1].split(".")[0] for one in lint(spec.format("Who.Name, What.Name"))] == ["`Who"]


@pytest.mark.parametrize(
    ("text", "at", "rule", "message"),
    [
        ("SELECT SUM(Amonut) FROM Opportunity", 14, 311, "`Opportunity` has no field `Amonut`"),
        ("SELECT Id FROM Opportunity ORDER BY Nmae", 39, 311, "`Opportunity` has no field `Nmae`"),
        ("SELECT COUNT(Id) FROM Opportunity GROUP BY Stage", 46, 311, "`Opportunity` has no field `Stage`"),
        ("SELECT Id FROM Opportunity o WHERE o.Account.Nmae = 'x'", 38, 311, "`Account` has no field `Nmae`"),
        ("SELECT Who.Salery FROM Task", 10, 311, "`Contact` or `Lead` has no field `Salery`"),
        ("SELECT TYPEOF Wat WHEN Account THEN Id END FROM Task", 17, 311, "`Task` has no parent `Wat`"),
        ("SELECT TYPEOF What WHEN Account THEN Amount END FROM Task", 40, 311, "`Account` has no field `Amount`"),
        ("SELECT Id FROM Opportunity WHERE AccountId IN (SELECT Id FROM Acount)", 65, 310, "`Acount` is not in the catalogue"),
        ("SELECT Id FROM Opportunity WHERE AccountId IN (SELECT Id FROM Account WHERE Nmae = 'x')", 79, 311, "`Account` has no field `Nmae`"),
        ("SELECT Id FROM Contact WHERE AccountId = 'x' OR Account.Description = 'x'", 51, 316, "`Account.Description` cannot be filtered"),
        ("SELECT Id, MailingAddress FROM Contact", 14, 312, "`MailingAddress` is made of parts"),
        ("SELECT toLabel(StageName), COUNT(Id) FROM Opportunity GROUP BY StageName", 10, 301, "TOLABEL() needs an alias"),
        ("SELECT COUNT() FROM Opportunity", 10, 301, "COUNT() gives a total and no row; write `COUNT(Id)`"),
        ("SELECT FIELDS(ALL) FROM Opportunity LIMIT 200", 10, 301, "FIELDS() is not read"),
        ("SELECT Id FROM Opportunity ALL ROWS", 30, 301, "ALL ROWS is for Apex; write `include_deleted: true`"),
        ("SELECT Id FROM Vote", 18, 319, "Salesforce reads `Vote` only for given values of ParentId or Parent.Type or Id"),
        ("SELECT Id FROM ContentDocumentLink WHERE ShareType = 'V'", 18, 319, "Salesforce reads `ContentDocumentLink` only"),
        ("SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId = 'x' OR ShareType = 'V'", 18, 319, "Salesforce reads"),
        ("SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId != 'x'", 18, 319, "Salesforce reads"),
    ],
)  # fmt: skip
def test_what_would_fail_at_night_is_told_with_its_place(lint, tree, text, at, rule, message):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text().replace("[Account,", "[Account, Vote,"))
    found = [one for one in lint(query(text)) if "[ING310] `Vote`" not in one]
    assert len(found) == 1, found
    assert found[0].startswith(f"3:{at}: error[ING{rule}] {message}"), found


def test_ids_may_come_from_another_query(lint):
    text = "SELECT Id FROM ContentDocumentLink WHERE ContentDocumentId IN ('069A') AND ShareType = 'V'"
    assert lint(query(text)) == []


@pytest.mark.parametrize(
    ("selected", "feature"),
    [("toLabel(StageName)", "TOLABEL()"), ("COUNT(Id)", "COUNT()"), ("Id, (SELECT Id FROM OpportunityLineItems)", "a child relationship")],
)  # fmt: skip
def test_what_bulk_refuses_is_told_where_it_is_demanded(lint, selected, feature):
    (problem,) = lint(query(f"SELECT {selected} FROM Opportunity") + "api: bulk\n")
    assert f"[ING303] the Bulk API takes no query with {feature}" in problem


FILTERED = "object: Opportunity\nwindow: {{last: 6 months}}\nfilter: >-\n  {}\n"


@pytest.mark.parametrize(
    "condition",
    [
        "StageName = 'Closed Won'",
        "StageName IN ('a) OR (b', 'LIMIT 1') OR Amount > 5",
        "Opportunity.Account.Owner.Email != null AND NOT Account.Industry LIKE 'E%'",
        "AccountId IN (SELECT AccountId FROM Contact WHERE Email != null)",
    ],
)
def test_a_filter_may_compare_any_field_personal_or_not(lint, condition):
    assert lint(FILTERED.format(condition)) == []


@pytest.mark.parametrize(
    ("condition", "at", "rule", "message"),
    [
        ("StageName = Won", 15, 309, "`Won` is not a value"),
        ("StageName = 'a' AND Amount = 1 OR Amount = 2", 34, 309, "AND and OR are mixed"),
        ("StageName = 'a' LIMIT 5", 19, 309, "`LIMIT` is not expected here"),
        ("StageName = 'a') OR (Amount = 1", 18, 309, "`)` is not expected here"),
        ("WHERE StageName = 'a'", 3, 309, "a condition begins without WHERE. Write `StageName`"),
        ("COUNT(Id) > 5", 3, 309, "an aggregate is compared in HAVING"),
        ("Stage = 'a'", 3, 311, "`Opportunity` has no field `Stage`"),
        ("AccountId IN (SELECT Id FROM Acount)", 32, 310, "`Acount` is not in the catalogue"),
        (
            "CloseDate >= '2026-01-01'",
            16,
            321,
            "`CloseDate` is of type date and cannot be compared with `'2026-01-01'`. Write `2026-01-01`.",
        ),
        (
            "CreatedDate >= 2026-01-01",
            18,
            321,
            "`CreatedDate` is of type datetime and cannot be compared with `2026-01-01`. Write `2026-01-01T00:00:00Z`.",
        ),
        (
            "Account.Industry = 5",
            22,
            321,
            "`Account.Industry` is of type picklist and cannot be compared with `5`",
        ),
        (
            "Amount IN (5, '6')",
            17,
            321,
            "`Amount` is of type currency and cannot be compared with `'6'`. Write `6`.",
        ),
        (
            "IsWon = 'true'",
            11,
            321,
            "`IsWon` is of type boolean and cannot be compared with `'true'`. Write `true`.",
        ),
        ("CreatedDate >= 2026-01-01T00:00:00", 18, 309, "`2026-01-01T00:00:00` is not a date-time of SOQL"),
        ("CreatedDate > LAST_N_DAYS:5", 17, 307, "`> LAST_N_DAYS:5` means after the end"),
    ],
)
def test_a_filter_is_one_condition_that_the_org_can_answer(lint, condition, at, rule, message):
    found = [one for one in lint(FILTERED.format(condition)) if "[ING308]" not in one]
    assert len(found) == 1, found
    assert found[0].startswith(f"4:{at}: error[ING{rule}] {message}"), found


def test_a_filter_does_not_stand_beside_a_query(lint):
    (problem,) = lint(query("SELECT Id FROM Opportunity") + "filter: StageName = 'a'\n")
    assert "error[ING306] `filter` has no effect beside `query`" in problem


def test_an_object_that_is_read_by_ids_gets_them_from_a_filter(lint):
    spec = "object: ContentDocumentLink\nwindow: {}\nfilter: LinkedEntityId {} (SELECT Id FROM Account)\n"
    assert lint(spec.format("full", "IN")) == []
    (problem,) = lint(spec.format("full", "NOT IN"))
    assert "1:9: error[ING319] Salesforce reads `ContentDocumentLink` only for given values" in problem
    (problem,) = lint(spec.format("{last: 2 days}", "IN"))
    assert "2:9: error[ING319] Salesforce reads `ContentDocumentLink` by ids alone" in problem


def test_render_and_plan_carry_the_filter(tree, run):
    path = tree / "configs/finance/example.yaml"
    path.write_text(FILTERED.format("StageName = 'Closed Won'"), encoding="utf-8")
    assert run(tree, "render").exit_code == 0
    (compiled,) = [one for one in tree.rglob("*example*.json") if "configs" not in one.parts]
    assert '"filter": "StageName = \'Closed Won\'"' in compiled.read_text(encoding="utf-8")
    (tree / "nothing").mkdir()
    told = run(tree, "plan", "--against", "nothing").output
    assert "filter: StageName = 'Closed Won'" in told
    assert (
        "filter costs: compares StageName; Salesforce has no standard index of StageName and looks at every row"
        in told
    )
    path.write_text(FILTERED.format("Account.OwnerId != null AND Name LIKE 'a%'"), encoding="utf-8")
    told = run(tree, "plan", "--against", "nothing").output
    assert "filter costs: compares Account.OwnerId, Name; an index finds the rows" in told
