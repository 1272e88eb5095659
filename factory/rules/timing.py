"""ING20x: when a DAG runs."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from factory.model.ingestion import Spec
from factory.model.schedule import PRESETS, CronError, expression, parse
from factory.near import near
from factory.rules.problem import Problem
from factory.rules.rule import Rule

CRON = Rule(
    "ING201", "bad-schedule", "The schedule is neither a preset nor a cron expression of five fields.",
    "Airflow would refuse the DAG, or never run it.",
    wrong='object: Account\nwindow: full\nschedule: "0 25 * * *"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\n', fixed=True,
)  # fmt: skip
ZONE = Rule(
    "ING202", "unknown-time-zone", "The time zone is not one of the IANA database.",
    "Without a known zone, neither the schedule nor the days of a window have a meaning.",
    wrong="object: Account\nwindow: full\ntimezone: Europe/Bruxelles\n",
    right="object: Account\nwindow: full\ntimezone: Europe/Brussels\n", fixed=True,
)  # fmt: skip
START = Rule(
    "ING203", "bad-start", "The start is no day of the calendar.",
    "The schedule cannot begin on a day that does not exist.",
    wrong='object: Account\nwindow: full\nstart: "2026-02-30"\n',
    right='object: Account\nwindow: full\nstart: "2026-02-28"\n', fixed=True,
)  # fmt: skip
NEEDS_SCHEDULE = Rule(
    "ING204", "incremental-needs-schedule", "An incremental spec has no schedule.",
    "`incremental` reads what changed in the run's own interval; without a schedule there is no interval.",
    wrong='object: Account\nwindow: incremental\nstart: "2026-01-01"\n',
    right='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 * * * *"\n', fixed=True,
)  # fmt: skip
NEEDS_START = Rule(
    "ING205", "incremental-needs-start", "An incremental spec does not say where its history begins.",
    "The first run reads from `start` on; a silent default would decide how much history the lake has.",
    wrong='object: Account\nwindow: incremental\nschedule: "15 * * * *"\n',
    right='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 * * * *"\n', fixed=True,
)  # fmt: skip

RULES = (CRON, ZONE, START, NEEDS_SCHEDULE, NEEDS_START)


def check(spec: Spec) -> Iterator[Problem]:
    """What is wrong with when a spec runs."""
    yield from _schedule(spec)
    yield from _zone(spec)
    if spec.value("window") == "incremental":
        if spec.value("schedule") is None and "schedule" not in spec.broken:
            yield NEEDS_SCHEDULE.at(
                spec.document,
                ("window",),
                "`window: incremental` needs a schedule",
                cure='Add `schedule: "15 * * * *"`, or choose another window.',
            )
        if spec.settings["start"].layer == "default" and "start" not in spec.broken:
            yield NEEDS_START.at(
                spec.document,
                ("window",),
                "`window: incremental` needs `start`, the day on which its history begins",
                cure='Add `start: "2026-01-01"`.',
            )


def _schedule(spec: Spec) -> Iterator[Problem]:
    written = spec.settings["schedule"]
    if written.value is None or written.document is None:
        return
    try:
        parse(expression(written.value))
    except CronError as error:
        meant = near(written.value, PRESETS) if written.value.startswith("@") else ""
        cure = f"Write a preset ({', '.join(PRESETS)}) or five fields: minute, hour, day, month, weekday."
        yield CRON.at(written.document, written.path, str(error), near=meant, cure=cure)


def _zone(spec: Spec) -> Iterator[Problem]:
    zone, start = spec.settings["timezone"], spec.settings["start"]
    if zone.document is not None and not is_zone(zone.value):
        meant = near(zone.value, available_timezones())
        yield ZONE.at(
            zone.document,
            zone.path,
            f"`{zone.value}` is not a time zone",
            near=meant,
            cure="Write an IANA name such as `Europe/Brussels`.",
        )
    if start.document is not None and not _is_day(start.value):
        yield START.at(
            start.document,
            start.path,
            f"`{start.value}` is not a day of the calendar",
            cure="Write a date as `2026-01-31`.",
        )


def is_zone(name: str) -> bool:
    """Whether the IANA database has a time zone of this name."""
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_schedule(text: str | None) -> bool:
    """Whether a schedule can be read; None is one (by hand only)."""
    try:
        return text is None or bool(parse(expression(text)))
    except CronError:
        return False
