"""Typed columns: their Arrow types, their canonical text, and what the encoders make of them."""

import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.rows.column import Column
from lake_ingest.rows.encode import open_encoder
from lake_ingest.rows.typed import arrow_type, text_of

# What the files of every version of the runtime hold; a type that changes here is drift for every reader.
SCHEMA = {
    Column("t", "text"): "string",
    Column("j", "json"): "string",
    Column("b", "boolean"): "bool",
    Column("i", "integer"): "int64",
    Column("n", "number", precision=38, scale=18): "decimal128(38, 18)",
    Column("d", "date"): "date32[day]",
    Column("m", "datetime", unit="ms"): "timestamp[ms, tz=UTC]",
    Column("h", "time", unit="ms"): "time64[us]",
    Column("p", "number", precision=38, scale=18, protect="hash"): "string",
    Column("u", "datetime", unit="us", zoned=False): "timestamp[us]",
    Column("f", "time", unit="us"): "time64[us]",
    Column("w", "number", precision=60, scale=10): "decimal256(60, 10)",
    Column("a", "number"): "string",
    Column("x", "binary"): "binary",
}
NOON = datetime(2026, 1, 31, 12, 0, 0, 1500, tzinfo=UTC)


@pytest.mark.parametrize(("column", "kind"), SCHEMA.items(), ids=lambda one: getattr(one, "name", one))
def test_each_kind_has_one_type(column, kind):
    assert str(arrow_type(column)) == kind


@pytest.mark.parametrize(
    ("value", "kind", "column", "text"),
    [
        (True, pa.bool_(), Column("c", "boolean"), "true"),
        (-12, pa.int64(), Column("c", "integer"), "-12"),
        (Decimal("12.50"), pa.decimal128(10, 2), Column("c", "number", precision=10, scale=2), "12.50"),
        (Decimal("1E-7"), pa.decimal128(10, 7), Column("c", "number", precision=10, scale=7), "0.0000001"),
        (date(2026, 1, 2), pa.date32(), Column("c", "date"), "2026-01-02"),
        (NOON, pa.timestamp("us", "UTC"), Column("c", "datetime", unit="us"), "2026-01-31T12:00:00.001500Z"),
        (NOON.replace(tzinfo=None), pa.timestamp("us"), Column("c", "datetime", unit="us", zoned=False), "2026-01-31T12:00:00.001500"),
        (time(6, 0, 1), pa.time64("us"), Column("c", "time", unit="us", zoned=False), "06:00:01.000000"),
        (b"\x00\xff", pa.binary(), Column("c", "binary"), "AP8="),
    ],
)  # fmt: skip
def test_each_value_has_one_text(value, kind, column, text):
    assert text_of(pa.array([value, None], kind), column).to_pylist() == [text, None]


@given(st.lists(st.none() | st.decimals(-(10**9), 10**9, places=4, allow_nan=False), max_size=8))
def test_a_typed_decimal_keeps_its_digits_in_every_format(values):
    column = Column("n", "number", precision=20, scale=4)
    batch = pa.RecordBatch.from_arrays([pa.array(values, arrow_type(column))], names=["n"])
    for fmt in ("parquet", "ndjson"):
        sink = io.BytesIO()
        encoder = open_encoder(fmt, "none", (column,), sink)
        encoder.write(batch)
        encoder.close()
        body = sink.getvalue()
        if fmt == "parquet":
            found = pq.read_table(io.BytesIO(body)).column("n").to_pylist()
        else:
            found = [
                json.loads(line, parse_float=Decimal, parse_int=Decimal)["n"]
                for line in body.decode().split("\n")
                if line
            ]
        assert found == values
