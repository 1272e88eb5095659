"""What a run must deliver to be published, to the row."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.run.expect import Delivered, check
from lake_ingest.spec.ingestion import Expect

from tests.runtime.lake.manifests import manifest


def read(rows, **quality):
    return Delivered(rows, [quality], datetime(2026, 11, 27, tzinfo=UTC), ZoneInfo("UTC"))


def passes(expect, rows, before=None):
    last = None if before is None else manifest(rows=before)
    try:
        check(expect, read(rows), last, "sales.deals")
    except FatalError:
        return False
    return True


@pytest.mark.parametrize("before", [None, 0, 10**9])
def test_who_expects_nothing_takes_no_rows_as_well(before):
    assert passes(Expect(), 0, before)


@pytest.mark.parametrize(("rows", "passing"), [(99, False), (100, True), (101, True)])
def test_the_fewest_rows(rows, passing):
    assert passes(Expect(min_rows=100), rows) is passing


def test_too_few_rows_are_told():
    with pytest.raises(
        FatalError, match=r"^sales\.deals read 3 rows and expects at least 100\. Nothing was published"
    ):
        check(Expect(min_rows=100), read(3), None, "sales.deals")


@given(before=st.integers(1, 10**7), hundredths=st.integers(0, 100), off=st.integers(-2, 2))
def test_the_largest_drop_is_counted_exactly(before, hundredths, off):
    """0.7 of ten rows are seven, though the nearest binary fraction is not seven tenths."""
    lost = max(0, min(before, before * hundredths // 100 + off))
    assert passes(Expect(max_drop=hundredths / 100), before - lost, before) is (
        lost * 100 <= before * hundredths
    )


@pytest.mark.parametrize("before", [None, 0])
def test_there_is_no_drop_from_nothing(before):
    assert passes(Expect(max_drop=0.0), 0, before)


def test_a_drop_is_told_with_both_counts():
    with pytest.raises(
        FatalError,
        match=r"read 40 rows, 60% fewer than the 100 of the publication before \(2026-11-27T00:00:00Z\).*at most 50%",
    ):
        check(Expect(max_drop=0.5), read(40), manifest(rows=100), "sales.deals")


def test_all_that_is_wrong_with_columns_is_told_at_once():
    rules = {"stage": {"in": ["open", "won"], "not_null": True}, "amount": {"between": [0, 10]}}
    quality = {
        "stage": {"in": 2, "not_null": 1, "such_as": {"in": "lost"}},
        "amount": {"between": 3},
    }
    with pytest.raises(FatalError) as failure:
        check(Expect.from_dict({"columns": rules}), read(9, **quality), None, "sales.deals")
    assert str(failure.value) == (
        "sales.deals expects of stage a value in every row, and 1 of 9 rows have not (not_null); and it expects of stage one of"
        " open, won, and 2 of 9 rows have not, such as 'lost' (in); and it expects of amount values from 0 to 10, and 3 of 9 rows"
        " have not (between). Nothing was published."
    )


@pytest.mark.parametrize(
    ("newest", "passing"),
    [
        ("2026-11-25T22:00:00.000Z", True),
        ("2026-11-25T21:59:59.999Z", False),
        ("2026-11-28T00:00:00.000Z", True),
        (None, False),
    ],
)
def test_how_old_the_newest_value_may_be(newest, passing):
    expect = Expect.from_dict({"columns": {"changed": {"fresh": "26 hours"}}})
    delivered = read(5, changed={"newest": newest})
    if passing:
        check(expect, delivered, None, "sales.deals")
    else:
        with pytest.raises(FatalError, match=r"expects changed to be at most 26 hours old"):
            check(expect, delivered, None, "sales.deals")
