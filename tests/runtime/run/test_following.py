"""A run that follows publications is dated by what their events say."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.run.following import Event, dates_of, followed
from lake_ingest.spec.interval import Interval

JANUARY = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 32)]
NOW = datetime(2026, 11, 27, 5, 3, 2, 123456, tzinfo=UTC)


def event(extra, at=NOW):
    return Event("lake://finance/deals", at, extra)


def of_day(day, last=None):
    return event(dates_of(JANUARY[day], Interval(JANUARY[day], JANUARY[(last or day) + 1])))


def test_a_late_publication_counts_as_of_the_day_that_it_holds():
    assert followed([of_day(3)]) == (JANUARY[3], Interval(JANUARY[3], JANUARY[4]))


def test_of_several_the_latest_decides_and_the_interval_spans_all():
    assert followed([of_day(3), of_day(1, 9), of_day(2)]) == (
        JANUARY[3],
        Interval(JANUARY[1], JANUARY[10]),
    )


def test_one_without_a_beginning_leaves_the_interval_without_one():
    by_hand = event(dates_of(JANUARY[2], Interval(None, JANUARY[2])))
    assert followed([of_day(3), by_hand]) == (JANUARY[3], Interval(None, JANUARY[4]))


def test_an_event_that_says_no_dates_counts_as_of_its_own_moment():
    assert followed([event({"rows": 3}), of_day(3)]) == (NOW, Interval(None, NOW))


@pytest.mark.parametrize(
    "extra",
    [
        {"logical_date": "yesterday", "data_interval": {"start": None, "end": "2026-01-01T00:00:00Z"}},
        {"logical_date": "2026-01-01T00:00:00Z"},
        {"data_interval": {"start": None, "end": "2026-01-01T00:00:00Z"}},
        {"logical_date": "2026-01-01T00:00:00", "data_interval": {"start": None, "end": "2026-01-01T00:00:00Z"}},
        {"logical_date": "2026-01-01T00:00:00Z", "data_interval": {"start": None, "end": "2026-01-01"}},
        {"logical_date": "2026-01-01T00:00:00Z", "data_interval": "January"},
        {"logical_date": None, "data_interval": None},
    ],
)  # fmt: skip
def test_dates_that_cannot_be_read_are_refused(extra):
    with pytest.raises(
        FatalError, match=r"event of lake://finance/deals of 2026-11-27T05:03:02\.123456Z whose"
    ):
        followed([event(extra)])


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(JANUARY[:-1]), st.integers(1, 90)), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_events_does_not_matter(runs, shuffle):
    events = [
        event(dates_of(start, Interval(start, start.replace(day=start.day + 1) if length < 60 else start)))
        for start, length in runs
    ]
    dated = followed(events)
    shuffle.shuffle(events)
    assert followed(events) == dated
    assert dated[0] in [start for start, _ in runs]
