"""What a message says to do: it fits the spec that was written, and speaks of no key that it does not have."""

import pytest
from lake_ingest.errors import FatalError

QUERY = {"object": "Opportunity", "query": "SELECT Id, Name FROM Opportunity"}
LISTED = {"object": "Opportunity", "fields": [{"name": "Id"}, {"name": "Name"}]}
ALL = {"object": "Opportunity"}
WINDOW = {"from": "2026-01-01", "to": "2026-11-01"}


def refusal(landing, spec, code, api="rest", path=r"/query\?|/jobs/query$"):
    landing.org.fault("error", path, times=None, status=400, code=code, message="it is so")
    with pytest.raises(FatalError, match=code) as raised:
        landing.land(**spec, api=api)
    return str(raised.value)


@pytest.mark.parametrize("api", ["auto", "rest", "bulk"])
@pytest.mark.parametrize(
    ("spec", "code", "cure"),
    [
        (QUERY, "MALFORMED_QUERY", "Correct the query in the spec."),
        (LISTED, "MALFORMED_QUERY", "this is a defect of lake_ingest: report it with this text."),
        (QUERY, "INVALID_FIELD", "Correct the field's name in the query, or give"),
        (LISTED, "INVALID_FIELD", "Correct the field's name in the spec, or give"),
        (ALL, "INVALID_FIELD", "a field was removed or hidden since. Clear the whole run, which asks again."),
        (QUERY, "INVALID_TYPE", "Correct the object's name in the query, or give"),
        (LISTED, "INVALID_TYPE", "Correct the object's name 'Opportunity' in the spec, or give"),
    ],
)
def test_the_cure_fits_the_spec(landing, spec, code, cure, api):
    told = refusal(landing, spec, code, api)
    assert cure in told
    assert ("query in the spec" in told or "in the query" in told) == ("query" in spec)


@pytest.mark.parametrize(
    ("spec", "cure"),
    [
        (QUERY, "let the query select less"),
        (LISTED, "give the spec a window with a start, and a batch_size."),
        (ALL, "give the spec a window with a start, and a batch_size."),
    ],
)
def test_what_is_too_large_is_made_smaller_where_it_can_be(landing, spec, cure):
    landing.org.fault("operation_too_large", times=None)
    with pytest.raises(FatalError, match=f"OPERATION_TOO_LARGE.* in smaller parts: .*{cure}"):
        landing.land(**spec, api="rest")


def test_an_object_that_is_not_there_is_told_by_its_name(landing):
    with pytest.raises(
        FatalError, match=r"describe Oportunity: .* Correct the object's name 'Oportunity' in the spec"
    ):
        landing.land(object="Oportunity")


def test_a_cursor_that_the_spec_does_not_name_is_not_blamed_on_it(landing):
    with pytest.raises(
        FatalError, match=r"Meter_Event__b has no field SystemModstamp .* Name a cursor of type date"
    ):
        landing.land(object="Meter_Event__b", window=WINDOW)
    with pytest.raises(FatalError, match=r"has no field 'Modified' .* Correct the spec"):
        landing.land(object="Meter_Event__b", window=WINDOW, cursor="Modified")


def test_a_job_that_is_not_there_is_not_blamed_on_the_spec(landing):
    landing.org.fault("error", r"/jobs/query/\w+$", method="GET", times=None, status=404, code="NOT_FOUND")
    with pytest.raises(Exception, match="NOT_FOUND") as raised:
        landing.land(**LISTED, api="bulk")
    assert "Correct" not in str(raised.value)
