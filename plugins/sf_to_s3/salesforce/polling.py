"""How often a Bulk job is looked at while it runs: every look costs one of the org's daily calls."""

_SHARE = 1 / 6
_SHORTEST = 3.0  # seconds
_LONGEST = 120.0  # seconds


def pause_after(elapsed: float) -> float:
    """Seconds until the next look at a job that still runs after `elapsed` seconds.

    A sixth of what the job has taken so far, three seconds at least and two minutes at most: its end is seen at most that
    much too late, and a job that takes twice as long costs five looks more.
    """
    return min(max(elapsed * _SHARE, _SHORTEST), _LONGEST)
