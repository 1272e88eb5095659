"""What a run must deliver to be published, to the row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.run.expect import check
from lake_ingest.spec.ingestion import Expect

from tests.runtime.lake.manifests import manifest


def passes(expect, rows, before=None):
    last = None if before is None else manifest(rows=before)
    try:
        check(expect, rows, last, "sales.deals")
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
        check(Expect(min_rows=100), 3, None, "sales.deals")


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
        check(Expect(max_drop=0.5), 40, manifest(rows=100), "sales.deals")
