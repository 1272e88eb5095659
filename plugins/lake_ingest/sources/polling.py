"""How often what runs at a source is looked at: every look costs a call."""

import time

_SHARE = 1 / 8
_SHORTEST = 2.0  # seconds
_LONGEST = 120.0  # seconds
_SETTLING = 10.0  # seconds


def pause_after(elapsed: float) -> float:
    """Seconds until the next look at a job that still runs after `elapsed` seconds.

    An eighth of what the job has taken so far, two seconds at least and two minutes at most: its end is seen at most that
    much too late, and a job that takes twice as long costs six looks more.
    """
    return min(max(elapsed * _SHARE, _SHORTEST), _LONGEST)


def next_look(since: float) -> float:
    """When to look again at what runs since a moment and takes minutes; both in seconds since 1970.

    An executor may report for five seconds that a task was left to the triggerer: Airflow takes one that has come back by then for
    lost, and runs it again.
    """
    now = time.time()
    return now + max(pause_after(now - since), _SETTLING)
