"""Every value survives every format, and a file without rows is well formed."""

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.rows.column import Column
from lake_ingest.rows.encode import open_encoder

COLUMNS = (
    Column("Id", "text", source_type="id"),
    Column('Odd "name", é', "text", source_type="string"),
    Column("Amount", "number", source_type="currency", precision=38, scale=18),
    Column("Count", "integer", source_type="int"),
    Column("Won", "boolean", source_type="boolean"),
    Column("Closed", "date", source_type="date"),
    Column("Stamp", "datetime", source_type="datetime", unit="ms"),
    Column("Time", "time", source_type="time", unit="ms"),
)
AWKWARD = [
    "null",
    "NA",
    "None",
    "nan",
    " lead",
    "trail ",
    "a,b",
    'q"q',
    "l\nl",
    "c\r\nc",
    "\t",
    "\\",
    "😀",
    "é",
    "=1+1",
    "\x01\x1f",
]
TEXT = (
    st.none()
    | st.sampled_from(AWKWARD)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=30)
)
NUMBER = st.none() | st.decimals(-(10**17), 10**17, places=18, allow_nan=False).map(
    lambda value: f"{value:f}".rstrip("0").removesuffix(".")
).map(lambda text: {"-0": "0.0"}.get(text, text if "." in text else text + ".0"))
STAMP = st.datetimes(datetime(1700, 1, 1), datetime(4000, 12, 31)).map(
    lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")
)
ROWS = st.lists(
    st.tuples(
        st.text("abc0189", min_size=18, max_size=18),
        TEXT,
        NUMBER,
        st.none() | st.integers(-(2**53), 2**53).map(str),
        st.none() | st.sampled_from(["true", "false"]),
        st.none() | st.dates(date(1700, 1, 1), date(4000, 12, 31)).map(date.isoformat),
        st.none() | STAMP,
        st.none() | st.times().map(lambda moment: f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}Z"),
    ),
    max_size=20,
)


class Memory(io.BytesIO):
    """Keeps its bytes when a writer closes it, as an upload does."""

    def close(self) -> None:
        pass


def encoded(fmt: str, compression: str, rows, columns=COLUMNS, splits: int = 2) -> bytes:
    sink = Memory()
    encoder = open_encoder(fmt, compression, columns, sink)
    for start in range(0, len(rows), max(1, len(rows) // splits)):
        part = rows[start : start + max(1, len(rows) // splits)]
        arrays = [pa.array([row[index] for row in part], pa.string()) for index in range(len(columns))]
        encoder.write(pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns]))
    encoder.close()
    return sink.getvalue()


def plain(body: bytes, compression: str) -> str:
    if compression == "gzip":
        body = gzip.decompress(body)
    if compression == "zstd":
        body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return body.decode()


@given(ROWS, st.sampled_from(["none", "gzip", "zstd"]))
def test_csv_keeps_every_value(rows, compression):
    text = plain(encoded("csv", compression, rows), compression)
    header, *found = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == [column.name for column in COLUMNS]
    assert found == [[value or "" for value in row] for row in rows]


@given(ROWS, st.sampled_from(["none", "gzip", "zstd"]), st.sampled_from(["json", "ndjson"]))
def test_json_keeps_every_value(rows, compression, fmt):
    text = plain(encoded(fmt, compression, rows), compression)
    exact = {"parse_float": str, "parse_int": str}
    if fmt == "json":
        found = json.loads(text, **exact)
    else:
        found = [json.loads(line, **exact) for line in text.split("\n") if line]
        assert not text or text.endswith("\n")
    assert found == [
        {
            column.name: {"true": True, "false": False}.get(value, value)
            if column.kind == "boolean"
            else value
            for column, value in zip(COLUMNS, row, strict=True)
        }
        for row in rows
    ]


@given(ROWS, st.sampled_from(["none", "gzip", "zstd", "snappy"]))
def test_parquet_keeps_every_value(rows, compression):
    table = pq.read_table(io.BytesIO(encoded("parquet", compression, rows)))
    assert table.column_names == [column.name for column in COLUMNS]
    expected = [
        [typed(value, column.kind) for value, column in zip(row, COLUMNS, strict=True)] for row in rows
    ]
    assert [list(row.values()) for row in table.to_pylist()] == expected


def typed(value, kind):
    if value is None:
        return None
    match kind:
        case "number":
            return Decimal(value)
        case "integer":
            return int(value)
        case "boolean":
            return value == "true"
        case "date":
            return date.fromisoformat(value)
        case "datetime":
            return datetime.fromisoformat(value).astimezone(UTC)
        case "time":
            return time.fromisoformat(value.removesuffix("Z"))
    return value


def dictionaries(rows, columns) -> list[set[str]]:
    """The columns with a dictionary, of each row group."""
    metadata = pq.ParquetFile(io.BytesIO(encoded("parquet", "snappy", rows, columns))).metadata
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    found = [[group.column(index) for index in range(group.num_columns)] for group in groups]
    return [
        {one.path_in_schema for one in group if one.dictionary_page_offset is not None} for group in found
    ]


def test_parquet_has_dictionaries_of_values_that_repeat_only():
    columns = [Column(name, "text") for name in ("own", "state", "rare", "none")]
    rows = [
        (f"{number}", "open" if number % 3 else "closed", None if number % 9 else "x", None)
        for number in range(90)
    ]
    assert dictionaries(rows, columns) == [{"state", "rare"}]


def test_the_first_rows_of_a_file_say_which_values_repeat():
    columns = [Column("early", "integer"), Column("late", "integer")]
    rows = [(str(number % 7), str(number)) for number in range(5_000)]
    rows += [(str(number), str(number % 7)) for number in range(5_000, 40_000)]
    assert dictionaries(rows, columns) == [{"early"}] * 2


@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "parquet"])
def test_the_same_rows_give_the_same_bytes(fmt):
    rows = [
        ("a" * 18, "x", "1.5", "1", "true", "2026-01-01", "2026-01-01T00:00:00.000Z", "10:00:00.000Z")
    ] * 3
    compression = "gzip"
    assert encoded(fmt, compression, rows) == encoded(fmt, compression, rows)


@pytest.mark.parametrize(
    ("fmt", "text"),
    [("csv", '"Id"\n'), ("json", "[]\n"), ("ndjson", "")],
)
def test_a_text_file_without_rows_is_well_formed(fmt, text):
    assert encoded(fmt, "none", [], COLUMNS[:1]).decode() == text


def test_a_parquet_file_without_rows_has_its_schema():
    table = pq.read_table(io.BytesIO(encoded("parquet", "snappy", [])))
    assert table.num_rows == 0
    assert table.schema.field("Amount").type == pa.decimal128(38, 18)
    assert table.schema.field("Stamp").type == pa.timestamp("ms", "UTC")


def test_a_protected_number_is_written_as_text():
    column = Column("Amount", "number", source_type="currency", protect="mask")
    assert encoded("ndjson", "none", [("****",)], (column,)) == b'{"Amount":"****"}\n'
    assert pq.read_table(io.BytesIO(encoded("parquet", "none", [("****",)], (column,)))).to_pylist() == [
        {"Amount": "****"}
    ]
