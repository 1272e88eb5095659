"""The time of reading as a column, and dates as seconds."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.rows.added import add_time, coerce
from lake_ingest.rows.column import Column, written_columns

MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(4000, 1, 1))  # as far as Salesforce's own go


def seconds(texts, column):
    batch = pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], names=[column.name])
    result = coerce(batch, [column])
    assert result.schema.types == [pa.string()]
    return result.column(0).to_pylist()


@given(st.lists(st.none() | MOMENTS))
def test_an_instant_becomes_the_second_in_which_it_lies(moments):
    texts = [moment and f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z" for moment in moments]
    expected = [
        moment
        and str((moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))
        for moment in moments
    ]
    assert seconds(texts, Column("At", "datetime", unit="ms")) == expected


@given(st.lists(st.none() | st.dates(date(1700, 1, 1), date(4000, 1, 1))))
def test_a_date_becomes_its_midnight(days):
    expected = [day and str((day - date(1970, 1, 1)).days * 86400) for day in days]
    assert seconds([day and day.isoformat() for day in days], Column("Day", "date")) == expected


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("1969-12-31T23:59:59.999Z", "-1"),
        ("1970-01-01T00:00:00.000Z", "0"),
        ("1970-01-01T00:00:00.999Z", "0"),
    ],
)
def test_fractions_are_cut_off_towards_the_past(text, second):
    assert seconds([text], Column("At", "datetime", unit="ms")) == [second]


@pytest.mark.parametrize(
    "column",
    [
        Column("Name", "text"),
        Column("Amount", "number"),
        Column("Opens", "time", unit="ms"),
        Column("At", "datetime", unit="ms", protect="hash"),
        Column("Day", "date", protect="mask"),
    ],
)
def test_other_columns_are_left_alone(column):
    assert seconds(["as it is", None], column) == ["as it is", None]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_time_of_reading_is_the_last_column(rows):
    batch = pa.RecordBatch.from_arrays([pa.array(["x"] * rows, pa.string())], names=["Name"])
    result = add_time(batch, "time_fetched_from_salesforce", 1_800_000_000)
    assert result.schema.names == ["Name", "time_fetched_from_salesforce"]
    assert result.column(0).equals(batch.column(0))
    assert result.column(1).to_pylist() == ["1800000000"] * rows


NAME, DAY, AT = Column("Name", "text"), Column("Day", "date"), Column("At", "datetime", unit="ms")


@pytest.mark.parametrize(
    ("coerced", "added", "kinds"),
    [
        (False, None, ["text", "date", "datetime"]),
        (True, None, ["text", "integer", "integer"]),
        (False, "read_at", ["text", "date", "datetime", "integer"]),
        (True, "read_at", ["text", "integer", "integer", "integer"]),
    ],
)
def test_the_columns_that_are_written_say_so(coerced, added, kinds):
    written = written_columns([NAME, DAY, AT], time_added=added, coerce_to_timestamp=coerced)
    assert [column.kind for column in written] == kinds
    assert [column.name for column in written] == ["Name", "Day", "At", *([added] if added else [])]


def test_a_protected_date_stays_text():
    (written,) = written_columns(
        [Column("Day", "date", protect="hash")], time_added=None, coerce_to_timestamp=True
    )
    assert written.written_as == "text"
