"""Which runs a range of dates has, and what has none."""

import itertools
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from factory.chosen import spec_at
from factory.model.steps import NoStepsError, steps

GROUP = 'name: group\ncalendars:\n  holidays: ["2026-01-06"]\n'
UNIT = """
name: finance
owner: Finance data
contact: finance-data@example.com
connections: {salesforce: salesforce_default, aws: aws_connection}
destination: {bucket: lake, prefix: finance}
objects: [Account]
datasets: [sales.account]
"""
NOW = datetime(2026, 4, 10, 9, tzinfo=UTC)
DAILY = 'schedule: "30 6 * * *"\nstart: "2026-01-01"\nwindow: incremental\n'


@pytest.fixture
def found(tmp_path):
    def of(spec, first, until):
        unit = tmp_path / "configs/finance"
        unit.mkdir(parents=True, exist_ok=True)
        (tmp_path / "configs/group.yaml").write_text(GROUP)
        (unit / "unit.yaml").write_text(UNIT)
        (unit / "account.yaml").write_text(f"object: Account\nfields: [Id]\n{spec}")
        first, until = (
            point if isinstance(point, date) else date.fromisoformat(point) for point in (first, until)
        )
        return steps(spec_at(Path(unit / "account.yaml")), first, until, NOW)

    return of


def test_days_take_the_runs_that_begin_on_them(found):
    runs = found(DAILY, "2026-01-05", "2026-01-08")
    assert [f"{run.start:%d %H:%M}" for run in runs] == ["05 06:30", "06 06:30", "07 06:30"]
    assert runs[-1].end == datetime(2026, 1, 8, 6, 30, tzinfo=UTC)


def test_moments_are_steps(found):
    first, until = datetime(2026, 1, 5, 6, 30, tzinfo=UTC), datetime(2026, 1, 6, 6, 30, tzinfo=UTC)
    assert len(found(DAILY, first, until)) == 1
    with pytest.raises(
        NoStepsError, match=r"06:00 UTC is not a step .*2026-01-04 06:30 UTC and 2026-01-05 06:30 UTC"
    ):
        found(DAILY, datetime(2026, 1, 5, 6, tzinfo=UTC), until)


def test_a_zone_s_days_across_the_change_of_its_clocks(found):
    spec = 'schedule: "@daily"\ntimezone: Europe/Brussels\nstart: "2026-01-01"\nwindow: incremental\n'
    runs = found(spec, "2026-03-28", "2026-03-31")
    assert [f"{run.start:%d %H}" for run in runs] == ["27 23", "28 23", "29 22"]
    assert all(before.end == after.start for before, after in itertools.pairwise(runs))


@pytest.mark.parametrize(
    ("spec", "first", "until", "why"),
    [
        ("window: {last: 2 days}\n", "2026-01-01", "2026-01-02", "has no schedule here"),
        ('schedule: "@daily"\nwindow: full\n', "2026-01-01", "2026-01-02", "reads all rows as they are now"),
        ('schedule: "@daily"\nwindow: {from: 2026-01-01, to: 2026-02-01}\n', "2026-01-01", "2026-01-02", "the same window"),
        ("after: [sales.account]\nwindow: {last: 2 days}\n", "2026-01-01", "2026-01-02", r"runs after sales\.account"),
        (DAILY, "2025-12-31", "2026-01-02", "starts on 2026-01-01"),
        (DAILY + 'end: "2026-02-01"\n', "2026-01-31", "2026-02-03", "2026-02-01 is the last day"),
        (DAILY, "2026-04-08", "2026-04-11", r"2026-04-10 06:30 UTC is not whole before 2026-04-11 06:30 UTC"),
        (DAILY, "2026-01-02", "2026-01-02", "the range is empty"),
        ('schedule: "0 6 1 * *"\nstart: "2026-01-01"\nwindow: incremental\n', "2026-01-02", "2026-01-20", "no run of"),
    ],
)  # fmt: skip
def test_what_has_no_steps_is_refused_in_a_sentence(found, spec, first, until, why):
    with pytest.raises(NoStepsError, match=why):
        found(spec, first, until)


def test_runs_on_closed_days_are_left_out(found):
    runs = found(DAILY + "calendar: holidays\n", "2026-01-04", "2026-01-08")
    assert [f"{run.end:%d}" for run in runs] == ["05", "07", "08"]


def test_a_window_that_grows_or_moves_has_steps(found):
    for window in ("{from: 2026-01-01}", "{last: 2 months}", "yesterday", "{from: LAST_N_DAYS:5, to: TODAY}"):
        assert len(found(f'schedule: "@daily"\nwindow: {window}\n', "2026-03-01", "2026-03-03")) == 2
