"""The current state is the source's truth, for each kind of source; DuckDB merges, and DuckDB and pyiceberg read."""

import random
import uuid
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from lake_ingest.airflow import trigger
from lake_ingest.airflow.tasks import CompareIdsOperator, MergeOperator
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.verification import verify_publication
from lake_ingest.run.merging import KEYS

from sandbox.athena.engine import StatementError, run_statement
from tests.runtime.airflow import tasks
from tests.runtime.current_state import loaded, merge, put_together, state_of
from tests.runtime.landing import PREFIX

DAY = datetime(2026, 11, 2, tzinfo=UTC)
ONE = timedelta(days=1)
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def table_of(landing):
    database = f"unit_{uuid.uuid4().hex[:12]}"
    landing.glue().create_database(DatabaseInput={"Name": database})
    return {"database": database, "name": "deals", "current": True}


def compare(landing, day, **spec):
    operator = CompareIdsOperator(task_id="compare_ids", ingestion=landing.compiled(**spec), **tasks.UNIT)
    tasks.run(operator, tasks.context(day, day + ONE))
    merge(landing, day, KEYS, **spec)


def test_of_salesforce_with_its_recycle_bin_and_purges(landing, org, monkeypatch):
    tasks.connect(landing, monkeypatch)
    ids = org.insert("Product2", [{"Name": f"state {number}"} for number in range(5)])
    spec = {
        "object": "Product2", "fields": [{"name": name} for name in ("Id", "Name", "IsDeleted")], "format": "parquet",
        "window": {"from": "2026-01-01", "to": None}, "filter": "Name LIKE 'state%'", "include_deleted": True, "deletes": "soft",
        "compare_ids": "7 days", "table": table_of(landing), "cursor": "SystemModstamp",
    }  # fmt: skip
    try:
        landing.land(DAY, "one", NEXT_YEAR, **spec)
        merge(landing, DAY, **spec)
        assert [name for (name,) in state_of(landing, "Name", **spec)] == [f"state {n}" for n in range(5)]
        org.update("Product2", ids[0], Name="state changed")
        org.delete("Product2", ids[1])
        org.delete("Product2", ids[2])
        late = DAY + 2 * ONE
        landing.land(late, "late", NEXT_YEAR, **spec)
        org.undelete("Product2", ids[2])
        org.update("Product2", ids[0], Name="state changed again")
        landing.land(
            DAY, "one", NEXT_YEAR, **spec
        )  # the old date, run again, shows what is newer than the later date
        merge(landing, DAY, **spec)
        merge(landing, late, killed_after=1, **spec)
        merge(landing, late, **spec)
        assert [name for (name,) in state_of(landing, "Name", **spec)] == [
            "state 2",
            "state 3",
            "state 4",
            "state changed again",
        ]
        org.hard_delete("Product2", ids[3])
        compare(landing, late, **spec)
        merge(landing, DAY, **spec)  # late: it was read before the keys were
        assert [name for (name,) in state_of(landing, "Name", **spec)] == [
            "state 2",
            "state 4",
            "state changed again",
        ]
    finally:
        org.hard_delete("Product2", ids)


def test_of_postgresql_where_runs_come_in_any_order(tables, monkeypatch):
    """A transaction that commits late behind another's stamp, a backfill, a replaced publication whose rows are purged, a refresh."""
    tasks.connect(tables, monkeypatch)
    tables.schema.sql(
        "CREATE TABLE deals (id bigint, part text, name text, at timestamptz, PRIMARY KEY (id, part));"
        "INSERT INTO deals SELECT g, 'a', 'first ' || g, timestamptz '2026-11-01 12:00Z' + g * interval '1 hour' FROM generate_series(1, 30) g"
    )
    spec = {
        "window": "incremental", "cursor": "at", "overlap": "2 hours", "format": "parquet", "table": table_of(tables),
        "compare_ids": "1 day",
    }  # fmt: skip

    def run(day, **changed):
        tables.land(day - ONE, f"run {day:%d}", day, **{**spec, **changed})

    def truth():
        found = tables.schema.sql("SELECT id || '|' || part || '|' || name FROM deals").split("\n")
        return sorted(tuple(line.strip().split("|")) for line in found if line.count("|") == 2)

    run(DAY + ONE)  # the backfill of the day before comes second
    run(DAY)
    merge(tables, DAY, **spec)
    merge(tables, DAY - ONE, **spec)
    assert state_of(tables, "id", "part", "name", **spec) == truth()
    tables.schema.sql("UPDATE deals SET name = 'set back', at = '2026-11-02 11:00Z' WHERE id = 30")
    tables.schema.sql(
        "UPDATE deals SET name = 'moved on', at = '2026-11-03 01:00Z' WHERE id = 3; DELETE FROM deals WHERE id = 4"
    )
    run(DAY + ONE)
    run(DAY)  # no publication holds 4 now
    merge(tables, DAY, **spec)
    merge(tables, DAY - ONE, **spec)
    run(DAY + 2 * ONE)
    merge(tables, DAY + ONE, **spec)
    compare(tables, DAY + ONE, **spec)
    assert state_of(tables, "id", "part", "name", **spec) == truth()
    tables.schema.sql(
        "DELETE FROM deals WHERE id = 5; UPDATE deals SET name = 'unstamped' WHERE id = 6; ALTER TABLE deals ADD note text"
    )
    run(DAY + 3 * ONE, refresh="1 day")
    merge(tables, DAY + 2 * ONE, **spec)
    merge(tables, DAY, **spec)
    assert state_of(tables, "id", "part", "name", **spec) == truth()
    assert state_of(tables, "note", **spec) == [("",)] * len(truth())


def test_a_random_history_of_a_database(tables, monkeypatch):
    """Changes, deletions, runs and reruns in any order, merges that are late or killed; then each date once more."""
    sql = tables.schema.sql
    tasks.connect(tables, monkeypatch)
    spec = {
        "window": "incremental", "cursor": "at", "format": "parquet", "table": table_of(tables), "compare_ids": "1 day",
    }  # fmt: skip
    sql(
        "CREATE TABLE deals (id bigint, part varchar(3), name varchar(20), at timestamptz, PRIMARY KEY (id, part))"
    )
    chance, truth, days, published = random.Random(5), {}, [DAY + day * ONE for day in range(3)], set()

    def run(day):
        tables.land(day, f"run {day:%d}", day + ONE, **spec)
        published.add(day)

    def change(step):
        id_, part, at = (
            chance.randint(1, 9),
            chance.choice("ab"),
            chance.choice(days) + timedelta(hours=chance.randint(0, 23)),
        )
        sql(f"DELETE FROM deals WHERE id = {id_} AND part = '{part}'")
        truth.pop((id_, part), None)
        if chance.random() < 0.7:
            truth[id_, part] = f"step {step}"
            sql(f"INSERT INTO deals VALUES ({id_}, '{part}', 'step {step}', '{at:%Y-%m-%d %H:%M:%S}Z')")

    for step in range(12):
        change(step)
        if step % 4 == 3:
            day = chance.choice(days)
            run(day)
            merge(tables, chance.choice(sorted(published)), killed_after=chance.choice([None, 1]), **spec)
    for day in chance.sample(days, len(days)):
        run(day)
    compare(tables, days[-1], **spec)
    for day in chance.sample(days, len(days)):
        merge(tables, day, **spec)
    expected = sorted((str(id_), part, name) for (id_, part), name in truth.items())
    assert state_of(tables, "id", "part", "name", **spec) == expected


def test_of_full_readings_is_the_newest_publication_without_an_engine(tables):
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY, name text); INSERT INTO deals VALUES (1, 'a'), (2, 'b')"
    )
    spec = {"window": "full", "format": "parquet", "table": table_of(tables)}
    tables.land(DAY, "one", **spec)
    tables.land(DAY + ONE, "two", **spec)
    tables.schema.sql("DELETE FROM deals WHERE id = 1; UPDATE deals SET name = 'c'")
    tables.land(DAY, "one", **spec)
    assert state_of(tables, "id", "name", **spec) == [("2", "c")]
    tables.schema.sql("DELETE FROM deals")
    tables.land(DAY + ONE, "two", **spec)
    assert state_of(tables, "id", "name", **spec) == []


def test_the_files_of_a_state_are_put_together_and_those_of_publications_stay(tables, monkeypatch):
    """Many merges leave many files; putting them together changes no row, no publication, and no later merge or rerun."""
    tasks.connect(tables, monkeypatch)
    tables.schema.sql("CREATE TABLE deals (id int PRIMARY KEY, name text, at timestamptz)")
    table = {**table_of(tables), "compact": "7 days"}
    spec = {
        "window": "incremental",
        "cursor": "at",
        "format": "parquet",
        "table": table,
        "compare_ids": "7 days",
    }
    truth, days = {}, [DAY + day * ONE for day in range(4)]
    for number, day in enumerate(days):
        for id_ in (number, number + 1, 9):
            truth[id_] = f"of {number}"
            tables.schema.sql(
                f"INSERT INTO deals VALUES ({id_}, 'of {number}', '{day:%Y-%m-%d} 12:00Z')"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, at = excluded.at"
            )
        tables.land(day, f"run {number}", day + ONE, **spec)
        merge(tables, day, **spec)
    expected = sorted((str(id_), name) for id_, name in truth.items())
    now, published = datetime.now(UTC), set(tables.bucket.keys(f"{PREFIX}/"))
    assert put_together(tables, days[-1], now + 6 * ONE, **spec) == []
    state = loaded(tables, "_current", **spec)
    state.transaction().set_properties({"vacuum_max_snapshot_age_seconds": "0"}).commit_transaction()
    lay = set(tables.bucket.keys(f"{PREFIX}_current/"))
    name = f"{table['database']}.{table['name']}_current"
    done = put_together(tables, days[-1], now + 7 * ONE, **spec)
    assert done == [f"OPTIMIZE {name} REWRITE DATA USING BIN_PACK", f"VACUUM {name}"]
    state = loaded(tables, "_current", **spec)
    assert len(state.metadata.snapshots) == len(list(state.scan().plan_files())) == 1
    assert not [task for task in state.scan().plan_files() if task.delete_files]
    stays = set(tables.bucket.keys(f"{PREFIX}_current/"))
    assert len([key for key in stays if "/data/" in key]) == 1 < len([key for key in lay if "/data/" in key])
    assert state_of(tables, "id", "name", **spec) == expected
    assert set(tables.bucket.keys(f"{PREFIX}/")) == published
    for key in (one for one in published if one.endswith("_manifest.json")):
        assert verify_publication(tables.bucket, key).problems == ()
    assert put_together(tables, days[-1], now + 13 * ONE, **spec) == []
    tables.land(days[0], "again", days[0] + ONE, **spec)
    for day in (days[0], days[-1]):
        merge(tables, day, **spec)
    assert state_of(tables, "id", "name", **spec) == expected


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        ("internal_error", RetriableError, "InternalError"),
        ("throttled", RetriableError, "ThrottlingException"),
        ("glue_denied", FatalError, "does not have this right in Glue"),
    ],
)
def test_a_catalogue_that_fails_leaves_the_state_as_it_was(tables, s3, kind, error, says):
    """Whether it is asked by the task, or by the engine in the middle of a merge."""
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY, at timestamptz); INSERT INTO deals VALUES (1, '2026-11-01 12:00Z')"
    )
    spec = {"window": "incremental", "cursor": "at", "format": "parquet", "table": table_of(tables)}
    tables.land(DAY - ONE, "one", DAY, **spec)
    merge(tables, DAY - ONE, **spec)
    tables.schema.sql("INSERT INTO deals VALUES (2, '2026-11-02 12:00Z'); ALTER TABLE deals ADD note text")
    tables.land(DAY, "two", DAY + ONE, **spec)
    for request, failure, told in [
        ("GetTable", error, f"look up the table .*{says}"),
        ("UpdateTable", error, f"prepare the table .*{says}"),
    ]:
        s3.fault(kind, f"AWSGlue.{request}", times=None)
        with pytest.raises(failure, match=told):
            merge(tables, DAY, **spec)
        s3.clear_faults()
        assert state_of(tables, "id", **spec) == [("1",)]
    merge(tables, DAY, killed_after=0, **spec)  # the table has its new column, and the engine is next
    s3.fault(kind, "AWSGlue.UpdateTable", times=None)
    with pytest.raises(StatementError):
        merge(tables, DAY, **spec)
    s3.clear_faults()
    assert state_of(tables, "id", **spec) == [("1",)]
    merge(tables, DAY, **spec)
    assert state_of(tables, "id", "note", **spec) == [("1", ""), ("2", "")]


def test_what_left_the_history_is_not_taken_for_nothing(tables):
    """A merge that comes after its publication has left says so; the run that is cleared brings it back."""
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY, at timestamptz); INSERT INTO deals VALUES (1, '2020-01-01 12:00Z')"
    )
    table = {**table_of(tables), "keep": "30 days"}
    spec = {"window": "incremental", "cursor": "at", "format": "parquet", "table": table}
    old, now = datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC).replace(microsecond=0)
    tables.land(old, "old", old + ONE, **spec)
    tables.land(now, "new", now + ONE, **spec)
    with pytest.raises(
        FatalError, match=r"does not hold what was published for 2020-01-01 00:00.*Clear the whole run"
    ):
        merge(tables, old, **spec)
    tables.land(old, "old", old + ONE, **spec)
    merge(tables, old, **spec)
    assert state_of(tables, "id", **spec) == [("1",)]


def test_a_state_whose_files_are_those_of_publications_is_left_alone(tables):
    """It was read whole before; whoever puts its files together would delete what manifests name."""
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY, at timestamptz); INSERT INTO deals VALUES (1, '2026-11-01 12:00Z')"
    )
    spec = {"window": "full", "format": "parquet", "table": {**table_of(tables), "compact": "1 day"}}
    tables.land(DAY, "run", **spec)
    assert put_together(tables, DAY, NEXT_YEAR, **spec) == []


def test_without_a_key_there_is_no_current_state(tables):
    spec = {"window": "full", "format": "parquet", "table": table_of(tables)}
    tables.schema.sql("CREATE TABLE deals (id int, name text)")
    with pytest.raises(FatalError, match="neither a primary key nor a unique key"):
        tables.land(DAY, "one", **spec)
    tables.schema.sql("ALTER TABLE deals ADD PRIMARY KEY (id)")
    with pytest.raises(FatalError, match=r"the key of .* is not among the fields in the clear: add id"):
        tables.land(DAY, "one", **spec, fields=["name"])
    assert tables.bucket.keys("") == []


def test_the_task_waits_for_each_statement_in_the_triggerer(tables, s3, monkeypatch):
    """One that fails says Athena's own reason, and the retry finishes the merge. Now and then files are put together after it, in as
    many rounds as Athena wants; a failure of that leaves the state as it is, and says so."""
    monkeypatch.setattr(trigger, "_FIRST_LOOK", 0.2)
    tasks.connect(tables, monkeypatch)
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    athena = session.client("athena", endpoint_url=tables.bucket.client.meta.endpoint_url)
    athena.create_work_group(Name="test-finance")
    monkeypatch.setattr("lake_ingest.airflow.context.athena_client", lambda *_: athena)
    monkeypatch.setenv("AIRFLOW__LAKE__ENVIRONMENT", "test")
    tables.schema.sql(
        "CREATE TABLE deals (id int PRIMARY KEY, at timestamptz); INSERT INTO deals VALUES (1, '2026-11-01 12:00Z')"
    )
    spec = {"window": "incremental", "cursor": "at", "format": "parquet", "table": table_of(tables)}
    tables.land(DAY - ONE, "run", DAY, **spec)
    operator = MergeOperator(task_id="merge", ingestion=tables.compiled(**spec), what="rows", **tasks.UNIT)
    s3.fault("internal_error", "AWSGlue.UpdateTable", times=None)
    with pytest.raises(RetriableError, match=r"Athena ended query .* as FAILED: .*"):
        tasks.run(operator, tasks.context(DAY - ONE, DAY))
    s3.clear_faults()
    tasks.run(operator, tasks.context(DAY - ONE, DAY))
    assert state_of(tables, "id", **spec) == [("1",)]
    spec["table"]["compact"] = "1 day"
    operator = MergeOperator(task_id="merge", ingestion=tables.compiled(**spec), what="rows", **tasks.UNIT)
    state, sent = loaded(tables, "_current", **spec), []
    state.transaction().set_properties({"lake.compacted": "2026-01-01T00:00:00+00:00"}).commit_transaction()

    def run(sql, *place):
        sent.append(sql.split()[0])
        if sent.count("VACUUM") < 3 and sql.startswith("VACUUM"):
            raise StatementError(
                "ICEBERG_VACUUM_MORE_RUNS_NEEDED: Removed 20000 files in this round of vacuum"
            )
        if sent.count("OPTIMIZE") < 2 and sql.startswith("OPTIMIZE"):
            raise StatementError("GENERIC_INTERNAL_ERROR")
        return run_statement(sql, *place)

    monkeypatch.setattr("sandbox.athena.engine.run_statement", run)
    with pytest.raises(
        RetriableError, match=r"GENERIC_INTERNAL_ERROR; the current state is right, only its files"
    ):
        tasks.run(operator, tasks.context(DAY - ONE, DAY))
    tasks.run(operator, tasks.context(DAY - ONE, DAY))
    assert sent == ["MERGE", "OPTIMIZE", "MERGE", "OPTIMIZE", "VACUUM", "VACUUM", "VACUUM"]
    told = datetime.fromisoformat(loaded(tables, "_current", **spec).metadata.properties["lake.compacted"])
    assert datetime.now(UTC) - told < timedelta(minutes=5)
