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
    end = tick_before(cron, moment + timedelta(microseconds=1), zone)
    return tick_before(cron, end, zone), end


def tick_before(cron: str, moment: datetime, zone: ZoneInfo) -> datetime:
    """The last moment before this one at which a schedule fires, in UTC.

    croniter counts on the zone's wall clock, without its zone, as Airflow's own timetables do: beside a change of the clock its versions
    disagree about moments with a zone, by an hour, and a run would begin an hour late.
    """
    from croniter import croniter  # noqa: PLC0415 - as above

    wall = moment.astimezone(zone).replace(tzinfo=None)
    steps = croniter(cron, wall, ret_type=datetime)
    found: datetime = steps.get_prev(datetime)
    if steps.expanded[1] == ["*"]:  # in every hour, also in one that the clock shows twice
        return moment.astimezone(UTC) - (wall - found)
    while (tick := _shown(found, zone)) >= moment:
        found = steps.get_prev(datetime)
    return tick


def _shown(wall: datetime, zone: ZoneInfo) -> datetime:
    """When a clock shows a time: the second time where it does twice; as much later as it was put on where it never does. So Airflow has it."""
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    shows = second.astimezone(zone).replace(tzinfo=None) == wall
    return second if shows else wall.replace(tzinfo=zone).astimezone(UTC)
