"""Rows by UNLOAD: nothing is lost, nothing is doubled, and nothing is left behind in S3."""

from datetime import timedelta

import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.staging import Staging
from lake_ingest.run.comparison.compare import key_plan
from lake_ingest.run.extract import stage_batch
from lake_ingest.run.frozen_plan import make_plan, planned
from lake_ingest.run.opening import open_run
from lake_ingest.run.reading import BatchReader
from lake_ingest.run.waiting import Waiting

from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import written_rows

HOUR = timedelta(hours=1)
TABLE = """
CREATE TABLE deals (id int PRIMARY KEY, name varchar(50), at timestamptz, iban varchar(34));
INSERT INTO deals SELECT n, 'deal ''' || n || E''' \\\\ %', '2026-10-31T23:00:00Z'::timestamptz + n * interval '1 hour', 'BE' || n
FROM generate_series(1, 30) AS n;
"""


def rows_of(mart, manifest):
    return sorted(row["id"] for row in written_rows(mart.bucket, manifest))


@pytest.fixture
def filled(mart):
    mart.sql(TABLE)
    return mart


def reader_of(mart, staging=None, **spec):
    """A reader of the run's only batch, as a task of its own has it."""
    staging = staging or Staging(mart.bucket, PREFIX, "run")
    if staging.frozen() is None:
        opening = open_run(mart.compiled(**spec), mart.run(DAY, "run", DAY))
        staging.freeze(make_plan(mart.source(), opening).to_dict())
    plan = planned(staging)
    return BatchReader(
        mart.source(),
        plan.request(0),
        staging,
        0,
        lambda reading: stage_batch(staging, plan, 0, reading, mart.key),
    )


def through(reader):
    """What comes of a batch, however often it has to wait."""
    outcome = reader.begin()
    while isinstance(outcome, Waiting):
        outcome = reader.resume(outcome.seen(reader.source.look(outcome.pending), reader.source))
    return outcome


def test_a_table_of_several_files_lands_whole_and_leaves_nothing(filled):
    filled.warehouse.slices, filled.warehouse.file_rows = 3, 4
    manifest = filled.land()
    assert rows_of(filled, manifest) == list(range(1, 31))
    assert filled.left_over() == []
    (batch,) = manifest["batches"]
    assert (batch["rows"], batch["route"]) == (30, "unload")
    assert batch["statement"].startswith('SELECT "id" AS "id", ')
    assert 0 < batch["calls"] < manifest["calls"]


def test_what_is_asked_for_names_a_role_and_no_key(filled):
    filled.land()
    (body,) = filled.asked("BatchExecuteStatement")
    unload, count = body["Sqls"]
    assert (
        "IAM_ROLE 'arn:aws:iam::123456789012:role/warehouse-unload' FORMAT PARQUET MANIFEST VERBOSE" in unload
    )
    assert f"TO 's3://{filled.bucket.name}/finance/_unload/finance.deals/" in unload
    assert count == "SELECT pg_last_unload_count()"
    sent = str(filled.warehouse.requests)
    assert "a secret key" not in sent
    assert "ACCESS_KEY" not in sent.upper()


def test_batches_of_a_window_are_unloaded_one_by_one(filled):
    manifest = filled.land(
        DAY, end=DAY + 12 * HOUR, window="incremental", cursor="at", overlap="2 hours", batch_size="4 hours"
    )
    assert rows_of(filled, manifest) == list(range(1, 13))
    assert len(manifest["batches"]) == len(filled.asked("BatchExecuteStatement")) == 4
    assert filled.left_over() == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("name = 'deal ''7'' \\\\ %'", [7]),
        ("id IN (3, 5) -- these", [3, 5]),
        ("id > 28 OR /* ) */ id = 1", [1, 29, 30]),
        ("position(')' in name) = 0 AND \"id\" < 3", [1, 2]),
    ],
)
def test_a_filter_is_joined_to_the_window(filled, condition, found):
    assert rows_of(filled, filled.land(filter=condition)) == found


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("1 = 1) OR (1 = 1", r"`\)` closes nothing"),
        ("1 = 1); DROP TABLE deals; --", r"`\)` closes nothing"),
        ("1 = 1; SELECT 1", "`;` has no place"),
        ("name = 'open", "a quote or a comment is never closed"),
        ("id = 1 /* open", "a quote or a comment is never closed"),
        ("id = 1 /* /* */", "a comment stands in another one"),
        ("name = $$x$$", r"`\$` has no place"),
        ("(id = 1", "a bracket is never closed"),
        ("gone = 1", 'column "gone" does not exist'),
        ("id", "argument of NOT must be type boolean"),
    ],
)
def test_a_filter_that_is_not_one_condition_is_refused(filled, condition, why):
    with pytest.raises(FatalError, match=why):
        filled.land(filter=condition)
    assert filled.asked("BatchExecuteStatement") == []


def test_protected_values_are_published_protected_and_the_unloaded_ones_are_gone(filled):
    seen = []

    def look(client, bucket, folder):
        seen.extend(one["Key"] for one in client.list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"])

    filled.warehouse.after_unload = look
    fields = ["id", {"name": "iban", "protect": "hash"}, {"name": "name", "protect": "mask"}]
    manifest = filled.land(fields=fields, protect_conn_id="key")
    assert {row["name"] for row in written_rows(filled.bucket, manifest)} == {"****"}
    assert all(len(row["iban"]) == 64 for row in written_rows(filled.bucket, manifest))
    assert seen
    assert filled.left_over() == []
    dropped = filled.land(DAY, "other", fields=["id", {"name": "iban", "protect": "drop"}])
    assert "iban" not in dropped["batches"][0]["statement"]


def test_a_run_that_fails_leaves_no_unloaded_file(filled):
    filled.key = None
    with pytest.raises(FatalError, match="is to be hashed, but the key is empty"):
        filled.land(fields=["id", {"name": "iban", "protect": "hash"}], protect_conn_id="key")
    assert filled.asked("BatchExecuteStatement")
    assert filled.left_over() == []


def _without_a_file(client, bucket, folder):
    client.delete_object(Bucket=bucket, Key=f"{folder}0000_part_00.parquet")


def _one_more(client, bucket, folder):
    client.put_object(Bucket=bucket, Key=f"{folder}0009_part_00.parquet", Body=b"")


def _torn(client, bucket, folder):
    key = f"{folder}0001_part_00.parquet"
    body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    client.put_object(Bucket=bucket, Key=key, Body=body[:-9])


def _other_bytes(client, bucket, folder):
    key = f"{folder}0000_part_00.parquet"
    size = client.head_object(Bucket=bucket, Key=key)["ContentLength"]
    client.put_object(Bucket=bucket, Key=key, Body=b"x" * size)


def _without_a_manifest(client, bucket, folder):
    client.delete_object(Bucket=bucket, Key=f"{folder}manifest")


def _other_counts(client, bucket, folder):
    body = client.get_object(Bucket=bucket, Key=f"{folder}manifest")["Body"].read()
    client.put_object(
        Bucket=bucket,
        Key=f"{folder}manifest",
        Body=body.replace(b'"record_count": 10', b'"record_count": 11'),
    )


def _elsewhere(client, bucket, folder):
    body = client.get_object(Bucket=bucket, Key=f"{folder}manifest")["Body"].read()
    client.put_object(
        Bucket=bucket, Key=f"{folder}manifest", Body=body.replace(folder.encode(), b"finance/others/")
    )


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_without_a_file, "and there is no such file"),
        (_one_more, "is not among the files"),
        (_torn, "bytes, and the manifest of the UNLOAD says"),
        (_other_bytes, "cannot be read"),
        (_without_a_manifest, "has unloaded 30 rows, and there are 3 files but no manifest"),
        (_other_counts, "the warehouse has unloaded 30"),
        (_elsewhere, "which does not lie beside it"),
    ],
)
def test_what_is_not_what_the_manifest_says_is_an_error(filled, damage, said):
    filled.warehouse.file_rows, filled.warehouse.after_unload = 10, damage
    with pytest.raises(RetriableError, match=said):
        filled.land()
    assert filled.left_over() == []
    filled.warehouse.after_unload = None
    assert filled.land()["rows"] == 30


def test_a_long_unload_is_left_to_the_triggerer(filled, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.redshift.source._AT_ONCE", 0.05)
    filled.warehouse.unload_seconds = 0.6
    reader = reader_of(filled)
    outcome = reader.begin()
    assert isinstance(outcome, Waiting)
    assert outcome.pending.what.startswith("Redshift statement ")
    assert (
        outcome.pending.look_at - outcome.started > 8
    )  # Airflow takes what comes back within five seconds for lost
    assert "a secret key" not in str(outcome.to_dict())
    receipt = through(reader_of(filled))  # a try that found it running
    assert receipt.rows == 30
    assert len({body["ClientToken"] for body in filled.asked("BatchExecuteStatement")}) == 1
    assert len(filled.api.tokens) >= 1
    assert filled.left_over() == []


def test_a_retry_finds_the_statement_that_a_killed_try_has_started(filled, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.redshift.source._AT_ONCE", 0.0)
    filled.warehouse.unload_seconds = 0.4
    killed = reader_of(filled)
    assert isinstance(killed.begin(), Waiting)
    assert through(reader_of(filled)).rows == 30
    assert len(filled.asked("BatchExecuteStatement")) == 1


def test_a_retry_finds_a_statement_whose_id_nobody_has_noted(filled):
    staging = Staging(filled.bucket, PREFIX, "run")
    killed = reader_of(filled, staging)
    note, notes = killed._note, []

    def lost(pending):
        notes.append(pending)
        if len(notes) == 2:
            raise KeyboardInterrupt
        note(pending)

    killed._note = lost
    with pytest.raises(KeyboardInterrupt):
        killed.begin()
    assert staging.noted(0)["token"]["statement"] == ""
    receipt = through(reader_of(filled, staging))
    assert receipt.rows == 30
    first, second = filled.asked("BatchExecuteStatement")
    assert first == second
    assert filled.api.tokens[first["ClientToken"]] == notes[1].token["statement"]


def test_a_killed_task_stops_its_statement_and_removes_its_files(filled, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.redshift.source._AT_ONCE", 0.2)
    filled.warehouse.unload_seconds = 30
    reader = reader_of(filled)
    outcome = reader.begin()
    assert filled.left_over()
    reader.abandon()
    statement = outcome.pending.token["statement"]
    assert filled.api.statements[statement].status == "ABORTED"
    assert filled.left_over() == []
    filled.warehouse.unload_seconds = 0.0
    assert through(reader_of(filled)).rows == 30  # and what was stopped is not taken up again
    assert len({body["ClientToken"] for body in filled.asked("BatchExecuteStatement")}) == 2


def test_what_a_failed_try_has_discarded_is_not_taken_up_again(filled):
    filled.warehouse.after_unload = _torn
    filled.warehouse.file_rows = 10
    with pytest.raises(RetriableError):
        through(reader_of(filled))
    filled.warehouse.after_unload = None
    assert through(reader_of(filled)).rows == 30


def test_a_statement_that_is_forgotten_is_started_anew(filled, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.redshift.source._AT_ONCE", 0.0)
    filled.warehouse.unload_seconds = 0.3
    outcome = reader_of(filled).begin()
    filled.api.statements.pop(outcome.pending.token["statement"])
    assert through(reader_of(filled)).rows == 30
    assert len(filled.asked("BatchExecuteStatement")) == 2


def test_a_table_that_was_changed_since_is_not_read_from_what_was_unloaded_before(filled, monkeypatch):
    monkeypatch.setattr("lake_ingest.sources.redshift.source._AT_ONCE", 0.0)
    filled.warehouse.unload_seconds = 0.2
    staging = Staging(filled.bucket, PREFIX, "run")
    reader_of(filled, staging, fields=["id"]).begin()
    opening = open_run(filled.compiled(fields=["id", "name"]), filled.run(DAY, "run", DAY))
    staging.freeze(make_plan(filled.source(), opening).to_dict())
    receipt = through(reader_of(filled, staging))
    assert '"name"' in receipt.statement
    assert filled.left_over() == []


def test_keys_are_the_declared_primary_key_in_its_order(mart):
    mart.sql('CREATE TABLE deals (line int, "order" int, PRIMARY KEY ("order", line))')
    plan = key_plan(mart.source(), mart.compiled(compare_ids="7 days"), mart.run(DAY, "run", DAY))
    assert [column.name for column in plan.columns] == ["order", "line"]
