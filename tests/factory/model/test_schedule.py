"""Presets and cron expressions, taken apart."""

import pytest

from factory.model.schedule import PRESETS, ScheduleError, parse_schedule


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_written_out(preset):
    schedule = parse_schedule(preset)
    assert (schedule.text, schedule.cron) == (preset, PRESETS[preset])


@pytest.mark.parametrize(
    ("text", "minutes", "hours", "busiest"),
    [
        ("15 5 * * *", (15,), (5,), 1),
        ("0 */6 * * 1", (0,), (0, 6, 12, 18), 4),
        ("*/30 8-9 * * *", (0, 30), (8, 9), 4),
        ("7 * * * *", (7,), tuple(range(24)), 24),
    ],
)
def test_minutes_and_hours_are_known(text, minutes, hours, busiest):
    schedule = parse_schedule(text)
    assert (schedule.minutes, schedule.hours, schedule.busiest_day) == (minutes, hours, busiest)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0 25 * * *", "`25` is not an hour"),
        ("0 5 * *", "this has 4"),
        ("@dayly", "this has 1"),
        ("0 5 31 2 *", "no month has that day"),
        ("", "this has 0"),
    ],
)
def test_what_never_fires_is_refused(text, reason):
    with pytest.raises(ScheduleError, match=reason):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        ("0 5 * * 1", (1,)),
        ("0 5 * * MON-FRI", (1, 2, 3, 4, 5)),
        ("0 5 * * 7", (0,)),
        ("0 5 * * 1#1", (1,)),
        ("0 5 * * L5", (5,)),
        ("0 5 1 * *", (0, 1, 2, 3, 4, 5, 6)),
        ("0 5 1 * 1", (0, 1, 2, 3, 4, 5, 6)),  # on the first and on Mondays
    ],
)
def test_weekdays_are_known(text, weekdays):
    assert parse_schedule(text).weekdays == weekdays
