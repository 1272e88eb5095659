"""What every source holds: the rows of a publication are the source's, and nothing that happens on the way changes that."""

import hmac
import logging
import random
from datetime import UTC, timedelta
from decimal import Decimal

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake.verification import verify_publication
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run

from tests.runtime.airflow import tasks
from tests.runtime.contract.kinds import Deal, landed, protected
from tests.runtime.landing import PREFIX
from tests.runtime.published import written_rows
from tests.runtime.run.kill_subject import land, place_of
from tests.runtime.workers import worker

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
NAMES = ('of "quotes", and a comma', "it's", "back\\slash", "ümläut 🎈", "two\nlines", " spaces ")
AMOUNTS = (Decimal("12.50"), None, Decimal("-0.01"), Decimal("9999999999.99"), Decimal(0), Decimal("0.10"))


def deals(day, first=1, count=6):
    """Some deals of the day's first hours."""
    return [
        Deal(first + number, NAMES[number % 6], AMOUNTS[number % 6], day + number * HOUR)
        for number in range(count)
    ]


def manifest_key(day):
    return f"{PREFIX}/dt={day.astimezone(UTC):%Y%m%dT%H%M%SZ}/_manifest.json"


def publication(kind, day):
    """A date's manifest, whose objects are what it says."""
    found = verify_publication(kind.landing.bucket, manifest_key(day))
    assert found.problems == ()
    return found.manifest.to_dict()


def nothing_but(kind, *manifests):
    """The bucket holds the objects of some publications and no more: nothing staged, exported or unloaded is left."""
    files = {batch["key"] for manifest in manifests for batch in manifest["batches"]}
    assert {key for key in kind.landing.bucket.keys("") if not key.endswith("/_manifest.json")} == files


def test_a_full_run_lands_what_the_source_holds_in_every_format(kind):
    kind.put(*deals(kind.day))
    said = kind.said()
    assert [deal._replace(at=kind.day) for deal in said] == [
        deal._replace(at=kind.day) for deal in deals(kind.day)
    ]
    for fmt in ("csv", "parquet"):
        manifest = kind.landing.land(kind.day, fmt, format=fmt, **kind.spec)
        assert landed(kind, manifest) == said
        assert publication(kind, kind.day) == manifest
        nothing_but(kind, manifest)


def test_windows_are_half_open_and_leave_nothing_between_them(kind):
    """What lies at a window's start belongs to it, what lies at its end to the next."""
    day, noon = kind.day, kind.day + 12 * HOUR
    instants = [day - SECOND, day, noon - SECOND, noon, noon + 12 * HOUR - SECOND, noon + 12 * HOUR]
    kind.put(*(Deal(number, "x", None, at) for number, at in enumerate(instants)))
    runs = [(day, noon, [1, 2]), (noon, noon + 12 * HOUR, [3, 4]), (day - 12 * HOUR, day - 6 * HOUR, [])]
    manifests = []
    for start, end, numbers in runs[
        : 3 if kind.deleted != "is_deleted" else 2
    ]:  # an export reaches back to recovery
        spec = {**kind.spec, **kind.window, "format": "ndjson"}
        manifests.append(kind.landing.land(start, f"run {start}", end, **spec))
        assert [deal.number for deal in landed(kind, manifests[-1])] == numbers
        assert publication(kind, start) == manifests[-1]
    nothing_but(kind, *manifests)


def test_a_rerun_replaces_its_own_output_and_no_other(kind):
    kind.put(*deals(kind.day, count=3))
    first = kind.landing.land(kind.day, "one", **kind.spec)
    other = kind.landing.land(kind.day + HOUR, "other", **kind.spec)
    kind.put(Deal(7, "late", None, kind.day + HOUR))
    kind.remove(2)
    again = kind.landing.land(kind.day, "two", **kind.spec)
    assert [deal.number for deal in landed(kind, again)] == [1, 3, 7]
    assert [deal.number for deal in landed(kind, other)] == [1, 2, 3]
    assert first["batches"][0]["sha256"] == other["batches"][0]["sha256"] != again["batches"][0]["sha256"]
    assert (publication(kind, kind.day), publication(kind, kind.day + HOUR)) == (again, other)
    nothing_but(kind, again, other)


def killed_when_held(process, s3):
    """Kill a process when its request is held; False where it ended before, as it needed fewer than the run that was counted.

    A busy machine lets a source work for longer than a task waits, so that the task writes more, or another time less.
    """
    while process.is_alive():
        if s3.held.acquire(timeout=0.1):
            process.kill()
            return True
    assert process.exitcode == 0
    return False


def test_a_killed_run_leaves_the_former_publication_and_its_retry_completes(kind, s3):
    """Killed at instants drawn from the requests that a whole run makes."""
    spec = {**kind.spec, "format": "csv"}
    kind.put(*deals(kind.day, count=3))
    before = s3.requests
    former = kind.landing.land(kind.day, "former", **spec)
    requests = s3.requests - before
    kind.put(Deal(7, "late", None, kind.day + HOUR))
    place, killed = place_of(kind.landing), []
    for instant in sorted(random.Random(kind.names[0]).sample(range(requests), 2)):
        s3.fault("hold", ".", skip=instant)
        with worker(land, *place, spec, kind.day) as process:
            killed.append(killed_when_held(process, s3))
        s3.clear_faults()
        assert publication(kind, kind.day)["run_id"] in ("former", "run")
    assert any(killed)
    with worker(land, *place, spec, kind.day) as process:
        process.join()
        assert process.exitcode == 0
    again = publication(kind, kind.day)
    assert landed(kind, again) == kind.said()
    assert again["batches"][0]["sha256"] != former["batches"][0]["sha256"]
    nothing_but(kind, again)


def test_a_column_that_appears_is_told_or_refused_as_the_spec_says(kind, caplog):
    kind.put(*deals(kind.day, count=2))
    first = kind.landing.land(kind.day, "one", **kind.whole, format="ndjson")
    grown = {**kind.grow(), "format": "ndjson"}
    with pytest.raises(FatalError, match="says drift: fail"):
        kind.landing.land(kind.day + HOUR, "two", **grown, drift="fail")
    assert publication(kind, kind.day) == first
    second = kind.landing.land(kind.day + HOUR, "three", **grown)
    new = {one["name"] for one in second["schema"]} - {one["name"] for one in first["schema"]}
    assert set(second["drift"]["added"]) == new
    assert new or "colour" in caplog.text


def test_protected_values_land_nowhere_in_the_clear(kind):
    kind.put(Deal(1, "BE68539007547034", None, kind.day))
    fields = protected(kind, "name", "hash")
    for fmt in ("csv", "parquet"):
        spec = {**kind.spec, "fields": fields, "protect_conn_id": "key", "format": fmt}
        (row,) = written_rows(kind.landing.bucket, kind.landing.land(kind.day, fmt, **spec))
        assert row[kind.names[1]] == hmac.digest(kind.landing.key, b"BE68539007547034", "sha256").hex()
    bucket = kind.landing.bucket
    for key in bucket.keys(""):
        assert b"BE68539007547034" not in bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read()


def test_deleted_rows_are_marked_in_a_window_or_the_key_is_refused(kind):
    first, second, third = deals(kind.day, count=3)
    kind.put(first, second._replace(at=kind.day - HOUR), third)
    spec = {**kind.spec, **kind.window, "include_deleted": True, "format": "ndjson"}
    if kind.deleted is None:
        with pytest.raises(FatalError, match="keeps no deleted rows"):
            kind.landing.land(kind.day, "run", kind.day + 12 * HOUR, **spec)
        return
    kind.remove(2)
    spec |= {"window": "full"} if kind.deleted == "IsDeleted" else {}
    rows = written_rows(kind.landing.bucket, kind.landing.land(kind.day, "run", kind.day + 12 * HOUR, **spec))
    assert sorted((int(row[kind.names[0]]), row[kind.deleted]) for row in rows) == [
        (1, False),
        (2, True),
        (3, False),
    ]


def test_hard_deletes_are_found_by_comparing_keys(kind, monkeypatch):
    tasks.connect(kind.landing, monkeypatch)
    from lake_ingest.airflow.tasks import CompareIdsOperator  # noqa: PLC0415 - Airflow reads its settings when it is loaded

    spec = {**kind.spec, "compare_ids": "7 days", "format": "ndjson"}
    kind.put(*deals(kind.day, count=4))
    (before,) = (
        {str(row[kind.names[0]]): row for row in written_rows(kind.landing.bucket, one)}
        for one in [kind.landing.land(kind.day, "run", **spec)]
    )
    kind.remove(3)
    compiled = kind.landing.compiled(**spec)
    operator = CompareIdsOperator(task_id="compare_ids", ingestion=compiled, **tasks.UNIT)
    done = tasks.run(operator, tasks.context(kind.day))
    manifest = kind.landing.bucket.get_json(
        done["manifest"].removeprefix(f"s3://{kind.landing.bucket.name}/")
    )
    (gone,) = written_rows(kind.landing.bucket, manifest)
    keys = {one["name"] for one in manifest["schema"]} - {"found_missing_at"}
    assert {name: gone[name] for name in keys} == {name: before["3"][name] for name in keys}


def test_a_secret_is_in_no_log_manifest_or_xcom(kind, monkeypatch, caplog):
    """Of a whole task, with everything logged that can be."""
    tasks.connect(kind.landing, monkeypatch)
    from lake_ingest.airflow.tasks import ToS3Operator  # noqa: PLC0415 - Airflow reads its settings when it is loaded

    caplog.set_level(logging.DEBUG)
    kind.put(*deals(kind.day, count=1))
    compiled = kind.landing.compiled(**kind.spec)
    given = tasks.run(
        ToS3Operator(task_id="ingest", ingestion=compiled, **tasks.UNIT), tasks.context(kind.day)
    )
    bucket = kind.landing.bucket
    bodies = [
        bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read().decode()
        for key in bucket.keys("")
    ]
    assert len(bodies) == 2
    for secret in kind.secrets:
        for text in (caplog.text, repr(given), *bodies):
            assert secret not in text


@pytest.mark.parametrize("what", ["host", "password", "grant", "object"])
def test_what_is_wrong_is_said_in_one_sentence_without_a_secret(kind, caplog, what):
    wrong = kind.wrong(what)
    opening = open_run(
        kind.landing.compiled(**{**kind.spec, **wrong.spec}), kind.landing.run(kind.day, "run", kind.day)
    )
    with pytest.raises(wrong.error, match=wrong.says) as failure:
        make_plan(wrong.source, opening)
    assert "\n" not in str(failure.value)
    for secret in (*kind.secrets, "a-wrong-one"):
        assert secret not in str(failure.value) + caplog.text
