"""When a DAG runs, as a spec says it: schedule, time zone, start, catchup."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

from factory.importing import library
from factory.importing.findings import Finding
from factory.importing.values import Dag, Instance, Place, Unknown, first_unknown
from factory.model.schedule import PRESETS, ScheduleError, parse_schedule

_ALIASES = {"@midnight": "@daily", "@annually": "@yearly"}
_DAY, _TICK = timedelta(days=1), timedelta(microseconds=1)
_MISSING = object()
_TIMETABLE = {"cron", "timezone", "interval", "run_immediately"}
_CURE = 'Write `schedule:` with a preset or a cron expression, such as "0 5 * * *".'


@dataclass(frozen=True)
class Timing:
    """When a DAG runs. `findings` says what of it could not be carried; what then has no value is None.

    `start` is the moment of its `start_date`, `end` the last day on which a run of its schedule begins. `catches_up` is True where the DAG says so or Airflow 2 does by itself.
    `covers` is how much time before itself a run of a trigger timetable covers, usually none; None where a run covers the time since the one before.
    """

    schedule: str | None
    zone: str
    start: datetime | None
    catches_up: bool
    says_catchup: bool
    airflow_3: bool
    known: bool
    place: Place
    findings: tuple[Finding, ...]
    end: date | None = None
    covers: timedelta | None = None

    @property
    def cron(self) -> str | None:
        """The schedule as a cron expression; None for runs by hand."""
        return None if self.schedule is None else PRESETS.get(self.schedule, self.schedule)


def timing(dag: Dag) -> Timing:
    """When a DAG runs."""
    return _Reader(dag).read()


class _Reader:
    def __init__(self, dag: Dag) -> None:
        self._dag = dag
        self._findings: list[Finding] = []
        defaults = dag.arguments.get("default_args")
        self._defaults = defaults if isinstance(defaults, dict) else {}
        self._covers: timedelta | None = None

    def read(self) -> Timing:
        start = self._dag.arguments.get("start_date", self._defaults.get("start_date"))
        zone = self._zone(start)
        moment = start if isinstance(start, datetime) else None
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        catchup, said = self._catchup()
        schedule, zone = self._schedule(start, moment, zone, explicit=catchup and said)
        known = schedule is not _MISSING
        end = self._end(schedule, zone) if known and schedule is not None else None
        return Timing(
            schedule if known else None, zone, moment, catchup, said, self._dag.sdk,
            known, self._dag.place, tuple(self._findings), end, self._covers,
        )  # fmt: skip

    def _refuse(self, message: str, cure: str, value: Any = None) -> None:
        unknown = first_unknown(value)
        place: Place = unknown.place if unknown else self._dag.place
        self._findings.append(Finding(place, message, cure, refused=True))

    def _schedule(self, start: Any, moment: datetime | None, zone: str, *, explicit: bool) -> tuple[Any, str]:
        arguments = self._dag.arguments
        given = [key for key in ("schedule", "schedule_interval", "timetable") if key in arguments]
        if not given:
            if self._dag.sdk:
                return None, zone  # Airflow 3 runs such a DAG by hand only
            self._refuse(
                "the DAG has no schedule: Airflow 2 runs it once a day, Airflow 3 by hand only",
                'Write `schedule: "@daily"` or `schedule: null`.',
            )
            return _MISSING, zone
        value = arguments[given[0]]
        if value is None:
            return None, zone
        if isinstance(value, str):
            return self._cron(value), zone
        if isinstance(value, timedelta):
            return self._interval(value, start, moment, zone, explicit=explicit), zone
        if isinstance(value, Instance) and _TIMETABLE >= value.attributes.keys() >= {"cron", "timezone"}:
            named = _zone_name(value.attributes["timezone"])
            covers = value.attributes.get("interval", timedelta())
            if isinstance(value.attributes["cron"], str) and named and isinstance(covers, timedelta):
                self._covers = covers if value.kind.name == "CronTriggerTimetable" else None
                return self._cron(value.attributes["cron"]), named
        self._refuse(*_not_a_time(value), value)
        return _MISSING, zone

    def _cron(self, text: str) -> Any:
        schedule = _ALIASES.get(text.strip(), text.strip())
        if schedule.startswith("@") and schedule not in PRESETS:
            self._refuse(
                f"the schedule `{schedule}` has no counterpart",
                "Write `schedule: null` and run it by hand, or a cron expression.",
            )
            return _MISSING
        try:
            parse_schedule(schedule)
        except ScheduleError as error:
            self._refuse(str(error), _CURE)
            return _MISSING
        return schedule

    def _interval(
        self, step: timedelta, start: Any, moment: datetime | None, zone: str, *, explicit: bool
    ) -> Any:
        """A timedelta counts from the start; only some of these are a cron expression as well."""
        first = moment
        if first is None and isinstance(start, Unknown) and start.start_of_day:
            first = datetime(
                2024, 1, 4, tzinfo=UTC
            )  # some midnight in UTC, on the weekday from which Airflow counts weeks
        cron = _as_cron(step, first.astimezone(UTC), counted=explicit) if first and zone == "UTC" else None
        if cron is None:
            self._refuse(
                f"the schedule is every {_shown(step)}, counted from the start date; no cron expression certainly means the same",
                _CURE,
            )
            return _MISSING
        return cron

    def _zone(self, start: Any) -> str:
        if isinstance(start, Unknown):
            shown = f"the start date `{start.text}` {start.why}"
            if start.start_of_day:
                return "UTC"
            if start.why == library.THE_MOMENT and "pendulum" not in start.text:
                self._findings.append(Finding(start.place, f"{shown}; its time zone is taken as UTC"))
            else:
                self._refuse(
                    f"{shown}, and the time zone of the schedule is its own",
                    "Write `timezone:` and `start:` by hand.",
                    start,
                )
            return "UTC"
        if not isinstance(start, datetime):
            return "UTC"
        name = _zone_name(start.tzinfo)
        if name is None:
            self._refuse(
                f"the time zone of the start date, `{start.tzinfo}`, has no name",
                "Write `timezone:` by hand.",
            )
        return name or "UTC"

    def _catchup(self) -> tuple[bool, bool]:
        value = self._dag.arguments.get("catchup", _MISSING)
        if isinstance(value, bool):
            return value, True
        if value is not _MISSING:
            self._refuse(
                "whether the DAG catches up is known only when the file runs",
                "Write `window: incremental` where it does.",
                value,
            )
        return not self._dag.sdk, False

    def _end(self, schedule: str, zone: str) -> date | None:
        """The day after which no run begins. Airflow compares its `end_date` with the moment at which a run's interval begins."""
        end = self._dag.arguments.get("end_date", self._defaults.get("end_date"))
        if end is None:
            return None
        if not isinstance(end, datetime):
            self._refuse("the schedule's end is known only when the file runs", "Write `end:` by hand.", end)
            return None
        moment = (end if end.tzinfo else end.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))
        ticks = croniter(PRESETS.get(schedule, schedule), moment + _TICK, ret_type=datetime)
        last, following = ticks.get_prev(datetime), ticks.get_next(datetime)
        if last.date() == following.date():
            self._refuse(
                f"the schedule ends at {moment:%Y-%m-%d %H:%M}, in the middle of a day; `end` is a whole day",
                f'Write `end: "{last:%Y-%m-%d}"`, or the day before.',
            )
            return None
        return date(last.year, last.month, last.day)


def _as_cron(step: timedelta, first: datetime, *, counted: bool) -> str | None:
    """The cron expression in UTC that fires at the same moments; None where there is none.

    Without catchup Airflow aligns the steps to whole multiples since 1970, so that the start must lie on one.
    """
    aligned = first.timestamp() % step.total_seconds() == 0 if step.total_seconds() > 0 else False
    if first.second or first.microsecond or not (aligned or counted):
        return None
    minute, hour = first.minute, first.hour
    if step == _DAY:
        return "@daily" if not minute and not hour else f"{minute} {hour} * * *"
    if step == 7 * _DAY:
        return f"{minute} {hour} * * {first.isoweekday() % 7}"
    hours, rest = divmod(step, timedelta(hours=1))
    if not rest and hours and 24 % hours == 0 and hours < 24:
        return "@hourly" if hours == 1 and not minute else f"{minute} {_every(hour % hours, hours, 24)} * * *"
    minutes, rest = divmod(step, timedelta(minutes=1))
    if not rest and minutes and 60 % minutes == 0 and minutes < 60:
        return f"{_every(minute % minutes, minutes, 60)} * * * *"
    return None


def _every(first: int, step: int, limit: int) -> str:
    if step == 1:
        return "*"
    return f"*/{step}" if first == 0 else ",".join(map(str, range(first, limit, step)))


def _zone_name(zone: Any) -> str | None:
    """The name of a time zone; None where it has none of the IANA database."""
    if zone is None or zone is UTC:
        return "UTC"
    if isinstance(zone, str):
        return zone
    if isinstance(zone, ZoneInfo):
        return zone.key
    return "UTC" if isinstance(zone, tzinfo) and zone.utcoffset(None) == timedelta() else None


def _not_a_time(value: Any) -> tuple[str, str]:
    """Why this is no schedule of a spec, and what to write."""
    unknown = first_unknown(value)
    if unknown is None:
        return "the schedule is neither a preset nor a cron expression", _CURE
    if any(word in unknown.text for word in ("Dataset(", "Asset(", "AssetAlias(")):
        message = f"the schedule is `{unknown.text}`, and which spec publishes that is not known here"
        return (
            message,
            "Write `after:` with the unit and the name of that spec, such as `after: finance.opportunity`.",
        )
    if "Timetable(" in unknown.text:
        return f"the schedule is `{unknown.text}`; a spec runs at times only", _CURE
    return f"the schedule `{unknown.text}` {unknown.why}", _CURE


def _shown(step: timedelta) -> str:
    return str(step)
