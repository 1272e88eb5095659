"""Every relative date literal around changes of clocks, ends of years and leap days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sandbox.salesforce.soql.literals import FIXED_NAMES, N_NAMES, Calendar, resolve
from sandbox.salesforce.soql.syntax import DateLiteral


def calendar(now: str, zone: str, week_start: int = 6, fiscal: int = 1) -> Calendar:
    return Calendar(datetime.fromisoformat(now).replace(tzinfo=UTC), ZoneInfo(zone), week_start, fiscal)


# A Sunday morning in Brussels on which clocks go forward; the fiscal year begins in April, weeks on Sunday.
SPRING = calendar("2024-03-31T08:00:00", "Europe/Brussels", fiscal=4)
# Half past midnight of New Year's Day in Auckland; in UTC it is still the old year. Weeks on Monday.
NEW_YEAR = calendar("2024-12-31T11:30:00", "Pacific/Auckland", week_start=0, fiscal=7)
# A leap day, in a zone west of UTC, before dawn in UTC: locally it is still the 28th.
LEAP = calendar("2024-02-29T04:00:00", "America/Los_Angeles")

TABLE = [
    (SPRING, "YESTERDAY", "2024-03-30", "2024-03-31"),
    (SPRING, "TODAY", "2024-03-31", "2024-04-01"),
    (SPRING, "TOMORROW", "2024-04-01", "2024-04-02"),
    (SPRING, "LAST_WEEK", "2024-03-24", "2024-03-31"),
    (SPRING, "THIS_WEEK", "2024-03-31", "2024-04-07"),
    (SPRING, "NEXT_WEEK", "2024-04-07", "2024-04-14"),
    (SPRING, "LAST_MONTH", "2024-02-01", "2024-03-01"),
    (SPRING, "THIS_MONTH", "2024-03-01", "2024-04-01"),
    (SPRING, "NEXT_MONTH", "2024-04-01", "2024-05-01"),
    (SPRING, "LAST_90_DAYS", "2024-01-01", "2024-04-01"),
    (SPRING, "NEXT_90_DAYS", "2024-04-01", "2024-06-30"),
    (SPRING, "LAST_QUARTER", "2023-10-01", "2024-01-01"),
    (SPRING, "THIS_QUARTER", "2024-01-01", "2024-04-01"),
    (SPRING, "NEXT_QUARTER", "2024-04-01", "2024-07-01"),
    (SPRING, "LAST_YEAR", "2023-01-01", "2024-01-01"),
    (SPRING, "THIS_YEAR", "2024-01-01", "2025-01-01"),
    (SPRING, "NEXT_YEAR", "2025-01-01", "2026-01-01"),
    (SPRING, "LAST_FISCAL_QUARTER", "2023-10-01", "2024-01-01"),
    (SPRING, "THIS_FISCAL_QUARTER", "2024-01-01", "2024-04-01"),
    (SPRING, "NEXT_FISCAL_QUARTER", "2024-04-01", "2024-07-01"),
    (SPRING, "LAST_FISCAL_YEAR", "2022-04-01", "2023-04-01"),
    (SPRING, "THIS_FISCAL_YEAR", "2023-04-01", "2024-04-01"),
    (SPRING, "NEXT_FISCAL_YEAR", "2024-04-01", "2025-04-01"),
    (SPRING, "LAST_N_DAYS:1", "2024-03-30", "2024-04-01"),
    (SPRING, "NEXT_N_DAYS:2", "2024-04-01", "2024-04-03"),
    (SPRING, "N_DAYS_AGO:1", "2024-03-30", "2024-03-31"),
    (SPRING, "LAST_N_WEEKS:2", "2024-03-17", "2024-03-31"),
    (SPRING, "NEXT_N_WEEKS:1", "2024-04-07", "2024-04-14"),
    (SPRING, "N_WEEKS_AGO:2", "2024-03-17", "2024-03-24"),
    (SPRING, "LAST_N_MONTHS:2", "2024-01-01", "2024-03-01"),
    (SPRING, "NEXT_N_MONTHS:2", "2024-04-01", "2024-06-01"),
    (SPRING, "N_MONTHS_AGO:2", "2024-01-01", "2024-02-01"),
    (SPRING, "LAST_N_QUARTERS:1", "2023-10-01", "2024-01-01"),
    (SPRING, "NEXT_N_QUARTERS:4", "2024-04-01", "2025-04-01"),
    (SPRING, "N_QUARTERS_AGO:1", "2023-10-01", "2024-01-01"),
    (SPRING, "LAST_N_YEARS:2", "2022-01-01", "2024-01-01"),
    (SPRING, "NEXT_N_YEARS:2", "2025-01-01", "2027-01-01"),
    (SPRING, "N_YEARS_AGO:1", "2023-01-01", "2024-01-01"),
    (SPRING, "LAST_N_FISCAL_QUARTERS:6", "2022-07-01", "2024-01-01"),
    (SPRING, "NEXT_N_FISCAL_QUARTERS:1", "2024-04-01", "2024-07-01"),
    (SPRING, "N_FISCAL_QUARTERS_AGO:3", "2023-04-01", "2023-07-01"),
    (SPRING, "LAST_N_FISCAL_YEARS:1", "2022-04-01", "2023-04-01"),
    (SPRING, "NEXT_N_FISCAL_YEARS:1", "2024-04-01", "2025-04-01"),
    (SPRING, "N_FISCAL_YEARS_AGO:1", "2022-04-01", "2023-04-01"),
    (NEW_YEAR, "TODAY", "2025-01-01", "2025-01-02"),
    (NEW_YEAR, "YESTERDAY", "2024-12-31", "2025-01-01"),
    (NEW_YEAR, "THIS_WEEK", "2024-12-30", "2025-01-06"),
    (NEW_YEAR, "LAST_WEEK", "2024-12-23", "2024-12-30"),
    (NEW_YEAR, "LAST_MONTH", "2024-12-01", "2025-01-01"),
    (NEW_YEAR, "LAST_N_MONTHS:13", "2023-12-01", "2025-01-01"),
    (NEW_YEAR, "LAST_QUARTER", "2024-10-01", "2025-01-01"),
    (NEW_YEAR, "LAST_YEAR", "2024-01-01", "2025-01-01"),
    (NEW_YEAR, "THIS_FISCAL_YEAR", "2024-07-01", "2025-07-01"),
    (NEW_YEAR, "LAST_N_DAYS:0", "2025-01-01", "2025-01-02"),
    (LEAP, "TODAY", "2024-02-28", "2024-02-29"),
    (LEAP, "TOMORROW", "2024-02-29", "2024-03-01"),
    (LEAP, "NEXT_N_DAYS:2", "2024-02-29", "2024-03-02"),
    (LEAP, "THIS_MONTH", "2024-02-01", "2024-03-01"),
    (LEAP, "N_DAYS_AGO:365", "2023-02-28", "2023-03-01"),
    (LEAP, "N_YEARS_AGO:4", "2020-01-01", "2021-01-01"),
]


def literal(text: str) -> DateLiteral:
    name, _, n = text.partition(":")
    return DateLiteral(name, int(n) if n else None)


@pytest.mark.parametrize(("where", "text", "start", "end"), TABLE)
def test_a_literal_stands_for_local_days(where: Calendar, text: str, start: str, end: str) -> None:
    found = resolve(literal(text), where)
    assert (found.start, found.end) == (date.fromisoformat(start), date.fromisoformat(end))
    assert found.start_instant == where.midnight(found.start)


def test_the_table_has_every_literal() -> None:
    written = {text.partition(":")[0] for _, text, _, _ in TABLE}
    assert written == FIXED_NAMES | N_NAMES
    assert (len(FIXED_NAMES), len(N_NAMES)) == (23, 21)


@pytest.mark.parametrize(
    ("where", "text", "start", "end"),
    [
        # the day on which clocks go forward has 23 hours
        (SPRING, "TODAY", "2024-03-30T23:00:00", "2024-03-31T22:00:00"),
        (SPRING, "THIS_MONTH", "2024-02-29T23:00:00", "2024-03-31T22:00:00"),
        # the day on which they go back has 25
        (
            calendar("2024-10-27T12:00:00", "Europe/Brussels"),
            "TODAY",
            "2024-10-26T22:00:00",
            "2024-10-27T23:00:00",
        ),
        (NEW_YEAR, "TODAY", "2024-12-31T11:00:00", "2025-01-01T11:00:00"),
        (LEAP, "TODAY", "2024-02-28T08:00:00", "2024-02-29T08:00:00"),
    ],
)
def test_the_instants_of_a_day_follow_the_wall_clock(
    where: Calendar, text: str, start: str, end: str
) -> None:
    found = resolve(literal(text), where)
    assert found.start_instant == datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert found.end_instant == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_the_last_days_end_now() -> None:
    found = resolve(literal("LAST_N_DAYS:5"), SPRING)
    assert (found.end_instant - SPRING.now).total_seconds() == pytest.approx(0.001)
