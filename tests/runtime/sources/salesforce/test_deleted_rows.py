"""Deleted rows: a run refuses what lint refuses, for compiled files and operators come by other ways as well."""

import pytest
from lake_ingest.errors import FatalError

from tests.runtime.published import published_rows

LINES = "SELECT Id, IsDeleted, (SELECT Id FROM OpportunityLineItems) FROM Opportunity"
READ = {"object": "Opportunity", "include_deleted": True}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (READ | {"fields": [{"name": "Id"}]}, "nothing marks them; read the field IsDeleted, unprotected"),
        (READ | {"fields": [{"name": "Id"}, {"name": "IsDeleted", "protect": "mask"}]}, "read the field IsDeleted, unprotected"),
        (READ | {"fields": [{"name": "Id"}, {"name": "IsDeleted", "protect": "drop"}]}, "read the field IsDeleted, unprotected"),
        (READ | {"query": "SELECT Id FROM Opportunity"}, "select IsDeleted from Opportunity in the query"),
        (READ | {"query": "SELECT COUNT(Id) n FROM Opportunity"}, "select IsDeleted from Opportunity"),
        (READ | {"query": "SELECT Id FROM Opportunity WHERE IsDeleted = true OR Amount > 1"}, "select IsDeleted from Opportunity"),
        (READ | {"query": LINES}, "select IsDeleted from OpportunityLineItems"),
        (READ | {"query": LINES, "relationship_object": "OpportunityLineItems"}, "select IsDeleted from OpportunityLineItems"),
        (READ | {"query": "SELECT Id, IsDeleted FROM Opportunity", "deletes": "ignore"}, "write the condition IsDeleted = false"),
        ({"object": "Opportunity", "filter": "IsDeleted = true"}, "the filter asks for deleted rows alone, and they are not read"),
        (READ | {"filter": "IsDeleted != false", "deletes": "ignore"}, "the filter asks for deleted rows alone"),
        ({"object": "Opportunity", "query": "SELECT Id FROM Opportunity WHERE IsDeleted = true"}, "the query asks for deleted rows alone"),
        ({"object": "Opportunity", "query": "SELECT Id FROM Opportunity", "fields": [{"name": "Id"}]}, "takes no fields"),
    ],
)  # fmt: skip
def test_a_run_refuses_what_would_land_deleted_rows_unmarked(landing, spec, why):
    with pytest.raises(FatalError, match=why):
        landing.land(**spec)


@pytest.mark.parametrize(
    ("query", "deleted"),
    [
        ("SELECT Id FROM Opportunity WHERE IsDeleted = true", {True}),
        ("SELECT Id, IsDeleted FROM Opportunity WHERE IsDeleted = false", {False}),
        ("SELECT o.Id, o.IsDeleted FROM Opportunity o", {True, False}),
    ],
)
def test_a_query_that_marks_them_reads_them(landing, query, deleted):
    manifest = landing.land(**READ, query=query)
    binned = {row["Id"] for row in landing.org.rows("Opportunity", ["Id"], deleted=True)} - {
        row["Id"] for row in landing.org.rows("Opportunity", ["Id"])
    }
    assert binned
    assert {row["Id"] in binned for row in published_rows(landing.bucket, manifest)} == deleted
