"""`factory query` over datasets that are no tables: of every format the values that were published."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from lake_ingest.lake.manifest import described, published
from lake_ingest.rows.column import Column
from lake_ingest.rows.encode import open_encoder
from lake_ingest.rows.typed import arrow_type
from lake_ingest.spec.csv_dialect import CsvDialect
from lake_ingest.spec.object_key import manifest_key
from pyarrow import RecordBatch, array
from typer.testing import CliRunner

from factory.cli import app
from tests.runtime.lake.manifests import MANIFEST

COLUMNS = (
    Column("Id", "text", distinguishes_empty=True, key=0),
    Column("Owner.Name", "text", distinguishes_empty=True),
    Column("sum", "number", precision=38, scale=18),
    Column("count", "integer"),
    Column("share", "float", precision=53),
    Column("open", "boolean"),
    Column("day", "date"),
    Column("seen", "datetime", unit="us"),
    Column("wall", "datetime", unit="ms", zoned=False),
    Column("at", "time", unit="ms"),
    Column("photo", "binary"),
    Column("unbound", "number"),
)
ROWS = [
    (
        "a", 'Acme; "Ltd",\nGhent', Decimal("12345678901234567890.123456789012345678"), 2**62, 0.1, True, date(2026, 1, 31),
        datetime(2026, 1, 31, 6, 0, 0, 123456, tzinfo=UTC), datetime(2026, 1, 31, 6, 0), time(6, 0, 0, 5000), b"\x00\xff", "1.50",
    ),
    ("b", "", *[None] * 10),
    ("c", None, Decimal("-0.000000000000000001"), -1, -1e300, False, *[None] * 6),
]  # fmt: skip
UNIT = """
name: sales
owner: Sales data
contact: sales-data@example.com
connections: {salesforce: salesforce_default, aws: aws_connection}
destination: {bucket: "{{ var.value.bucket_name }}", prefix: sales}
objects: [Account]
"""
NO_NULLS = CsvDialect(delimiter=";", bom=True, null="NULL")


@pytest.fixture
def ask(server, lake, tmp_path):
    unit = tmp_path / "configs/sales"
    unit.mkdir(parents=True)
    (tmp_path / "configs/group.yaml").write_text("name: group\n")
    (unit / "unit.yaml").write_text(UNIT)
    (unit / "deals.yaml").write_text("object: Account\nfields: [Id]\nwindow: full\n")

    def query(sql):
        done = CliRunner().invoke(
            app, ["query", sql, "--bucket", lake.name, "--endpoint-url", server.url, "-f", "json"]
        )
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return [json.loads(line, parse_float=str) for line in done.stdout.splitlines()]

    return query


class Sink(io.BytesIO):
    def close(self):
        """A sink is completed by its owner."""


def publish(lake, day, fmt, compression="none", dialect=None, rows=ROWS):
    """A publication whose rows lie in an object each."""
    logical, batches = datetime(2026, 11, day, tzinfo=UTC), []
    for number, row in enumerate(rows):
        body = Sink()
        encoder = open_encoder(fmt, compression, COLUMNS, body, dialect)
        values = [array([value], arrow_type(column)) for value, column in zip(row, COLUMNS, strict=True)]
        encoder.write(RecordBatch.from_arrays(values, [column.name for column in COLUMNS]))
        encoder.close()
        key = f"sales/deals/dt={logical:%Y%m%dT%H%M%SZ}/{number}.{fmt}"
        lake.put_bytes(key, body.getvalue())
        batches.append(replace(MANIFEST.batches[0], key=key, rows=1, bytes=len(body.getvalue())))
    manifest = replace(
        MANIFEST, logical_date=logical, format=fmt, compression=compression, batches=tuple(batches),
        schema=tuple(map(described, COLUMNS)), extra={"csv": dialect.to_tell()} if dialect else {},
    )  # fmt: skip
    lake.put_json(manifest_key("sales/deals", logical), published(manifest).to_dict())


@pytest.mark.parametrize(
    ("fmt", "compression", "dialect"),
    [
        ("parquet", "zstd", None), ("csv", "gzip", None), ("csv", "none", NO_NULLS), ("json", "none", None),
        ("ndjson", "zstd", None),
    ],
)  # fmt: skip
def test_values_of_every_format(lake, ask, fmt, compression, dialect):
    publish(lake, 1, fmt, compression, dialect, rows=ROWS[:1])
    publish(lake, 2, fmt, compression, dialect)
    types = ask("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM sales.deals)")
    assert [one["column_type"] for one in types] == [
        "VARCHAR", "VARCHAR", "DECIMAL(38,18)", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP",
        "TIME", "BLOB", "VARCHAR", "TIMESTAMP WITH TIME ZONE",
    ]  # fmt: skip
    first, second, third = ask('SELECT * FROM Sales.deals ORDER BY "Id"')
    assert first == {
        "Id": "a", "Owner.Name": 'Acme; "Ltd",\nGhent', "sum": "12345678901234567890.123456789012345678", "count": 2**62,
        "share": "0.1", "open": True, "day": "2026-01-31", "seen": "2026-01-31T06:00:00.123456+00:00", "wall": "2026-01-31T06:00:00",
        "at": "06:00:00.005000", "photo": "AP8=", "unbound": "1.50", "_logical_date": "2026-11-02T00:00:00+00:00",
    }  # fmt: skip
    assert (second["Owner.Name"], second["sum"], second["photo"]) == ("", None, None)
    assert (third["Owner.Name"], third["sum"], third["share"]) == (None, "-0.000000000000000001", "-1e+300")


def test_what_was_never_published_is_said(lake, ask):
    with pytest.raises(
        Exception, match=r"sales.deals has not been published yet: there is no manifest below s3://"
    ):
        ask("SELECT * FROM sales.deals")


def test_a_dataset_beside_a_name_that_nobody_has(lake, ask):
    publish(lake, 1, "csv")
    with pytest.raises(Exception, match="DuckDB refuses the query: Catalog Error"):
        ask("SELECT * FROM sales.deals, sales.nothing")
