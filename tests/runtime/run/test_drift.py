"""How the columns of a run differ from those of the last publication, and what follows from it."""

from dataclasses import replace

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import described
from lake_ingest.rows.column import Column
from lake_ingest.run.drift import Drift, apply, compare

from tests.runtime.lake.manifests import manifest

NAME = Column("Name", "text", path="Name", source_type="string")
AMOUNT = Column("Amount", "number", precision=18, scale=2)
CHANGED = Column("ChangedAt", "datetime", unit="ms")
COLUMNS = (NAME, AMOUNT, CHANGED)


def drift_between(before, now):
    return compare(now, manifest(schema=tuple(described(column) for column in before)))


def test_nothing_differs_from_no_publication():
    assert compare(COLUMNS, None) == Drift()


@pytest.mark.parametrize(
    "now",
    [
        COLUMNS,
        COLUMNS[::-1],
        tuple(replace(column, path="elsewhere", source_type="other") for column in COLUMNS),
        tuple(replace(column, distinguishes_empty=True, key=0) for column in COLUMNS),
    ],
)
def test_what_no_reader_of_the_files_sees_is_not_a_difference(now):
    found = drift_between(COLUMNS, now)
    assert found == Drift()
    assert not found
    assert str(found) == "none"


def test_columns_come_and_go():
    new = Column("Phase", "text")
    found = drift_between(COLUMNS, (new, CHANGED, NAME))
    assert found == Drift(added=("Phase",), removed=("Amount",))
    assert str(found) == "added: Phase; removed: Amount"
    assert found.to_dict() == {"added": ["Phase"], "removed": ["Amount"], "changed": []}


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (replace(NAME, kind="integer"), "Name (text is now integer)"),
        (replace(AMOUNT, precision=20), "Amount (number(18,2) is now number(20,2))"),
        (replace(AMOUNT, scale=4), "Amount (number(18,2) is now number(18,4))"),
        (replace(AMOUNT, precision=None, scale=None), "Amount (number(18,2) is now number)"),
        (replace(CHANGED, unit="us"), "ChangedAt (datetime(ms) is now datetime(us))"),
        (replace(CHANGED, zoned=False), "ChangedAt (datetime(ms) is now datetime(ms, no zone))"),
        (replace(AMOUNT, protect="hash"), "Amount (number is now text)"),
        (replace(CHANGED, protect="mask"), "ChangedAt (datetime is now text)"),
    ],
)
def test_a_column_changes_with_its_kind_or_a_measure_of_it(now, said):
    columns = tuple(now if column.name == now.name else column for column in COLUMNS)
    assert drift_between(COLUMNS, columns) == Drift(changed=(said,))


def test_protection_of_a_text_is_not_a_difference():
    assert not drift_between(COLUMNS, (replace(NAME, protect="hash"), AMOUNT, CHANGED))


DIFFERENCES = [
    Drift(added=("Name",)),
    Drift(removed=("Gone",)),
    Drift(changed=("Amount (text is now number)",)),
]


@pytest.mark.parametrize("policy", ["follow", "freeze", "fail"])
def test_without_a_difference_every_policy_keeps_the_columns(policy):
    assert apply(policy, Drift(), COLUMNS, "sales.deals") == COLUMNS


@pytest.mark.parametrize("drift", DIFFERENCES)
def test_follow_takes_the_columns_as_they_are(drift):
    assert apply("follow", drift, COLUMNS, "sales.deals") == COLUMNS


def test_freeze_leaves_new_columns_out():
    assert apply("freeze", Drift(added=("Name", "ChangedAt")), COLUMNS, "sales.deals") == (AMOUNT,)


@pytest.mark.parametrize(
    ("policy", "drift"),
    [*(("fail", drift) for drift in DIFFERENCES), *(("freeze", drift) for drift in DIFFERENCES[1:])],
)
def test_a_refused_difference_is_named_with_the_cure(policy, drift):
    with pytest.raises(
        FatalError, match=rf"the fields of sales\.deals differ .*drift: {policy}.*drift: follow"
    ) as told:
        apply(policy, drift, COLUMNS, "sales.deals")
    assert str(drift) in str(told.value)
