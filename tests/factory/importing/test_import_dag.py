"""`factory import-dag` as a command: what it refuses, where it writes, how it ends."""

import pytest
import yaml

from factory.command_failure import Failure, UsageFailure

IMPORTS = "from airflow import DAG\nfrom datetime import datetime, timedelta\nfrom operators.salesforce_to_s3_operator import SalesforceToS3Operator\n"
DAILY = 'DAG("d", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False)'


@pytest.fixture
def imported(tree, run):
    """Import the text of a DAG; gives the result and the specs by their names."""

    def call(text, **files):
        (tree / "old.py").write_text(text)
        for name, content in files.items():
            (tree / name).write_text(content)
        before = {path.name for path in (tree / "configs/finance").iterdir()}
        result = run(tree, "import-dag", "old.py", "--unit", "finance")
        made = [path for path in (tree / "configs/finance").iterdir() if path.name not in before]
        return result, {path.stem: yaml.safe_load(path.read_text()) for path in made}

    return call


def task(arguments, *, dag=DAILY, before="", name="a"):
    return f'{IMPORTS}{before}\nSalesforceToS3Operator(task_id="{name}", dag={dag}, {arguments})\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "x = 1\n",
            "calls none of SalesforceToS3Operator, SqlToS3Operator, DynamoDBToS3Operator and RedshiftToS3Operator",
        ),
        ("def (\n", "is not Python"),
        ("a = '\x00'", "is not Python"),
        ("print 'two'\n", "is not Python"),
        ("# coding: martian\n", "is not Python"),
    ],
)
def test_other_files_are_refused(imported, text, message):
    result, specs = imported(text)
    assert isinstance(result.exception, Failure)
    assert message in str(result.exception)
    assert specs == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.py", "--unit", "finance"), "nowhere.py cannot be read"),
        (("old.py", "--unit", "financ"), "has no unit `financ`; did you mean `finance`?"),
        (("old.py", "--unit", "finance", "--configs", "nowhere"), "nowhere is no"),
    ],
)
def test_what_does_not_exist_is_named(tree, run, arguments, message):
    (tree / "old.py").write_text(task('sf_obj="Account", sf_fields=["Id"]'))
    result = run(tree, "import-dag", *arguments)
    assert isinstance(result.exception, UsageFailure)
    assert message in str(result.exception)


def test_nothing_is_overwritten(tree, imported):
    (tree / "configs/finance/a.yaml").write_text("object: Contact\nfields: [Id]\nwindow: full\n")
    result, specs = imported(task('sf_obj="Account", sf_fields=["Id"]'))
    assert result.exit_code == 0, result.output
    assert list(specs) == ["d_a"]
    assert "object: Contact" in (tree / "configs/finance/a.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ("", "full"),
        ('from_date="YESTERDAY"', {"from": "YESTERDAY"}),
        ('from_date="2026-01-01T00:00:00Z", to_date="2026-01-31T23:59:59Z"',
         {"from": "2026-01-01T00:00:00Z", "before": "2026-02-01T00:00:00Z"}),
        ('from_date="2026-01-01T00:00:00Z", to_date="2026-02-01T00:00:00Z"',
         {"from": "2026-01-01T00:00:00Z", "before": "2026-02-01T00:00:01Z"}),
        ('to_date="LAST_MONTH"', {"through": "LAST_MONTH"}),
        ('from_date="{{ ds }}T00:00:00Z", to_date="{{ next_ds }}T00:00:00Z"', {"last": "1 day"}),
        ('from_date="{{ ds }}T00:00:00Z", to_date="{{ macros.ds_add(ds, 1) }}T00:00:00Z"', {"last": "1 day"}),
        ('from_date="{{ (data_interval_start - macros.timedelta(days=2)).isoformat() }}", to_date="{{ data_interval_end | ts }}"',
         {"last": "3 days"}),
        ('from_date="{{ data_interval_end.subtract(weeks=1) }}", to_date="{{ data_interval_end }}"', {"last": "1 week"}),
        ('from_date="{{ data_interval_end.subtract(months=1) }}", to_date="{{ data_interval_end }}"', {"last": "1 month"}),
        ('from_date="{{ yesterday_ds }}T00:00:00Z", to_date="{{ ds }}T00:00:00Z"',
         {"from": "N_DAYS_AGO:2", "through": "N_DAYS_AGO:2"}),
    ],
)  # fmt: skip
def test_windows_that_surely_mean_the_same(imported, arguments, window):
    result, specs = imported(task(f'sf_obj="Account", sf_fields=["Id"], {arguments}'))
    assert result.exit_code == 0, result.output
    assert specs["a"]["window"] == window


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("from_date=Variable.get('since')", "`Variable.get('since')` is an Airflow Variable"),
        ('from_date="{{ params.since }}"', "`{{ params.since }}` is known only when the DAG runs"),
        ('from_date="{{ var.value.since }}"', "`{{ var.value.since }}` is known only when the DAG runs"),
        ('from_date="{% if ds %}TODAY{% endif %}"', "known only when the DAG runs"),
        ('from_date="{{ prev_start_date_success }}"', "known only when the DAG runs"),
        ('from_date="2026-01-01T00:00:00"', "is not a point in time"),
        ('from_date="LAST_FISCAL_QUARTER"', "fiscal year"),
        (
            'from_date="{{ ds }}", to_date="{{ ds }}T00:00:00Z"',
            "one end of the window is a date, the other a date-time",
        ),
        # on the last day of a month the run's end lies in the next one
        ("from_date=\"{{ data_interval_start.start_of('month') }}\"", "no window of a spec begins"),
        ('query="SELECT Id FROM Account", from_date="TODAY"', "given together"),
        ("query=\"SELECT Id FROM Account WHERE Name = '{{ params.name }}'\"", "the query has templates"),
        ('query="accounts.soql"', "which is not beside the DAG"),
        ('sf_fields=["Id", get_field()]', "`get_field()` uses the name `get_field`"),
        ('fmt=os.environ["FORMAT"]', "the environment"),
        ("record_time_added='yes'", "`record_time_added` is not true or false"),
        ("**load()", "the arguments behind `**`"),
        ("page_size=200", "`page_size` is not a parameter of the operator"),
    ],
)
def test_what_cannot_be_carried_is_refused_with_its_place(imported, arguments, reason):
    fields = "" if "sf_fields" in arguments else 'sf_fields=["Id"], '
    result, specs = imported(
        task(
            f'sf_obj="Account", {fields}{arguments}', before="import os\nfrom airflow.models import Variable"
        )
    )
    assert result.exit_code == 1
    assert reason in result.output
    assert any(reason in line and line.startswith("old.py:6:") for line in specs["a"]["not_carried"])


@pytest.mark.parametrize(
    ("dag", "schedule"),
    [
        ('DAG("d", schedule=None, start_date=datetime(2026, 1, 1))', None),
        ('DAG("d", schedule_interval="@midnight", start_date=datetime(2026, 1, 1))', "@daily"),
        ('DAG("d", None, "0 6 * * MON", start_date=datetime(2026, 1, 1))', "0 6 * * MON"),
        ('DAG("d", schedule=timedelta(hours=1), start_date=datetime(2026, 1, 1))', "@hourly"),
        (
            'DAG("d", schedule=timedelta(days=1), start_date=datetime(2026, 1, 1, 5, 30), catchup=True)',
            "30 5 * * *",
        ),
        ('DAG("d", schedule=timedelta(minutes=15), start_date=datetime(2026, 1, 1))', "*/15 * * * *"),
        ('DAG("d", schedule=timedelta(weeks=1), start_date=datetime(2026, 1, 5), catchup=True)', "0 0 * * 1"),
        (
            'DAG("d", timetable=CronTriggerTimetable("5 4 * * *", timezone="Europe/Paris"), start_date=datetime(2026, 1, 1))',
            "5 4 * * *",
        ),
    ],
)
def test_schedules(imported, dag, schedule):
    before = "from airflow.timetables.trigger import CronTriggerTimetable"
    result, specs = imported(task('sf_obj="Account", sf_fields=["Id"]', dag=dag, before=before))
    assert result.exit_code == 0, result.output
    assert specs["a"]["schedule"] == schedule
    zone = "Europe/Paris" if "Paris" in dag else "UTC"
    assert specs["a"].get("timezone") == (
        None if schedule is None else zone
    )  # without a schedule it has no effect


@pytest.mark.parametrize(
    ("schedule", "end_date", "end"),
    [
        ("@daily", "datetime(2026, 12, 31)", "2026-12-31"),
        ("0 5 * * *", "datetime(2026, 12, 31)", "2026-12-30"),  # the run of 31 December at 5 begins after it
        ("0 5 * * *", "datetime(2026, 12, 31, 5)", "2026-12-31"),
        ("@hourly", "datetime(2026, 12, 31, 23, 59)", "2026-12-31"),
        ("0 6 * * 1", "datetime(2026, 12, 31)", "2026-12-28"),
    ],
)
def test_the_last_day_of_a_schedule(imported, schedule, end_date, end):
    dag = f'DAG("d", schedule="{schedule}", start_date=datetime(2026, 1, 1), end_date={end_date})'
    result, specs = imported(task('sf_obj="Account", sf_fields=["Id"]', dag=dag))
    assert result.exit_code == 0, result.output
    assert specs["a"]["end"] == end


@pytest.mark.parametrize(
    ("dag", "reason"),
    [
        ('DAG("d", start_date=datetime(2026, 1, 1))', "the DAG has no schedule"),
        ('DAG("d", schedule="@once")', "`@once` has no counterpart"),
        ('DAG("d", schedule="@continuous")', "`@continuous` has no counterpart"),
        ('DAG("d", schedule="0 0 5 * * *")', "five fields, this has 6"),
        (
            'DAG("d", schedule=timedelta(days=1), start_date=datetime(2026, 1, 1, 5, 30))',
            "no cron expression certainly means the same",
        ),
        (
            'DAG("d", schedule=timedelta(days=2), start_date=datetime(2026, 1, 1))',
            "no cron expression certainly means the same",
        ),
        ('DAG("d", schedule=timedelta(days=1))', "no cron expression certainly means the same"),
        ('DAG("d", schedule=[Dataset("a")])', "Write `after:` with the unit and the name of that spec"),
        ('DAG("d", timetable=EventsTimetable([]))', "a spec runs at times only"),
        (
            'DAG("d", schedule="@daily", end_date=last_day())',
            "the schedule's end is known only when the file runs",
        ),
        (
            'DAG("d", schedule="@hourly", end_date=datetime(2027, 1, 1, 12))',
            "ends at 2027-01-01 12:00, in the middle of a day",
        ),
        ('DAG("d", schedule="@daily", tags=labels())', "the tags are known only when the file runs"),
        ('DAG("d", schedule="@daily", default_args=shared)', "`default_args`: `shared`"),
        ("find_dag()", "its DAG uses the name `find_dag`"),
    ],
)
def test_timings_that_no_spec_can_say(imported, dag, reason):
    before = "from airflow.datasets import Dataset\nfrom airflow.timetables.events import EventsTimetable"
    result, specs = imported(task('sf_obj="Account", sf_fields=["Id"]', dag=dag, before=before))
    assert result.exit_code == 1
    assert any(reason in line for line in specs["a"]["not_carried"]), result.output


def test_what_the_unit_s_defaults_would_change_is_written(tree, imported):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(
        unit.read_text()
        + "defaults: {format: parquet, compression: zstd, include_deleted: true, cursor: CreatedDate}\n"
    )
    _, specs = imported(task('sf_obj="Account", sf_fields=["Id"], from_date="YESTERDAY"'))
    wanted = {"format": "csv", "compression": "none", "include_deleted": False, "cursor": "SystemModstamp"}
    assert specs["a"] | wanted == specs["a"]


def test_a_query_in_a_file_is_read_not_carried_as_text(imported):
    text = task('sf_obj="Account", query="accounts.soql"')
    result, specs = imported(text, **{"accounts.soql": "SELECT Id\nFROM Account\nWHERE Name LIKE 'A%'\n"})
    assert result.exit_code == 0, result.output
    assert specs["a"]["query"] == "SELECT Id\nFROM Account\nWHERE Name LIKE 'A%'"


def test_files_outside_the_folder_of_the_dag_are_not_read(tmp_path, imported):
    (tmp_path.parent / "outside.soql").write_text("SELECT Id FROM Account")
    result, specs = imported(task('sf_obj="Account", query="../outside.soql"'))
    assert result.exit_code == 1
    assert "query" not in specs["a"]


def test_the_file_is_not_run(tmp_path, imported):
    mark = tmp_path / "mark"
    before = f"import os, subprocess\nopen({str(mark)!r}, 'w').write('x')\nos.system('touch {mark}')\nsubprocess.run(['touch', {str(mark)!r}])"
    imported(task('sf_obj="Account", sf_fields=["Id"]', before=before))
    assert not mark.exists()
