"""How often a Bulk job is looked at while it runs."""

import math

from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.sources.polling import pause_after


@given(seconds=st.floats(0.01, 6 * 3600))
def test_the_end_of_a_job_is_seen_soon_and_for_few_calls(seconds):
    now, looks = 0.0, 0
    while now < seconds:
        now += pause_after(now)
        looks += 1
    assert now - seconds <= min(max(2.0, seconds / 8), 120.0)
    growing = math.log(max(seconds, 16.0) / 16.0) / math.log(9 / 8)
    assert looks <= min(8 + growing, 44) + 1 + seconds / 120
