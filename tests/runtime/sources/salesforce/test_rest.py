"""Values of a REST page, as text."""

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.salesforce.rest import RestRows
from lake_ingest.sources.salesforce.soql.reader import read_query


class OnePage:
    """A client whose every query has one page."""

    def __init__(self, *records):
        self.records = list(records)

    def query_exact(self, resource, query, doing):
        return {"totalSize": len(self.records), "done": True, "records": self.records}


def test_an_empty_text_is_null_and_a_nul_byte_is_removed():
    names = ("Id", "Account.Name")
    page = OnePage(
        {"Id": "1", "Account": {"Name": ""}},
        {"Id": "2", "Account": None},
        {"Id": "3", "Account": {"Name": "a\0b"}},
        {"Id": "\0", "Account": {"Name": True}},
    )
    rows = RestRows(page, "SELECT", [Column(name, "text", name) for name in names])
    found = [tuple(row.values()) for batch in rows.batches() for row in batch.to_pylist()]
    assert found == [("1", None), ("2", None), ("3", "ab"), (None, "true")]
    assert (rows.account.rows, rows.account.nul_bytes) == (4, 2)


def rows_of(query, *records):
    written = read_query(query)
    columns = [Column(item.name, "text", item.name) for item in written.items]
    rows = RestRows(OnePage(*records), query, columns, written=written)
    return [tuple(row.values()) for batch in rows.batches() for row in batch.to_pylist()]


ROW = {
    "attributes": {"type": "Opportunity"},
    "Id": "1",
    "Account": {"attributes": {"type": "Account"}, "Name": "a"},
}


@pytest.mark.parametrize(
    ("query", "record", "key"),
    [
        ("SELECT Id, Amount FROM Opportunity", ROW, "Amount"),
        ("SELECT Id, Account.Industry FROM Opportunity", ROW, "Account.Industry"),
        ("SELECT Id, Owner.Name FROM Opportunity", ROW, "Owner.Name"),
        ("SELECT Id.Name FROM Opportunity", ROW, "Id.Name"),
        ("SELECT COUNT(Id), SUM(Amount) FROM Opportunity", {"attributes": {"type": "Opportunity"}, "expr0": 1}, "expr1"),
    ],
)  # fmt: skip
def test_a_key_that_a_record_lacks_is_an_error_and_never_null(query, record, key):
    with pytest.raises(
        FatalError, match=f"gave a record of Opportunity without '{key}', which the query selects: SELECT"
    ):
        rows_of(query, record)


def test_a_null_parent_gives_null_and_names_match_in_any_case():
    found = rows_of(
        "SELECT id, account.owner.name FROM Opportunity",
        ROW | {"Account": None},
        {"Id": "2", "Account": {"Owner": None}},
    )
    assert found == [("1", None), ("2", None)]


CHILD = "SELECT (SELECT Id, Contact.LastName, Account.Name FROM Contacts) FROM Account"


def test_children_are_held_against_their_own_query():
    contact = {"attributes": {"type": "Contact"}, "Id": "3", "LastName": "b", "Account": None}
    page = {"totalSize": 1, "done": True, "records": [contact]}
    account = {"attributes": {"type": "Account"}, "Contacts": page}
    assert rows_of(CHILD, account, account | {"Contacts": None}) == [
        ('[{"Id":"3","LastName":"b","Account":null}]',),
        (None,),
    ]
    del contact["LastName"]
    with pytest.raises(FatalError, match=r"gave a record of Contact without 'LastName'"):
        rows_of(CHILD, account)


SWITCH = "SELECT TYPEOF What WHEN Account THEN Phone, Owner.Name ELSE Name END FROM Task"


def test_typeof_is_held_against_the_branch_of_the_object():
    phone = {"attributes": {"type": "Account", "url": "/x"}, "Phone": "1", "Owner": None}
    case = {"attributes": {"type": "Case"}, "Name": "c"}
    assert rows_of(SWITCH, {"What": phone}, {"What": case}, {"What": None}) == [
        ('{"attributes":{"type":"Account"},"Phone":"1","Owner":null}',),
        ('{"attributes":{"type":"Case"},"Name":"c"}',),
        (None,),
    ]
    with pytest.raises(FatalError, match="gave a record of Account without 'Phone'"):
        rows_of(SWITCH, {"What": {"attributes": {"type": "Account"}, "Name": "c"}})
