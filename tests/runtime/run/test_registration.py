"""Runs whose dataset is a table: what they cost, and the contract at each instant of a kill."""

import itertools
import re
import uuid
from functools import partial

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake import table

from tests.runtime.lake.duckdb_reader import select
from tests.runtime.lake.tables import reader_at
from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import published_rows


class Killed(BaseException):
    """What no handler catches, as no handler runs after SIGKILL."""


@pytest.fixture
def spec(landing):
    database = f"unit_{uuid.uuid4().hex[:12]}"
    landing.glue().create_database(DatabaseInput={"Name": database})
    fields = [{"name": name} for name in ("Id", "Name", "Owner.Name", "SystemModstamp")]
    table = {"database": database, "name": "deals", "description": "d", "owner": "o", "contact": "c"}
    return {"object": "Account", "fields": fields, "format": "parquet", "table": table}


def ids(landing, spec):
    found = select(landing.glue(), spec["table"]["database"], "deals", "_logical_date, Id")
    return sorted((date.isoformat(), one) for date, one in found)


def published(landing, *days):
    found = []
    for day in days:
        manifest = landing.bucket.get_json(f"{PREFIX}/dt={day:%Y%m%dT%H%M%SZ}/_manifest.json")
        found += [(day.isoformat(), row["Id"]) for row in published_rows(landing.bucket, manifest)]
    return sorted(found)


@pytest.mark.parametrize("merged", [False, True])
def test_what_a_table_adds_to_a_small_run(landing, s3, spec, monkeypatch, merged):
    """Numbers that users pay for: they may fall, and whoever lets them rise says why. They are those of a table that is not new: each
    commit leaves old metadata to be deleted, and manifests of many publications may have been merged into one."""
    monkeypatch.setitem(table.SETTINGS, "write.metadata.previous-versions-max", "1")
    if merged:
        monkeypatch.setitem(table.SETTINGS, "commit.manifest.min-count-to-merge", "2")
    plain = {key: value for key, value in spec.items() if key != "table"}
    first, second, third = (DAY.replace(day=day) for day in (1, 2, 3))

    def requests(day, run, spec, first_try):
        before = s3.requests
        landing.ingest(day, run, first_try=first_try, **spec)
        return s3.requests - before

    requests(first, "first", spec, True)
    without = requests(second, "second", plain, True)
    requests(second, "second", spec, False)
    added = requests(third, "third", spec, True) - without
    assert merged or added == 8
    assert ids(landing, spec) == published(landing, first, second, third)
    fourth = DAY.replace(day=4)
    requests(fourth, "fourth", plain, True)
    landing.org.update("Account", ids(landing, spec)[0][1], Name="renamed")
    without = requests(fourth, "fourth", plain, False)
    assert requests(third, "third", spec, False) - without == (10 if merged else 9)
    assert ids(landing, spec) == published(landing, first, second, third)


def test_what_taking_an_old_publication_out_adds(landing, s3, spec, monkeypatch):
    monkeypatch.setitem(table.SETTINGS, "write.metadata.previous-versions-max", "1")
    spec["table"]["keep"] = "1 minute"
    counts = []
    for number in range(1, 5):
        day, before = DAY.replace(day=number), s3.requests
        landing.ingest(day, f"run {number}", first_try=True, **spec)
        counts.append(s3.requests - before)
        assert ids(landing, spec) == published(landing, day)
    plain = {key: value for key, value in spec.items() if key != "table"}
    before = s3.requests
    landing.ingest(DAY.replace(day=5), "plain", first_try=True, **plain)
    assert counts[-1] - (s3.requests - before) == 12


class Mortal:
    """A client that is killed right before a certain change, counted over all clients of a run."""

    def __init__(self, client, left, made):
        self._client, self._left, self._made = client, left, made

    def __getattr__(self, name):
        real = getattr(self._client, name)
        if not re.match("put_object|copy|delete_object|create_table|update_table", name):
            return real

        def change(*args, **kwargs):
            if not self._left:
                raise Killed
            self._left.pop()
            self._made.append(name)
            return real(*args, **kwargs)

        return change


def held(landing, spec):
    """The objects that the table's head names; each of them is there."""
    name = (spec["table"]["database"], "deals")
    url = landing.bucket.client.meta.endpoint_url
    table = reader_at(url).load_table(name)
    found = {task.file.file_path for task in table.scan().plan_files()}
    assert found <= {landing.bucket.url(key) for key in landing.bucket.keys(PREFIX)}
    return found


@pytest.mark.parametrize(
    "cut", [{}, {"batch_size": "1 year", "window": {"from": "2026-01-01", "to": "2026-11-01"}}]
)
def test_killed_before_any_change_and_retried_the_table_is_at_its_manifest(landing, spec, cut, monkeypatch):
    """Before each change of S3 and Glue in turn; until the table has moved its former files can be read."""
    source, client, glue = landing.source(), landing.bucket.client, landing.glue()
    monkeypatch.setattr(landing, "source", lambda: source)
    former_spec = {**spec, **cut, "fields": [{"name": "Id"}, {"name": "SystemModstamp"}]}
    former = landing.land(DAY, "former", **former_spec)
    steps = []
    for step in itertools.count():
        left, made = [None] * step, []
        monkeypatch.setattr(landing.bucket, "client", Mortal(client, left, made))
        monkeypatch.setattr(landing, "glue", partial(Mortal, glue, left, made))
        try:
            landing.land(DAY, "run", **spec, **cut)
            break
        except Killed:
            monkeypatch.setattr(landing.bucket, "client", client)
            monkeypatch.setattr(landing, "glue", lambda: glue)
        steps.append(held(landing, spec))
        now = landing.land(DAY, "run", **spec, **cut)
        assert held(landing, spec) == urls(landing, now)
        assert steps[-1] in (urls(landing, former), urls(landing, now))
        landing.land(DAY, "former", **former_spec)
    assert (len(made), left) == (len(steps), [])  # the run made as many changes as it was killed before
    assert {"put_object", "update_table", "delete_objects"} <= set(made)
    assert urls(landing, former) in steps
    assert urls(landing, now) in steps


def urls(landing, manifest):
    return {landing.bucket.url(batch["key"]) for batch in manifest["batches"] if batch["rows"]}


def test_what_the_table_cannot_take_is_refused_before_the_source_is_read(landing, spec):
    landing.ingest(DAY, "first", first_try=True, **spec)
    standing, calls = landing.bucket.keys(""), len(landing.org.requests())
    protected = [{"name": "Id"}, {"name": "SystemModstamp", "protect": "mask"}]
    with pytest.raises(FatalError, match=r"column SystemModstamp of the table .* Nothing was published"):
        landing.ingest(DAY.replace(day=2), "second", first_try=True, **{**spec, "fields": protected})
    assert landing.bucket.keys("") == standing
    assert not [one for one in landing.org.requests()[calls:] if "query" in one["path"]]


def test_a_table_is_made_of_parquet_only(landing, spec):
    with pytest.raises(FatalError, match="table needs the format parquet"):
        landing.ingest(DAY, "first", **{**spec, "format": "csv"})
