"""Protected values: what leaves the process in their place."""

import datetime as dt
import hashlib
import hmac
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.protect import protect

KEY = b"the unit's key"


def protected(values, *, how, key=KEY, kind="text", **measures):
    column = Column("Email", kind, protect=how, **measures)
    array = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    beside = pa.array(["as it is"] * len(array), pa.string())
    batch = pa.RecordBatch.from_arrays([array, beside], names=["Email", "Name"])
    result = protect(batch, [column, Column("Name", "text")], key)
    assert result.schema.names == ["Email", "Name"]
    assert result.column(1).equals(beside)
    return result.column(0).to_pylist()


@pytest.mark.parametrize(
    ("key", "text", "digest"),
    [  # RFC 4231, test cases 1 and 2
        (b"\x0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ],
)  # fmt: skip
def test_a_hash_is_the_standard_s(key, text, digest):
    assert protected([text], how="hash", key=key) == [digest]


@given(values=st.lists(st.none() | st.text(st.characters(codec="utf-8"))), key=st.binary(min_size=1))
def test_equal_values_have_equal_hashes_and_null_has_none(values, key):
    assert protected(values, how="hash", key=key) == [
        None if value is None else hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
        for value in values
    ]


@given(values=st.lists(st.none() | st.text(st.characters(codec="utf-8"))))
def test_a_mask_says_nothing_but_that_there_is_a_value(values):
    assert protected(values, how="mask", key=None) == [None if value is None else "****" for value in values]


@pytest.mark.parametrize(
    ("array", "kind", "measures", "text"),
    [
        (pa.array([12]), "integer", {}, "12"),
        (pa.array([True]), "boolean", {}, "true"),
        (pa.array([Decimal("12.50")]), "number", {"precision": 4, "scale": 2}, "12.50"),
        (pa.array([dt.date(2026, 1, 31)]), "date", {}, "2026-01-31"),
        (
            pa.array([dt.datetime(2026, 1, 31, 6, tzinfo=dt.UTC)], pa.timestamp("ms", "UTC")),
            "datetime",
            {"unit": "ms"},
            "2026-01-31T06:00:00.000Z",
        ),
    ],
)
def test_a_typed_value_has_the_hash_of_its_text(array, kind, measures, text):
    typed = protected(array, how="hash", kind=kind, **measures)
    assert typed == protected([text], how="hash")


@pytest.mark.parametrize("key", [None, b""])
def test_without_a_key_nothing_is_hashed(key):
    with pytest.raises(FatalError, match=r"field Email is to be hashed, but the key is empty.*protect_key"):
        protected(["a@example.com"], how="hash", key=key)


def test_rows_without_protected_columns_are_passed_on():
    batch = pa.RecordBatch.from_arrays([pa.array(["a"])], names=["Name"])
    assert protect(batch, [Column("Name", "text")], None) is batch
