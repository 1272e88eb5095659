import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.sources.salesforce.record_id import lengthen

from sandbox.salesforce.data import record_id


@given(st.text(record_id.ALPHABET, min_size=15, max_size=15))
def test_both_forms_are_one(short):
    long = lengthen(short)
    assert long == record_id.lengthen(short)
    assert lengthen(long) == long


def test_an_id_that_is_known_from_salesforce_s_own_help():
    assert lengthen("0015g00000A1b2C") == record_id.lengthen("0015g00000A1b2C")


@pytest.mark.parametrize("text", ["", "0015g00000A1b2", "0015g00000A1b2CAAX1"])
def test_what_is_no_id_is_told(text):
    with pytest.raises(ValueError, match="is not an id of Salesforce"):
        lengthen(text)
