"""Every field but some: what is left out never leaves the worker, and a name that is no field fails the run."""

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.spec.ingestion import Ingestion

from tests.runtime.published import written_rows
from tests.runtime.run.test_engine import NEXT_DAY

EXCEPT = [
    {"name": "Description", "protect": "drop"},
    {"name": "name", "protect": "mask"},
    {"name": "StageName", "as": "stage"},
]


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_all_are_read_but_those_that_are_excepted(landing, api):
    spec = {"object": "Opportunity", "format": "ndjson", "api": api}
    every = [column["name"] for column in landing.land(**spec)["schema"]]
    manifest = landing.land(NEXT_DAY, "next", **spec, **{"except": EXCEPT})
    kept = ["stage" if name == "StageName" else name for name in every if name != "Description"]
    assert {"Description", "StageName", "Name"} < set(every)
    assert [column["name"] for column in manifest["schema"]] == kept
    assert {row["Name"] for row in written_rows(landing.bucket, manifest)} == {"****"}
    assert (manifest["drift"]["added"], manifest["drift"]["removed"]) == (
        ["stage"],
        ["StageName", "Description"] if every.index("StageName") < every.index("Description") else ["Description", "StageName"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("exception", "reason"),
    [
        ({"name": "Descripton", "protect": "drop"}, "has no field 'Descripton'"),
        ({"name": "Account.Name", "protect": "drop"}, "excepts Account.Name, which is not among the fields"),
        ({"name": "StageName", "as": "NAME"}, "two columns would be called"),
    ],
)
def test_an_exception_that_would_leave_something_in_the_clear_fails_the_run(landing, exception, reason):
    with pytest.raises(FatalError, match=reason):
        landing.land(object="Opportunity", **{"except": [exception]})


def test_a_new_field_follows_drift(landing):
    spec = {"object": "Opportunity", "format": "csv", "except": EXCEPT, "drift": "freeze"}
    before = landing.land(**spec)
    fewer = [*EXCEPT, {"name": "Amount", "protect": "drop"}]
    with pytest.raises(FatalError, match="removed: Amount"):
        landing.land(NEXT_DAY, "next", **{**spec, "except": fewer})
    more = [one for one in EXCEPT if one["name"] != "Description"]
    again = landing.land(NEXT_DAY, "next", **{**spec, "except": more})
    assert again["drift"]["added"] == ["Description"]
    assert [column["name"] for column in again["schema"]] == [column["name"] for column in before["schema"]]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"fields": [{"name": "Id"}]}, "except needs every field"),
        ({"query": "SELECT Id FROM Opportunity"}, "a written query takes no fields"),
    ],
)
def test_exceptions_are_of_every_field(landing, more, reason):
    with pytest.raises(ValueError, match=reason):
        Ingestion.from_dict(landing.compiled(object="Opportunity", **{"except": EXCEPT}, **more))
