"""How often what runs at a source is looked at: every look costs a call."""

_SHARE = 1 / 8
_SHORTEST = 2.0  # seconds
_LONGEST = 120.0  # seconds


def pause_after(elapsed: float) -> float:
    """Seconds until the next look at a job that still runs after `elapsed` seconds.

    An eighth of what the job has taken so far, two seconds at least and two minutes at most: its end is seen at most that
    much too late, and a job that takes twice as long costs six looks more.
    """
    return min(max(elapsed * _SHARE, _SHORTEST), _LONGEST)
