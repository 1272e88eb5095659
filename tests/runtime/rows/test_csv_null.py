"""A text for nulls in CSV: without quotes, told from every value, read back; what could be taken for it fails the run."""

import io

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.encode import open_encoder
from lake_ingest.spec.csv_dialect import CsvDialect

COLUMNS = (
    Column("a", "text", distinguishes_empty=True),
    Column('b "x"', "text", distinguishes_empty=True),
)
VALUES = st.none() | st.text(alphabet='aN\\"\n;,é ', max_size=5).filter(lambda text: text != "N")


def written(rows, dialect, columns=COLUMNS):
    sink = io.BytesIO()
    encoder = open_encoder("csv", "none", columns, pa.PythonFile(sink, mode="w"), dialect)
    for batch in rows:
        arrays = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        encoder.write(pa.RecordBatch.from_arrays(arrays, names=[column.name for column in columns]))
    encoder.close()
    return sink.getvalue()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4), st.sampled_from([",", ";", "tab"]))
def test_every_value_comes_back(tmp_path_factory, rows, delimiter):
    path = tmp_path_factory.mktemp("csv") / "rows"
    path.write_bytes(written([rows[:2], rows[2:]] if rows[2:] else [rows], CsvDialect(delimiter, null="N")))
    names = [column.name for column in COLUMNS]
    batches = list(read_rows(path, "csv", "none", names, "N"))
    found = [
        row for batch in batches for row in zip(*(one.to_pylist() for one in batch.columns), strict=True)
    ]
    assert found == rows


def test_the_text_stands_without_quotes_and_an_empty_text_is_no_null():
    rows = [("x", None), ("", '"'), (None, None)]
    text = written([rows], CsvDialect(null="\\N")).decode()
    assert text == '"a","b ""x"""\n"x",\\N\n"",""""\n\\N,\\N\n'


def test_a_null_in_a_single_column_is_no_empty_line():
    assert written([[(None,)]], CsvDialect(null="NULL"), COLUMNS[:1]) == b'"a"\nNULL\n'


def test_a_value_that_is_the_text_fails_the_run():
    with pytest.raises(FatalError, match="a value of a is 'NULL', which stands for a null"):
        written([[("NULL", "x")]], CsvDialect(null="NULL"))


@pytest.mark.parametrize("null", ['"', "a,b", "a;b", "x\n", " N", "a|b", "a\tb"])
def test_a_text_that_cannot_stand_without_quotes_is_no_dialect(null):
    with pytest.raises(ValueError, match="is no dialect of CSV"):
        CsvDialect.from_dict({"null": null})
