"""The rules of columns count every row that breaks them, whatever the batches and however a source types its values."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.quality import Quality
from lake_ingest.spec.column_rules import ColumnRules

NUMBER = Column("amount", "number", precision=18, scale=2)
TEXT = Column("stage", "text")
NUMBERS = st.one_of(st.none(), st.decimals(-50, 50, places=2, allow_nan=False))


def counted(column, rules, *batches):
    quality = Quality({column.name: ColumnRules.from_dict(rules)}, [column], "sales.deals")
    for array in batches:
        quality.look(pa.RecordBatch.from_arrays([array], names=[column.name]))
    return quality.found()[column.name]


@given(
    st.lists(st.lists(NUMBERS, max_size=8), max_size=4),
    st.integers(-20, 20),
    st.integers(0, 20),
    st.booleans(),
)
def test_every_number_outside_is_counted_and_no_other(batches, low, width, as_text):
    rules = {"between": [low, low + width], "not_null": True}
    made = [
        pa.array([None if one is None else f"{one:f}" for one in some], pa.string())
        if as_text
        else pa.array(some, pa.decimal128(18, 2))
        for some in batches
    ]
    values = [one for some in batches for one in some]
    found = counted(NUMBER, rules, *made)
    assert found["between"] == sum(one is not None and not low <= one <= low + width for one in values)
    assert found["not_null"] == values.count(None)


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "", None]), max_size=8), max_size=4))
def test_lists_of_values_and_repetitions_across_batches(batches):
    values = [one for some in batches for one in some]
    present = [one for one in values if one is not None]
    found = counted(
        TEXT, {"in": ["a", ""], "unique": True}, *(pa.array(some, pa.string()) for some in batches)
    )
    assert found["in"] == sum(one in ("b", "c") for one in values)
    assert found["unique"] == len(present) - len(set(present))


def test_numbers_are_compared_by_their_value():
    array = pa.array([Decimal("10.00"), Decimal("0.10")], pa.decimal128(18, 2))
    assert counted(NUMBER, {"in": [10, "0.1"]}, array)["in"] == 0


def test_not_a_number_lies_between_no_two():
    column = Column("rate", "float")
    assert counted(column, {"between": [0, 1]}, pa.array([0.5, float("nan"), None]))["between"] == 1


def test_dates_are_compared_by_their_value():
    days = pa.array(["2026-01-01", "2026-06-30", "2026-07-01", None])
    assert counted(Column("day", "date"), {"between": ["2026-01-01", "20260630"]}, days)["between"] == 1


def test_the_newest_value():
    column = Column("changed", "datetime", unit="ms")
    batches = (["2026-01-02T00:00:00.000Z", None], ["2026-01-01T00:00:00.000Z"], [None])
    found = counted(column, {"fresh": "26 hours"}, *(pa.array(some, pa.string()) for some in batches))
    assert found == {"newest": "2026-01-02T00:00:00.000Z"}
    assert counted(column, {"fresh": "26 hours"}) == {"newest": None}


def test_an_example_is_of_no_protected_column():
    shown = counted(TEXT, {"in": ["a"]}, pa.array(["secret"]))
    assert shown == {"in": 1, "such_as": {"in": "secret"}}
    hidden = counted(Column("stage", "text", protect="hash"), {"in": ["a"]}, pa.array(["secret"]))
    assert hidden == {"in": 1}


@pytest.mark.parametrize(
    ("column", "rules", "message"),
    [
        (TEXT, {"between": [1, 2]}, "`between` compares numbers and dates, and stage is of kind text"),
        (NUMBER, {"fresh": "1 day"}, "`fresh` needs a column of instants, and amount is of kind number"),
        (NUMBER, {"in": ["many"]}, "amount is a number, and a rule compares it with 'many'"),
        (
            Column("day", "date"),
            {"between": ["2026-1-1", "2026-9-30"]},
            "day is a date, and a rule compares it with '2026-1-1'",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(column, rules, message):
    with pytest.raises(FatalError, match=message):
        counted(column, rules)


def test_a_column_that_is_not_read_is_refused():
    with pytest.raises(FatalError, match="expects something of the column stage, and reads no such column"):
        Quality({"stage": ColumnRules(not_null=True)}, [NUMBER], "sales.deals")
