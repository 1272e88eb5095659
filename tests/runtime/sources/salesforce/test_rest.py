"""Values of a REST page, as text."""

from lake_ingest.rows.column import Column
from lake_ingest.sources.salesforce.rest import RestRows


class OnePage:
    """A client whose every query has one page."""

    def __init__(self, *records):
        self.records = list(records)

    def get_exact(self, path, doing, **parameters):
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
