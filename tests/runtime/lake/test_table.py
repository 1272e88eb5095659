"""The table of a dataset holds what its manifests name, whatever happens between the two."""

import functools
import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pyiceberg
import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake import table, table_expiry
from lake_ingest.rows.column import Column
from lake_ingest.spec.duration import parse_duration
from packaging.version import Version
from pyiceberg.table.update import SetSnapshotRefUpdate

from sandbox.athena.engine import Credentials, StatementError, run_statement
from tests.runtime.lake.tables import COLUMNS, PREFIX, Dataset, comparable, date_of


@pytest.fixture
def dataset(bucket):
    return Dataset.new(bucket)


def row(number, chance=random):
    return (
        f"006{number:015d}",
        chance.choice([None, "Ünïted", 'a, "b"']),
        chance.choice([None, Decimal("12.50"), Decimal("-99999999.99")]),
        datetime(2026, 1, 1, number % 24, 0, 0, 123000, tzinfo=UTC),
        chance.choice([None, time(23, 59, 59, 999000)]),
    )


def expected(truth):
    return sorted(comparable((*one, date_of(day))) for day, rows in truth.items() for one in rows)


@pytest.mark.parametrize("seed", range(2))
def test_a_random_history_gives_the_table_of_its_manifests(dataset, seed):
    """Publications and reruns in any order of days, empty ones, kills before the table has moved, two runs side by side."""
    chance = random.Random(seed)
    truth, behind, numbers = {}, set(), iter(range(10_000))
    for _ in range(16):
        day = chance.randint(1, 5)
        rows = [row(next(numbers), chance) for _ in range(chance.choice([0, 1, 3, 5]))]
        match chance.choice(["run", "run", "killed", "retried", "beside"]):
            case "run":
                dataset.publish(day, rows)
                truth[day] = rows
                behind.discard(day)
            case "killed":
                dataset.open(day)
                dataset.write(day, rows)
                truth[day] = rows
                behind.add(day)
            case "retried":
                for late in sorted(behind):
                    dataset.open(late).catch_up()
                behind.clear()
            case "beside":
                first, second = dataset.open(day), dataset.open(day)
                earlier = dataset.write(day, rows)
                later = dataset.write(day, rows[:1])
                moves = [(first, earlier), (second, later)]
                chance.shuffle(moves)
                for opened, manifest in moves:
                    opened.move(manifest)
                truth[day] = rows[:1]
                behind.discard(day)
    for late in sorted(behind):
        dataset.open(late).catch_up()
    assert dataset.rows() == expected(truth)


def test_runs_of_many_days_at_once_lose_nothing(dataset):
    days = range(1, 9)
    opened = {day: dataset.open(day) for day in days}
    written = {day: dataset.write(day, [row(day)]) for day in days}
    threads = [threading.Thread(target=opened[day].move, args=(written[day],)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(dataset.rows()) == len(days)


def test_a_retry_after_everything_was_done_commits_nothing(dataset):
    manifest = dataset.publish(1, [row(1)])
    stands = dataset.loaded().metadata_location
    dataset.open(1).move(manifest)
    dataset.open(1).catch_up()
    assert dataset.loaded().metadata_location == stands


def test_passing_failures_of_the_catalogue_are_tried_again(dataset, s3):
    """A lost answer among them: Glue has moved the table, and refuses the second try of the same move."""
    kinds = ("internal_error", "throttled", "drop", "lost_answer")
    for day, kind in enumerate(kinds, 1):
        for request in ("GetTable", "CreateTable|AWSGlue.UpdateTable"):
            s3.fault(kind, f"AWSGlue.{request}", times=2)
        dataset.publish(day, [row(day)])
    assert len(s3.struck) == 16
    assert len(dataset.rows()) == len(dataset.loaded().snapshots()) == 4


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        ("internal_error", RetriableError, "InternalError"),
        ("throttled", RetriableError, "ThrottlingException"),
        ("glue_denied", FatalError, "does not have this right in Glue"),
    ],
)
def test_a_catalogue_that_fails_leaves_the_table_as_it_was(dataset, s3, kind, error, says):
    dataset.publish(1, [row(1)])
    stood, opened = dataset.loaded().metadata_location, dataset.open(1)
    manifest = dataset.write(1, [row(2), row(3)])
    s3.fault(kind, "AWSGlue.UpdateTable", times=None)
    with pytest.raises(error, match=f"move the table .* which is published.*{says}"):
        opened.move(manifest)
    s3.clear_faults()
    assert dataset.loaded().metadata_location == stood
    dataset.open(1).catch_up()
    assert {file.file.file_path for file in dataset.scanned().plan_files()} == {
        dataset.bucket.url(key) for key in manifest.keys
    }
    s3.fault(kind, "AWSGlue.GetTable", times=None)
    with pytest.raises(error, match=f"look up the table .*{says}"):
        dataset.open(2)


def test_a_database_that_is_not_there_is_said_before_anything_changes(dataset):
    dataset.glue.delete_database(Name=dataset.table.database)
    with pytest.raises(FatalError, match="the platform makes a database for each unit"):
        dataset.open(1)


def test_a_name_that_somebody_else_took_is_left_alone(dataset):
    dataset.glue.create_table(
        DatabaseName=dataset.table.database, TableInput={"Name": "deals", "Parameters": {}}
    )
    with pytest.raises(FatalError, match="is not the table of this dataset"):
        dataset.open(1)


def test_what_readers_are_told_follows_the_spec_without_new_rows(dataset):
    dataset.columns = (*COLUMNS[:3], Column("Mail", "text", protect="hash"))
    manifest = dataset.publish(1, [("006a", "n", None, "3f2a")])
    dataset.table = replace(
        dataset.table,
        description="Deals that are won",
        owner="Grace",
        personal={"Mail": "email", "Account.Name": "personal"},
    )
    dataset.open(1).move(manifest)
    docs = {field.name: field.doc for field in dataset.loaded().schema().fields}
    assert docs["Mail"] == "Opportunity.Mail; personal data: email; a keyed hash stands for each value"
    assert docs["Account_Name"] == "Opportunity.Account.Name; personal data"
    shown = dataset.glue.get_table(DatabaseName=dataset.table.database, Name="deals")["Table"]
    assert (shown["Description"], dataset.told("owner")) == ("Deals that are won", "Grace")
    assert dataset.told("personal-data") == "Mail (email), Account.Name (personal)"
    assert {one["Name"]: one.get("Comment") for one in shown["StorageDescriptor"]["Columns"]}["Mail"] == docs[
        "Mail"
    ]
    assert len(dataset.loaded().snapshots()) == 1
    dataset.table = replace(dataset.table, personal={})
    dataset.open(1).move(manifest)
    assert dataset.told("personal-data") == ""


def test_columns_come_go_and_widen(dataset):
    dataset.publish(1, [row(1)])
    without = (
        *COLUMNS[:2],
        Column("Amount", "number", precision=12, scale=2),
        Column("Phone", "text", protect="hash"),
    )
    dataset.columns = without
    dataset.publish(2, [("006b", "n", Decimal("1234567890.12"), "3f2a")])
    dataset.columns = COLUMNS
    dataset.publish(3, [row(3)])  # the narrower decimal again
    found = {one[0]: one for one in dataset.rows()}
    assert found["006b"] == ("006b", "n", "1234567890.12", "", "", date_of(2).isoformat(), "3f2a")
    assert len(found) == 3
    docs = {field.name: field.doc for field in dataset.loaded().schema().fields}
    assert docs["Id"] == "Opportunity.Id, id; part of the key"
    assert docs["Account_Name"] == "Opportunity.Account.Name"
    assert docs["Phone"] == "Opportunity.Phone; a keyed hash stands for each value"
    shown = dataset.glue.get_table(DatabaseName=dataset.table.database, Name="deals")["Table"]
    assert (shown["Description"], dataset.told("owner"), dataset.told("contact")) == (
        "Open deals", "Ada", "ada@example.com",
    )  # fmt: skip


@pytest.mark.parametrize(
    "column",
    [
        Column("Amount", "number", precision=10, scale=2, protect="hash"),
        Column("Amount", "number", precision=10, scale=3),
        Column("Amount", "integer"),
    ],
)
def test_a_type_that_the_table_cannot_take_is_refused_before_anything_changes(dataset, column):
    dataset.publish(1, [row(1)])
    with pytest.raises(
        FatalError, match=r"column Amount of the table .* holds decimal\(10, 2\).* Nothing was published"
    ):
        dataset.open(2, columns=(*COLUMNS[:2], column, *COLUMNS[3:]))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ((Column("A.B", "text"), Column("A_b", "text")), "both be called A_b"),
        ((Column("_Logical_Date", "text"),), "both be called _Logical_Date"),
        ((Column("T", "datetime", unit="ns"),), "has nanoseconds"),
        ((Column("N", "number", precision=50, scale=2),), "has 50 digits"),
    ],
)
def test_columns_that_no_table_can_have(dataset, columns, says):
    with pytest.raises(FatalError, match=says):
        dataset.open(1, columns=columns)


def test_queries_pass_over_files_by_their_bounds(dataset):
    for day in (1, 2, 3):
        dataset.publish(day, [row(day)])
    found = dataset.loaded()
    assert len(list(found.scan(f"Id = '006{2:015d}'").plan_files())) == 1
    assert len(list(found.scan("Changed < '2026-01-01T02:00:00+00:00'").plan_files())) == 1
    assert len(list(found.scan(f"_logical_date = '{date_of(3).isoformat()}'").plan_files())) == 1


def test_a_long_history_stays_small(dataset, monkeypatch):
    """Manifests are merged, old snapshots forgotten, what only they needed deleted: a commit costs the same after a year."""
    monkeypatch.setattr(table_expiry, "_SNAPSHOTS_KEPT", 5)
    monkeypatch.setattr(table_expiry, "_FORGOTTEN_AT_ONCE", 2)
    monkeypatch.setitem(table.SETTINGS, "commit.manifest.min-count-to-merge", "4")
    monkeypatch.setitem(table.SETTINGS, "write.metadata.previous-versions-max", "3")
    for day in range(1, 16):
        dataset.publish(day, [row(day)])
    found = dataset.loaded()
    needed = {found.metadata_location, *(one.metadata_file for one in found.metadata.metadata_log)}
    for snapshot in found.metadata.snapshots:
        needed |= {snapshot.manifest_list, *(one.manifest_path for one in snapshot.manifests(found.io))}
    lying = {dataset.bucket.url(key) for key in dataset.bucket.keys(f"{PREFIX}_table/")}
    assert needed <= lying
    assert len(lying - needed) <= 15 // 3  # pyiceberg writes a new manifest before it merges it into another
    assert len(found.metadata.snapshots) <= 6
    assert len(found.inspect.manifests()) <= 5
    assert len(dataset.rows()) == 15
    for snapshot in found.metadata.snapshots:  # each that is kept can be read whole
        assert found.scan(snapshot_id=snapshot.snapshot_id).to_arrow().num_rows


@pytest.mark.parametrize("change", ["a snapshot is named", "the table was set back"])
def test_metadata_that_somebody_may_need_stays(dataset, monkeypatch, change):
    monkeypatch.setattr(table_expiry, "_SNAPSHOTS_KEPT", 2)
    monkeypatch.setattr(table_expiry, "_FORGOTTEN_AT_ONCE", 1)
    first = [dataset.publish(day, [row(day)]) for day in (1, 2)]
    found = dataset.loaded()
    oldest = found.metadata.snapshots[0].snapshot_id
    if change == "a snapshot is named":
        found.manage_snapshots().create_tag(oldest, "audit").commit()
    else:
        update = SetSnapshotRefUpdate(ref_name="main", type="branch", snapshot_id=oldest)
        found.catalog.commit_table(found, (), (update,))
    for day in range(3, 8):
        dataset.publish(day, [row(day)])
    found = dataset.loaded()
    for snapshot in found.metadata.snapshots:
        assert found.scan(snapshot_id=snapshot.snapshot_id).to_arrow().num_rows
    assert len(dataset.rows()) == (7 if change == "a snapshot is named" else 6), first


def test_publications_leave_after_the_time_that_the_spec_keeps_them(dataset):
    """In any order of runs; objects and manifests stay, and one that is run again is there until the next run."""
    today = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    dates = {day: today - timedelta(days=day) for day in (0, 1, 2, 40, 70, 400)}
    dataset.dates = dates.get
    manifests = {day: dataset.publish(day, [row(day), row(day + 1), row(day + 2)]) for day in (400, 2, 70, 1)}
    assert dataset.days() == {400, 2, 70, 1}
    dataset.table = replace(dataset.table, keep=parse_duration("1 month"))
    manifests[0] = dataset.publish(0, [row(3)])
    assert dataset.days() == {0, 1, 2}
    manifests[70] = dataset.publish(70, [row(4)])
    assert dataset.days() == {0, 1, 2, 70}
    dataset.open(70).move(manifests[70])
    assert dataset.days() == {0, 1, 2, 70}
    dataset.open(1).move(manifests[1])  # brings nothing new, and takes out what is old
    assert dataset.days() == {0, 1, 2}
    manifests[2] = dataset.publish(2, [])  # nor does one without rows keep any
    assert dataset.days() == {0, 1}
    manifests[40] = dataset.publish(40, [])
    assert dataset.days() == {0, 1}
    for manifest in manifests.values():
        assert set(manifest.keys) <= set(dataset.bucket.keys(PREFIX))


def test_manifests_do_not_pile_up_where_each_run_takes_one_out(dataset, monkeypatch):
    monkeypatch.setattr(table_expiry, "_MANIFESTS", 4)
    monkeypatch.setitem(table.SETTINGS, "commit.manifest.min-count-to-merge", "4")
    dataset.table = replace(dataset.table, keep=parse_duration("10 days"))
    today = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    dataset.dates = lambda day: today - timedelta(days=40 - day)
    counts = []
    for day in range(1, 10):
        dataset.publish(day, [row(day)])
    dataset.dates = lambda day: today - timedelta(days=18 - day)
    for day in range(1, 19):
        dataset.publish(day, [row(day)])
        counts.append(len(dataset.loaded().inspect.manifests()))
    assert max(counts) <= 6
    assert dataset.days() == set(range(9, 19))


@pytest.mark.parametrize("statement", ["VACUUM", "OPTIMIZE"])
def test_no_engine_takes_a_publication_away(dataset, statement):
    """Registered files are their manifests': an engine that obeys Iceberg's conventions refuses; one that rewrites harms no rerun."""
    truth = {1: [row(number) for number in range(12)], 2: [row(13)]}
    manifests = {day: dataset.publish(day, rows) for day, rows in truth.items()}
    ask = functools.partial(
        run_statement,
        endpoint_url=dataset.endpoint,
        credentials=Credentials("key", "secret"),
        region="eu-west-1",
    )
    if statement == "OPTIMIZE" and Version(pyiceberg.__version__) < Version("0.10"):
        pytest.skip("the engine here is pyiceberg, which reads no date of a publication before 0.10")
    if statement == "VACUUM":
        with pytest.raises(StatementError, match="GC is disabled"):
            ask(f"VACUUM {dataset.table.title}")
    else:
        ask(f"OPTIMIZE {dataset.table.title} REWRITE DATA USING BIN_PACK")
        written = {task.file.file_path for task in dataset.scanned().plan_files()}
        assert len(written) == 2
        assert not written & {dataset.bucket.url(key) for key in dataset.bucket.keys(PREFIX + "/")}
    assert dataset.rows() == expected(truth)
    for manifest in manifests.values():
        assert set(manifest.keys) <= set(dataset.bucket.keys(PREFIX))
    truth[1] = [row(7), row(8)]
    dataset.publish(1, truth[1])
    assert dataset.rows() == expected(truth)
