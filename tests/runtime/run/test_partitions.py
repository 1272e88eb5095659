"""The comparison of two sets of ids, whatever their order, form and cut."""

import tempfile
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.run.comparison import partitions as module
from lake_ingest.run.comparison.partitions import COUNT, Partitions, without
from lake_ingest.sources.salesforce.record_id import lengthen, lengthened

# few characters, so that ids coincide; the 15th and others beyond those that Salesforce counts with
SHORT = st.text("0Aa9zé-"[:5], min_size=15, max_size=15)
IDS = st.lists(st.one_of(SHORT, SHORT.map(lengthen)), max_size=60)


def partitions(folder, ids, cut):
    with Partitions(folder) as found:
        for start in range(0, len(ids), cut):
            found.add(lengthened(pa.array(ids[start : start + cut], pa.string())))
    return found


@settings(max_examples=60, deadline=None)
@given(lake=IDS, org=IDS, cut=st.integers(1, 40), held=st.sampled_from([0, 30, 1000]))
def test_partition_by_partition_gives_the_difference_of_the_sets(lake, org, cut, held):
    """Whether none of a set's keys stays in memory, all do, or some did before there were too many."""
    with tempfile.TemporaryDirectory() as folder, patch.object(module, "HELD", held):
        ours = partitions(Path(folder, "lake"), lake, cut)
        theirs = partitions(Path(folder, "org"), org, cut)
        missing, left = [], []
        for number in range(COUNT):
            gone, still = without(ours.partition(number), theirs.partition(number))
            assert gone.to_pylist() == sorted(gone.to_pylist())
            missing += gone.to_pylist()
            left += still.to_pylist()
    wanted, there = ({lengthen(one) for one in ids} for ids in (lake, org))
    assert sorted(missing) == sorted(wanted - there)
    assert sorted(left) == sorted(wanted & there)


@pytest.mark.parametrize("held", [100, 1_000_000])
def test_ids_that_a_sequence_gives_are_spread_evenly(tmp_path, monkeypatch, held):
    monkeypatch.setattr(module, "HELD", held)
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    ids = [f"006gL0000000{a}{b}{c}" for a in "012" for b in digits for c in digits]
    found = partitions(tmp_path / "ids", ids, 5000)
    sizes = [len(found.partition(number)) for number in range(COUNT)]
    assert sum(sizes) == len(ids)
    assert max(sizes) <= 2 * len(ids) / COUNT


@pytest.mark.parametrize("text", [None, "", "006gL", "no id, but of 18 ch"])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(FatalError, match="is not an id of Salesforce"):
        lengthened(pa.array(["006gL00000000Aa", text], pa.string()))
