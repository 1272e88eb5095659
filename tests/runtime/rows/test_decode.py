"""What was encoded is read again as it was, in every format; null and empty text are kept apart where files can."""

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.encode import open_encoder
from lake_ingest.spec.ingestion import COMPRESSIONS

COLUMNS = (
    Column("key", "text", key=0),
    Column('odd "name", é', "text", distinguishes_empty=True),
    Column("amount", "number", precision=38, scale=18),
)
TEXT = st.none() | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
ROWS = st.lists(st.tuples(st.text("ab1", min_size=1), TEXT, st.none() | st.just("1.5")), max_size=9)
SHAPES = [(fmt, one) for fmt, some in COMPRESSIONS.items() for one in some]


def batch(rows, columns=COLUMNS):
    arrays = [pa.array([row[index] for row in rows], pa.string()) for index in range(len(columns))]
    return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns])


def encoded(path, fmt, compression, rows, columns=COLUMNS):
    with path.open("wb") as sink:
        encoder = open_encoder(fmt, compression, columns, sink)
        encoder.write(batch(rows, columns))
        encoder.close()
    return path


def read(path, fmt, compression, names):
    return [row for one in read_rows(path, fmt, compression, names) for row in one.to_pylist()]


@settings(deadline=None, max_examples=40)
@given(ROWS, st.sampled_from(SHAPES))
def test_what_was_written_is_read(tmp_path_factory, rows, shape):
    path = encoded(tmp_path_factory.mktemp("rows") / "file", *shape, rows)
    found = read(path, *shape, ['odd "name", é', "key"])
    assert found == [{'odd "name", é': row[1], "key": row[0]} for row in rows]
    assert sum(one.num_rows for one in read_rows(path, *shape, [])) == len(rows)


def test_in_csv_a_null_is_nothing_and_an_empty_text_is_quoted(tmp_path):
    path = encoded(tmp_path / "file", "csv", "none", [("a", None, None), ("b", "", "1.5")])
    assert path.read_text().split("\n")[1:] == ['"a",,', '"b","","1.5"', ""]


def test_a_null_in_a_single_column_is_a_row_for_every_reader(tmp_path):
    columns = (Column("name", "text"),)
    path = encoded(tmp_path / "file", "csv", "none", [(None,), ("x",)], columns)
    assert [row for row in csv.reader(io.StringIO(path.read_text())) if row] == [["name"], [""], ["x"]]


def test_a_row_larger_than_a_block_is_read(tmp_path):
    rows = [("a", "x" * 3_000_000, None), ("b", None, None)]
    path = encoded(tmp_path / "file", "csv", "none", rows)
    assert [row["key"] for row in read(path, "csv", "none", ["key"])] == ["a", "b"]


@pytest.mark.parametrize(
    ("fmt", "body", "why"),
    [
        ("csv", b'"key"\n"a","b"\n', "is not the CSV that was written"),
        ("csv", b'"other"\n"a"\n', "has no such column"),
        ("json", b'[{"other":1}]\n', "has a row without 'key'"),
        ("ndjson", b'{"key":\n', "has a line that is not JSON"),
        ("parquet", b"PAR1 and no more", "is not a whole Parquet file"),
    ],
)
def test_what_is_not_the_file_that_was_written_is_said_so(tmp_path, fmt, body, why):
    path = tmp_path / "file"
    path.write_bytes(body)
    with pytest.raises(FatalError, match=why):
        read(path, fmt, "none", ["key"])
