"""Steps of a schedule. croniter is loaded where one is asked for: only runs without a data interval and date cursors ask; Airflow brings it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def fires_within_a_day(cron: str) -> bool:
    """Whether a schedule fires more than once on a day on which it fires."""
    from croniter import croniter  # noqa: PLC0415 - as above

    minute, hour, *_ = croniter.expand(cron)[0]
    return [len(minute), len(hour)] != [1, 1] or "*" in (*minute, *hour)


def last_whole_step(cron: str, moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The last step of a schedule that is whole at a moment, from its start up to its end in UTC; one that ends with the moment is, as it is to Airflow."""
    end = _tick_before(cron, moment + timedelta(microseconds=1), zone)
    return _tick_before(cron, end, zone), end


def _tick_before(cron: str, moment: datetime, zone: ZoneInfo) -> datetime:
    from croniter import croniter  # noqa: PLC0415 - as above

    found: datetime = croniter(cron, moment.astimezone(zone), ret_type=datetime).get_prev(datetime)
    return found.astimezone(UTC)
