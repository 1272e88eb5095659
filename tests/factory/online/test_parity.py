"""`factory parity`: what an old DAG left in S3 beside what a spec published, over a real S3 protocol."""

import gzip
import io
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake_ingest.lake.manifest import PublishedBatch, described, published
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.object_key import manifest_key
from typer.testing import CliRunner

from factory.cli import app
from tests.factory.online.test_status import UNIT
from tests.runtime.lake.manifests import MANIFEST

COLUMNS = (
    Column("Id", "text"),
    Column("Amount", "number", precision=38, scale=18),
    Column("Closed", "boolean"),
    Column("Changed", "datetime", unit="ms"),
)
NEW = b'"Id","Amount","Closed","Changed"\n"1","10.50","true","2026-01-31T06:00:00.000Z"\n"2",,"false","2026-02-01T06:00:00.000Z"\n'
# As pandas writes what simple-salesforce gave: other texts of the same values, in another order.
OLD = b"Id,Amount,Closed,Changed\n2,,False,2026-02-01T06:00:00.000+0000\n1,1.05E1,True,2026-01-31T06:00:00.000+0000\n"


@pytest.fixture
def published_new(lake, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    unit = tmp_path / "configs/finance"
    unit.mkdir(parents=True)
    (tmp_path / "configs/group.yaml").write_text("description: A group\n")
    (unit / "unit.yaml").write_text(UNIT)
    (unit / "deals.yaml").write_text("object: Account\nfields: [Id]\nwindow: full\n")
    publish(lake, NEW)
    return lake


def publish(lake, body):
    key = "finance/deals/dt=20261101T000000Z/Account_all.0123456789ab.csv"
    lake.put_bytes(key, body)
    batch = PublishedBatch(Interval(None, None), key, 2, len(body), "", "", "rest", 1, 0, 1.0)
    manifest = replace(
        published(replace(MANIFEST, batches=(batch,))),
        format="csv",
        compression="none",
        schema=tuple(described(one) for one in COLUMNS),
    )
    lake.put_json(manifest_key("finance/deals", manifest.logical_date), manifest.to_dict())


def parity(server, lake, old, *options):
    given = [
        "parity",
        f"s3://{lake.name}/{old}",
        "finance.deals",
        "--bucket",
        lake.name,
        "--endpoint-url",
        server.url,
        *options,
    ]
    return CliRunner().invoke(app, given)


def as_parquet():
    table = pa.Table.from_pylist(
        [
            {"Id": "1", "Amount": 10.5, "Closed": True, "Changed": "2026-01-31T06:00:00Z"},
            {"Id": "2", "Amount": None, "Closed": False, "Changed": "2026-02-01T06:00:00Z"},
        ]
    )
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


JSON = (
    b'[{"Id": "1", "Amount": 10.5, "Closed": true, "Changed": "2026-01-31T06:00:00.000+0000"},'
    b' {"Id": "2", "Amount": null, "Closed": false, "Changed": "2026-02-01T06:00:00.000+0000"}]'
)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("deals.csv", OLD),
        ("deals.csv.gz", gzip.compress(OLD, mtime=0)),
        ("deals.parquet", as_parquet()),
        ("deals.json", JSON),
        ("deals.ndjson", JSON.strip(b"[]").replace(b"},", b"}\n")),
    ],
)
def test_the_same_values_in_another_form(server, published_new, name, body):
    published_new.put_bytes(f"old/{name}", body)
    published_new.put_bytes("old/_SUCCESS", b"")
    done = parity(server, published_new, "old/")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "The same rows, columns and sums."), (
        done.output
    )


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("semicolons.csv", b"\xef\xbb\xbf" + OLD.replace(b",", b";").replace(b"\n", b"\r\n"), "The same rows, columns"),
        ("numbered.csv", b",Id,Amount,Closed,Changed\n0,2,,False,2026-02-01\n1,1,10.5,True,2026-01-31 06:00:00\n", "Different: Changed"),
        ("numbered_too.csv", b"," + OLD.replace(b"\n", b"\n7,").rstrip(b"7,"), "The same rows, columns and sums."),
        ("seconds.csv", b"Id,Amount,Closed,Changed\n1,10.5,yes,1769839200.0\n2,,no,1769925600\n", "The same rows, columns"),
        ("milliseconds.csv", b"Id,Amount,Closed,Changed\n1,10.5,1,1769839200000\n2,,0,1769925600000\n", "The same rows, columns"),
        ("lines.json", JSON.strip(b"[]").replace(b"},", b"}\n"), "The same rows, columns and sums."),
        ("nulls.csv", OLD.replace(b"2,,", b"2,NULL,"), "The same rows, columns and sums."),
        ("of_another_row.csv", OLD.replace(b"2,,", b"2,1.05E1,").replace(b"1,1.05E1,", b"1,,"), "Different: values of a row together."),
        ("fewer.csv", b"Id\n1\n2\n", "The same rows and sums; the columns that only the new one has are not compared."),
        ("nothing.json", b"[]", "Different: rows."),
        ("no_keys.json", b"[{}, {}]", "The same rows and sums; the columns"),
    ],
)  # fmt: skip
def test_odd_files_of_old(server, published_new, name, body, said):
    published_new.put_bytes(f"odd/{name}", body)
    done = parity(server, published_new, f"odd/{name}", "--old-null", "NULL")
    assert done.output.splitlines()[-1].startswith(said), done.output
    assert done.exit_code == int(said.startswith("Different"))


def test_each_difference_is_named(server, published_new):
    body = OLD.replace(b"Id,", b"Id,Owner,").replace(b"\n2,", b"\n2,me,").replace(b"\n1,", b"\n1,me,")
    published_new.put_bytes("old/a.csv", body.replace(b"1.05E1", b"10.49"))
    published_new.put_bytes("old/b.csv", b"Id,Owner,Amount,Closed,Changed\n3,,x,,\n")
    done = parity(server, published_new, "old/")
    assert done.exit_code == 1
    lines = [line for line in done.output.splitlines() if line.startswith("! ")]
    assert [" ".join(line.split()) for line in lines[:2]] == [
        "! rows old 3 | new 2",
        "! columns 4 in both; only old: Owner",
    ]
    assert "old 2 values, 1 not of its type, sum 10.49 | new 1 values, sum 10.5" in done.output
    assert done.output.splitlines()[-1] == "Different: rows, columns, Id, Amount, values of a row together."


@pytest.mark.parametrize(
    ("old", "code", "said"),
    [
        ("nothing/", 1, "there is no csv, json, ndjson or parquet file at"),
        ("mixed/", 1, "lie files of csv and parquet; name the prefix of one format"),
        ("broken/", 1, "the files of one side cannot be read"),
        ("empty/", 1, "/empty/ are empty"),
    ],
)
def test_what_cannot_be_compared(server, published_new, old, code, said):
    published_new.put_bytes("mixed/a.csv", OLD)
    published_new.put_bytes("empty/a.csv", b"")
    published_new.put_bytes("mixed/a.parquet", b"")
    published_new.put_bytes("broken/a.parquet", b"no parquet")
    done = parity(server, published_new, old)
    assert done.exit_code == code
    assert said in str(done.exception) + done.output
