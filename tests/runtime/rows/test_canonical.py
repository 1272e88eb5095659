"""One text for every value, whichever API delivered it."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.rows.canonical import canonical
from lake_ingest.rows.column import Column


def one(kind: str, *values: str | None) -> list[str | None]:
    batch = pa.RecordBatch.from_arrays([pa.array(values, pa.string())], names=["x"])
    return canonical(batch, [Column("x", kind, source_type=kind)]).column(0).to_pylist()


@pytest.mark.parametrize(
    ("kind", "given_text", "expected"),
    [
        ("number", "1.5E7", "15000000.0"),
        ("number", "1.2345678E-7", "0.00000012345678"),
        ("number", "6.06815704213020671E15", "6068157042130206.71"),
        ("number", "1E30", "1000000000000000000000000000000.0"),
        ("number", "1E-25", "0.0000000000000000000000001"),
        ("number", "-1.50E8", "-150000000.0"),
        ("number", "-0.00E3", "0.0"),
        ("number", ".5", "0.5"),
        ("number", "3.", "3.0"),
        ("number", "3", "3.0"),
        ("number", "3.0", "3.0"),
        ("number", "3.10", "3.1"),
        ("number", "-0.0", "0.0"),
        ("number", "0", "0.0"),
        ("number", "-0.50", "-0.5"),
        ("number", "123456789012345678.000000000000000001", "123456789012345678.000000000000000001"),
        ("integer", "39000", "39000"),
        ("integer", "39000.0", "39000"),
        ("integer", "-7", "-7"),
        ("datetime", "2020-10-22T21:03:23.000+0000", "2020-10-22T21:03:23.000Z"),
        ("datetime", "2020-10-22T21:03:23.000Z", "2020-10-22T21:03:23.000Z"),
        ("datetime", "2020-10-22T23:03:23.120+0200", "2020-10-22T21:03:23.120Z"),
        ("time", "10:20:30.000Z", "10:20:30.000Z"),
        ("time", "10:20:30Z", "10:20:30.000Z"),
        ("date", "2020-11-16", "2020-11-16"),
        ("boolean", "TRUE", "true"),
        ("text", " NA ", " NA "),
        ("text", "007", "007"),
    ],
)
def test_a_value_has_one_text(kind, given_text, expected):
    assert one(kind, given_text, None) == [expected, None]


@given(st.lists(st.none() | st.decimals(-(10**18), 10**18, places=6, allow_nan=False)))
def test_numbers_keep_their_value(values):
    written = [None if value is None else str(value) for value in values]
    found = one("number", *written)
    assert [text and float(text) for text in found] == [
        value if value is None else float(value) for value in values
    ]
    assert one("number", *found) == found


@given(st.integers(1, 10**20), st.integers(0, 30), st.sampled_from(["", "-"]))
def test_exponents_lose_no_digit(mantissa, exponent, sign):
    first, *rest = str(mantissa)
    text = f"{sign}{first}.{''.join(rest) or '0'}E{exponent}"
    (found,) = one("number", text)
    assert Decimal(found) == Decimal(text)
    assert one("number", found) == [found]


@given(
    st.lists(st.sampled_from(["1.5E7", "1E30", "2.0", "-0.0", "123456789.125", "9E-20", None]), min_size=1)
)
def test_numbers_in_any_company_have_the_same_text(values):
    assert one("number", *values) == [text for value in values for text in one("number", value)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "twelve"),
        ("integer", "1.5"),
        ("datetime", "yesterday"),
        ("date", "31/12/2020"),
        ("boolean", "maybe"),
    ],
)
def test_a_value_of_another_type_is_refused_without_being_shown(kind, value):
    with pytest.raises(FatalError, match=rf"field x is of type {kind}.*another form") as raised:
        one(kind, value)
    assert value not in str(raised.value)
