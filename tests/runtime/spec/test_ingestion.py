import pytest
from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.options import options_of
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.version import VERSION

GIVEN = {
    "runtime": VERSION,
    "source": "salesforce",
    "unit": "u",
    "name": "n",
    "conn_id": "c",
    "object": "Account",
    "window": {"last": "1 day"},
}


def test_a_compiled_ingestion_that_awaits_and_compares_is_read():
    found = Ingestion.from_dict({**GIVEN, "await_commits": True, "compare_ids": "7 days"})
    assert found.await_commits
    assert found.compare_ids == Duration(7, "day")
    absent = Ingestion.from_dict(GIVEN)
    assert (absent.await_commits, absent.compare_ids) == (False, None)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"await_commits": True, "window": "full"}, "await_commits needs a window with an end"),
        ({"compare_ids": "7"}, "is not a length of time"),
        (
            {"compare_ids": "7 days", "window": "full", "query": "SELECT Id FROM Account"},
            "of a written query",
        ),
        ({"runtime": "1"}, "compiled for version 1 of the runtime and this worker has version"),
        ({"runtime": "99"}, "compiled for version 99 .* deploy the DAGs and plugins.zip of the same release"),
    ],
)
def test_what_the_compiler_would_have_refused_is_refused_again(given, why):
    with pytest.raises(ValueError, match=why):
        Ingestion.from_dict({**GIVEN, **given})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"await_commits": True, "cursor": "CreatedDate"}, "by the cursor SystemModstamp"),
        ({"compare_ids": "7 days", "fields": [{"name": "Name"}]}, "compare_ids needs the field Id"),
        ({"compare_ids": "7 days", "fields": [{"name": "Id", "protect": "mask"}]}, "unprotected"),
        ({"api": "soap"}, "'soap' is not a valid api"),
        ({"relationship_object": "Contacts"}, "relationship_object needs a query"),
        ({"colour": "red"}, r"unknown key \['colour'\]"),
        ({"object": "A; B"}, "not the API name of an object"),
    ],
)
def test_salesforce_refuses_what_is_not_its_own(given, why):
    with pytest.raises(FatalError, match=why):
        options_of(Ingestion.from_dict({**GIVEN, **given}))
