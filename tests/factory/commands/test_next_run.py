"""`show`, `plan` and `lint --explain` say which dates the next run reads, by the clock of the spec's zone."""

import json
import shutil
import subprocess

import pytest

from tests.factory.conftest import CASES

HEAD = "object: Opportunity\nfields: [Id]\ntimezone: Europe/Brussels\n"
AT = "2026-06-15T10:00:00Z"  # a Monday


def next_run(tree, run, text, at=AT, head=HEAD):
    """What `show` says of the next run of a spec."""
    (tree / "configs/finance/deals.yaml").write_text(head + text)
    result = run(tree, "show", "configs/finance/deals.yaml", "--at", at)
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.stdout.splitlines()]
    names = ("next run", "reads", "batches")
    return {
        name: line.removeprefix(name).strip()
        for line in lines
        for name in names
        if line.startswith(f"{name}  ")
    }


DAILY = 'schedule: "0 5 * * *"\n'


@pytest.mark.parametrize(
    ("text", "moment", "reads"),
    [
        (DAILY + "window: last month\n", "2026-06-16 05:00 Europe/Brussels", "2026-05-01 – 2026-06-01"),
        (DAILY + "window: last quarter\n", "2026-06-16 05:00 Europe/Brussels", "2026-01-01 – 2026-04-01"),
        (DAILY + "window: last week\n", "2026-06-16 05:00 Europe/Brussels", "2026-06-08 – 2026-06-15"),
        (DAILY + "window: last year\n", "2026-06-16 05:00 Europe/Brussels", "2025-01-01 – 2026-01-01"),
        (DAILY + "window: yesterday\n", "2026-06-16 05:00 Europe/Brussels", "2026-06-15 – 2026-06-16"),
        (DAILY + "window: today so far\n", "2026-06-16 05:00 Europe/Brussels", "2026-06-16 – 2026-06-16 05:00:00"),
        (DAILY + "window: this month so far\n", "2026-06-16 05:00 Europe/Brussels", "2026-06-01 – 2026-06-16 05:00:00"),
        ('schedule: "@monthly"\nwindow: last month\n', "2026-07-01 00:00 Europe/Brussels", "2026-06-01 – 2026-07-01"),
        ('schedule: "@daily"\nstart: "2026-01-01"\nwindow: incremental\noverlap: 1 hour\n', "2026-06-16 00:00 Europe/Brussels", "2026-06-14 23:00:00 – 2026-06-16"),
        ('schedule: "@daily"\nstart: "2030-01-01"\nwindow: incremental\n', "2030-01-02 00:00 Europe/Brussels", "2029-12-31 23:50:00 – 2030-01-02"),
        ("window: {from: 2026-01-01, to: 2026-07-01}\n", "by hand, such as 2026-06-15 12:00 Europe/Brussels", "2026-01-01 – 2026-07-01"),
        (DAILY + "window: full\n", "2026-06-16 05:00 Europe/Brussels", None),
    ],
)  # fmt: skip
def test_the_dates_of_the_next_run_are_shown(tree, run, text, moment, reads):
    found = next_run(tree, run, text)
    assert found["next run"] == moment
    assert found["reads"] == (f"{reads} by SystemModstamp, the end exclusive" if reads else "all rows")
    assert "batches" not in found


@pytest.mark.parametrize(
    ("end", "moment"),
    [
        ("2026-06-14", "none: the schedule ended on 2026-06-14"),
        ("2026-06-15", "2026-06-16 05:00 Europe/Brussels"),
    ],
)
def test_a_schedule_that_is_over_has_no_next_run(tree, run, end, moment):
    """The last data interval is the one that begins on the last day."""
    found = next_run(tree, run, f'{DAILY}window: full\nend: "{end}"\n')
    assert found["next run"] == moment
    compiled = json.loads(run(tree, "show", "configs/finance/deals.yaml", "--compiled").stdout)
    assert compiled["finance.deals"]["end_date"] == f"{end}T21:59:59+00:00"


def test_what_follows_others_ends_where_the_rarest_of_their_data_does(tree, run):
    """07:00 in Tokyo is midnight in Brussels; the leader of another unit is found as well."""
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text() + "datasets: ['neighbours.*']\n")
    (tree / "configs/neighbours/account.yaml").write_text(
        "object: Account\nwindow: full\nschedule: '0 7 * * *'\ntimezone: Asia/Tokyo\n"
    )
    (tree / "configs/finance/often.yaml").write_text("object: Account\nwindow: full\nschedule: '@hourly'\n")
    found = next_run(tree, run, "after: [finance.often, neighbours.account]\nwindow: yesterday\n")
    assert found["next run"] == (
        "after finance.often and neighbours.account, whose data ends at 2026-06-16 00:00 Europe/Brussels"
    )
    assert found["reads"] == "2026-06-15 – 2026-06-16 by SystemModstamp, the end exclusive"
    shown = run(tree, "show", "configs/neighbours/account.yaml", "--at", AT).output
    assert "then run    finance.deals" in shown


def test_what_follows_a_dag_without_a_schedule_is_begun_by_hand_too(tree, run):
    found = next_run(tree, run, "after: finance.neighbour\nwindow: yesterday\n")
    assert found["next run"] == "after finance.neighbour"


def test_a_date_cursor_is_shown_in_dates(tree, run):
    found = next_run(tree, run, DAILY + "cursor: CloseDate\nwindow: {last: 2 months}\nbatch_size: 1 month\n")
    assert found["reads"] == "2026-04-16 – 2026-06-16 by CloseDate, the end exclusive"
    assert found["batches"] == "2: 2026-04-16 – 2026-05-16; 2026-05-16 – 2026-06-16"


def test_a_source_without_a_cursor_has_dates_alone(tree, run):
    head = HEAD.replace("Opportunity", "meter_state").replace("[Id]", "[meter]") + "source: dynamodb\n"
    found = next_run(tree, run, DAILY + "window: yesterday\n", head=head)
    assert found["reads"] == "2026-06-15 – 2026-06-16, the end exclusive"


def test_of_many_batches_the_first_and_last_are_shown(tree, run):
    found = next_run(tree, run, "window: {from: 2026-01-01, to: 2026-03-01}\nbatch_size: 1 day\n")
    assert found["batches"] == (
        "59: 2026-01-01 – 2026-01-02; 2026-01-02 – 2026-01-03; 2026-01-03 – 2026-01-04; … 53 more …;"
        " 2026-02-26 – 2026-02-27; 2026-02-27 – 2026-02-28; 2026-02-28 – 2026-03-01"
    )


def test_a_date_is_its_midnight_in_the_zone(tree, run):
    found = next_run(tree, run, 'schedule: "@daily"\nwindow: yesterday\n', at="2026-06-15")
    assert found["next run"] == "2026-06-16 00:00 Europe/Brussels"


def test_what_is_no_moment_is_refused(tree, run):
    (tree / "configs/finance/deals.yaml").write_text(HEAD + DAILY + "window: full\n")
    result = run(tree, "show", "configs/finance/deals.yaml", "--at", "tomorrow")
    assert "'tomorrow' is not a moment; write a date (2026-01-31)" in str(result.exception)


def test_lint_explains_specs_without_errors(tree, run):
    (tree / "configs/finance/deals.yaml").write_text(HEAD + DAILY + "window: last month\n")
    (tree / "configs/finance/wrong.yaml").write_text(HEAD + "window: lst month\n")
    result = run(tree, "lint", "--explain", "--at", AT)
    assert result.exit_code == 1
    assert (
        "finance.deals\n  next run  2026-06-16 05:00 Europe/Brussels\n  reads     2026-05-01 – 2026-06-01 by"
        in result.stdout
    )
    assert "finance.wrong\n" not in result.stdout


def test_explanations_are_no_format_for_programs(tree, run):
    result = run(tree, "lint", "--explain", "--format", "json")
    assert "--explain is for people" in str(result.exception)


def test_a_plan_says_what_the_next_run_reads(tree, run):
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *command], cwd=tree, check=True)
    (tree / "configs/finance/deals.yaml").write_text(
        HEAD + DAILY + "window: {last: 2 months}\nbatch_size: 1 month\n"
    )
    text = run(tree, "plan", "--at", AT).stdout
    assert (
        "    next run: 2026-06-16 05:00 Europe/Brussels\n    reads: 2026-04-16 05:00:00 – 2026-06-16 05:00:00 by"
        in text
    )
    assert "    batches: 2: 2026-04-16 05:00:00 – 2026-05-16 05:00:00; " in text
    (dag,) = json.loads(run(tree, "plan", "--at", AT, "--format", "json").stdout)["dags"]
    assert dag["next_run"]["reads"].startswith("2026-04-16 05:00:00 – 2026-06-16 05:00:00 by SystemModstamp")
    assert (
        "Next run: 2026-06-16 05:00 Europe/Brussels. Reads: "
        in run(tree, "plan", "--at", AT, "--format", "markdown").stdout
    )


def test_days_of_a_calendar_are_skipped_and_made_up_for(tree, run):
    shutil.copytree(CASES / "valid/calendar", tree, dirs_exist_ok=True)
    shown = run(tree, "show", "finance.changes", "--at", "2026-12-24T10:00:00Z").output
    assert "next run    2026-12-26 05:17 UTC" in shown
    assert "reads       2026-12-24 05:07:00Z – 2026-12-26 05:17:00Z by SystemModstamp" in shown
    assert "next run    2026-12-25 05:07 UTC" in run(tree, "show", "finance.yesterday", "--at", "2026-12-24T10:00:00Z").output  # fmt: skip
