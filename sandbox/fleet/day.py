"""A day of schedules: as long as it is, or at speed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTES = 1440


@dataclass(frozen=True)
class Day:
    """A day whose minutes pass `speed` times as fast as the clock's, of which the first `hours` are played.

    What is not played is due half a day after it would be: its DAGs are there, and their runs do not come into the way.
    `begin` is a whole minute in UTC. What is due at a minute of the day is due by the clock at `begin` plus that minute divided by
    the speed. Cron knows whole minutes only, so the runs of `speed` minutes of the day are due in one minute of the clock.
    """

    begin: datetime
    speed: float = 1.0
    hours: float = 24.0

    def due(self, minute: int) -> datetime:
        """When it is due by the clock, UTC."""
        wait = timedelta() if self.plays(minute) else timedelta(hours=12)
        return self.begin + timedelta(minutes=int(minute / self.speed)) + wait

    def plays(self, minute: int) -> bool:
        """Whether it is in the part of the day that is played."""
        return minute < self.hours * 60

    @property
    def end(self) -> datetime:
        """Of the part that is played."""
        return self.begin + timedelta(seconds=self.seconds)

    @property
    def seconds(self) -> float:
        """How long that part is by the clock."""
        return self.hours * 3600 / self.speed


AT_ITS_OWN_PACE = Day(datetime(2026, 1, 1, tzinfo=UTC))


def next_minute(after: datetime) -> datetime:
    """The next whole minute."""
    return after.replace(second=0, microsecond=0) + timedelta(minutes=1)
