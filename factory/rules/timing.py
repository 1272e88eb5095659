"""ING20x and ING24x: when a DAG runs."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from lake_ingest.spec.batch_size import length_of
from lake_ingest.spec.window import Incremental

from factory.meant.days import days
from factory.meant.schedules import Fires, schedule
from factory.meant.value import dated
from factory.meant.zones import zone
from factory.model.ingestion import Fault, Ingestion
from factory.model.interpret import reads_zone
from factory.model.schedule import PRESETS, parse_schedule
from factory.near import near
from factory.rules.problem import Problem, Severity
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
    wrong="object: Account\nwindow: {last: 6 months}\ntimezone: Europe/Bruxelles\n",
    right="object: Account\nwindow: {last: 6 months}\ntimezone: Europe/Brussels\n", fixed=True,
)  # fmt: skip
START = Rule(
    "ING203", "bad-start", "The start or the end is not a day of the calendar.",
    "The schedule cannot begin or end on a day that does not exist.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 * * *"\nstart: "2026-02-30"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\nstart: "2026-02-28"\n', fixed=True,
)  # fmt: skip
NEEDS_SCHEDULE = Rule(
    "ING204", "incremental-needs-schedule", "An incremental spec has no schedule.",
    "`incremental` reads what changed in the run's own interval; without a schedule a run has no interval.",
    wrong='object: Account\nwindow: incremental\nstart: "2026-01-01"\n',
    right='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 * * * *"\n', fixed=True,
)  # fmt: skip
NEEDS_START = Rule(
    "ING205", "incremental-needs-start", "An incremental spec does not say where its history begins.",
    "The first run reads from `start` on; a silent default would decide how much history the lake has.",
    wrong='object: Account\nwindow: incremental\nschedule: "15 * * * *"\n',
    right='object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedule: "15 * * * *"\n', fixed=True,
)  # fmt: skip
START_IN_VAIN = Rule(
    "ING206", "start-without-schedule", "`start` or `end` stands where no schedule begins or ends on that day.",
    "They are the first and the last day of the schedule. Runs by hand have none; the days of the rows are the window's `from` and `through`.",
    wrong='object: Account\nwindow: full\nstart: "2026-02-28"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\nstart: "2026-02-28"\n', fixed=True,
)  # fmt: skip
ZONE_IN_VAIN = Rule(
    "ING207", "time-zone-without-effect", "`timezone` stands where nothing is meant in a zone.",
    "The schedule, dates without a time, and days and longer units are meant in it. Here there are none of these.",
    wrong="object: Account\nwindow: full\ntimezone: Europe/Brussels\n",
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\ntimezone: Europe/Brussels\n', fixed=True,
)  # fmt: skip
OLD_ZONE = Rule(
    "ING208", "old-time-zone", "The time zone is an old short name.",
    "EST is five hours behind UTC in summer too, and CET names no place; the name of a city follows its clock.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 * * *"\ntimezone: CET\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\ntimezone: Europe/Paris\n', severity=Severity.WARNING,
)  # fmt: skip
FAR_START = Rule(
    "ING209", "far-start", "The schedule begins more than a year from now.",
    "Until its first day the DAG does nothing, and nobody notices; usually the year is mistyped.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 * * *"\nstart: "2206-01-01"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\nstart: "2026-01-01"\n', severity=Severity.WARNING,
)  # fmt: skip
EITHER_DAY = Rule(
    "ING240", "day-or-weekday", "A cron expression names a day of the month and a weekday.",
    "Cron fires on both: `0 5 15 * 1` on each 15th and on each Monday. Most people mean a Monday that is the 15th, or one of the two.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 1-7 * 1"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * 1#1"\n', severity=Severity.WARNING,
)  # fmt: skip
SOME_MONTHS = Rule(
    "ING241", "day-of-some-months", "The schedule fires on a day that not every month has.",
    "In the months without that day nothing runs, and their rows come a month late.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 31 * *"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 L * *"\n', severity=Severity.WARNING,
)  # fmt: skip
EACH_MINUTE = Rule(
    "ING242", "each-minute", "The schedule fires in every minute of an hour.",
    "`* 5 * * *` is sixty runs from 05:00 to 05:59; one run at 05:00 is `0 5 * * *`.",
    wrong='object: Account\nwindow: full\nschedule: "* 5 * * *"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\n', severity=Severity.WARNING,
)  # fmt: skip
ENDS_FIRST = Rule(
    "ING243", "end-before-start", "The schedule ends before it begins.",
    "It would never fire.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 * * *"\nstart: "2026-06-01"\nend: "2026-05-31"\n',
    right='object: Account\nwindow: full\nschedule: "0 5 * * *"\nstart: "2026-06-01"\nend: "2026-12-31"\n', fixed=True,
)  # fmt: skip

_NTH = {"1-7": 1, "8-14": 2, "15-21": 3, "22-28": 4}  # the days among which each weekday stands once
_DAY_NUMBERS = {
    name: str(number) for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))
}
_A_YEAR = timedelta(days=366)
RULES = (
    CRON,
    ZONE,
    START,
    NEEDS_SCHEDULE,
    NEEDS_START,
    START_IN_VAIN,
    ZONE_IN_VAIN,
    OLD_ZONE,
    FAR_START,
    EITHER_DAY,
    SOME_MONTHS,
    EACH_MINUTE,
    ENDS_FIRST,
)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with when a spec runs."""
    yield from _faults(spec)
    yield from _in_vain(spec)
    yield from _old_zone(spec)
    yield from _far_start(spec)
    if spec.start and spec.end and spec.end < spec.start and spec.schedule:
        message = f"the schedule ends on {spec.end}, before it begins on {spec.start}"
        yield ENDS_FIRST.at(*spec.place("end"), message, cure="Write a later day, or an earlier `start`.")
    yield from _fires_otherwise(spec)
    if isinstance(spec.window, Incremental):
        if spec.schedule is None and "schedule" not in spec.unusable:
            yield NEEDS_SCHEDULE.at(
                spec.document,
                ("window",),
                "`window: incremental` needs a schedule"
                + (": `after` gives its runs no gapless series" if spec.after else ""),
                cure="Write `schedule` instead of `after`, or a window such as `{last: 2 days}`."
                if spec.after
                else 'Add `schedule: "15 * * * *"`, or choose another window.',
            )
        if spec.settings["start"].layer == "default" and "start" not in spec.broken:
            yield NEEDS_START.at(
                spec.document,
                ("window",),
                "`window: incremental` needs `start`, the day on which its history begins",
                cure='Add `start: "2026-01-01"`.',
            )


def _in_vain(spec: Ingestion) -> Iterator[Problem]:
    """What says when a schedule fires, without a schedule."""
    if spec.schedule or {"schedule", "after", "window", "query"} & spec.unusable:
        return
    if "not_carried" in spec.document.mapping:
        return  # the schedule may be among what still has to be written by hand
    incremental = isinstance(spec.window, Incremental)  # its rule asks for the schedule that is missing
    if spec.says("end") and "end" not in spec.faults and not incremental:
        message = "`end` has no effect: there is no schedule that ends on that day"
        cure = "Delete it, or add a `schedule`. Where the rows end is said by `window: {through: …}`."
        yield START_IN_VAIN.at(spec.document, ("end",), message, cure=cure, on_key=True)
    if spec.says("start") and "start" not in spec.faults and not incremental:
        message = "`start` has no effect: there is no schedule that begins on that day"
        cure = "Delete it, or add a `schedule`. Where the rows begin is said by `window: {from: …}`."
        yield START_IN_VAIN.at(spec.document, ("start",), message, cure=cure, on_key=True)
    lengths = (length_of(spec.batch_size), spec.compare_ids)
    meant = incremental or spec.window is None or reads_zone(spec.window) or spec.in_days
    if (
        spec.says("timezone")
        and "timezone" not in spec.faults
        and not meant
        and not any(length and not length.seconds for length in lengths)
    ):
        message = "`timezone` has no effect: neither a schedule nor a date nor a unit of days is meant in it"
        yield ZONE_IN_VAIN.at(spec.document, ("timezone",), message, cure="Delete it.", on_key=True)


def _fires_otherwise(spec: Ingestion) -> Iterator[Problem]:
    """A cron expression that is right, and fires at other times than it seems to say."""
    if spec.schedule is None or spec.schedule.text in PRESETS:
        return
    minute, hour, day, month, week = spec.schedule.cron.upper().split()
    document, path = spec.place("schedule")

    def told(rule: Rule, message: str, cure: str, *fields: str) -> Problem:
        return rule.at(
            document, path, message, cure=cure, instead=json.dumps(" ".join(fields)) if fields else ""
        )

    if not day.startswith("*") and not week.startswith("*"):
        message = f"it fires on day {day} of the month, and on weekday {week} too"
        if day in _NTH and re.fullmatch(r"[0-7]|[A-Z]{3}", week):
            yield told(
                EITHER_DAY,
                message,
                "",
                minute,
                hour,
                "*",
                month,
                f"{_DAY_NUMBERS.get(week, week)}#{_NTH[day]}",
            )
        else:
            yield told(EITHER_DAY, message, "Write `*` for the one of the two that is not meant.")
    elif day in ("29", "30", "31") and month == "*":
        yield told(SOME_MONTHS, f"not every month has a day {day}", "", minute, hour, "L", month, week)
    if minute in ("*", "*/1"):
        many = "60 times" if re.fullmatch(r"\d+", hour) else "every minute"
        fewer = ("0", hour, day, month, week) if hour != "*" else ("*/15", hour, day, month, week)
        yield told(
            EACH_MINUTE,
            f"it fires {many}{f' from {int(hour):02}:00 on' if hour.isdigit() else ''}",
            "",
            *fewer,
        )


def _far_start(spec: Ingestion) -> Iterator[Problem]:
    """A first day that is far away; it draws nearer, so this ends by itself and never begins."""
    if spec.start is None or spec.start <= datetime.now(UTC).date() + _A_YEAR:
        return
    document, path = spec.place("start")
    message = f"the DAG does nothing before {spec.start}, more than a year from now"
    yield FAR_START.at(document, path, message, cure="Check the year.")


def _old_zone(spec: Ingestion) -> Iterator[Problem]:
    written = spec.settings["timezone"].value
    if spec.zone is None or not isinstance(written, str) or "/" in written or written == "UTC":
        return
    meant = zone(written)
    if meant and meant != written:
        message = f"`{written}` is an old short name: it does not say whose clock is meant"
        document, path = spec.place("timezone")
        yield OLD_ZONE.at(document, path, message, instead=meant)


def _faults(spec: Ingestion) -> Iterator[Problem]:
    """What could not be read."""
    if fault := spec.faults.get("schedule"):
        yield _schedule(spec.settings["schedule"].value, fault)
    if fault := spec.faults.get("timezone"):
        written = spec.settings["timezone"].value
        meant = zone(written)
        guess = "" if meant else near(written, (one for one in available_timezones() if "/" in one))
        cure = "" if meant or guess else "Write an IANA name such as `Europe/Brussels`."
        yield ZONE.at(fault.document, fault.path, fault.text, cure=cure, near=guess, instead=meant or guess)
    for key in ("start", "end"):
        fault = spec.faults.get(key)
        if fault is None:
            continue
        meant_day = dated(days(spec.settings[key].value), quoted=True)
        cure = meant_day.because if meant_day else "Write a date as `2026-01-31`."
        yield START.at(
            fault.document, fault.path, fault.text, cure=cure, instead=meant_day.text if meant_day else ""
        )


def _schedule(written: str, fault: Fault) -> Problem:
    """The problem of a schedule that cannot be read, with the one that was probably meant."""
    meant = schedule(written)
    if meant and meant.text:
        try:
            parse_schedule(meant.text)
        except ValueError:
            meant = None
    if meant is None and written.startswith("@") and (close := near(written, PRESETS)):
        meant = Fires(close)
    cure = f"Write a preset ({', '.join(PRESETS)}) or five fields: minute, hour, day, month, weekday."
    if meant is not None:
        cure = (
            meant.because if meant.text else "Delete the line: without a schedule the DAG runs by hand only."
        )
    instead = json.dumps(meant.text) if meant and meant.text else ""
    return CRON.at(fault.document, fault.path, fault.text, cure=cure, instead=instead)
