"""What a class holds follows from the figures: less where a DAG or a run costs more."""

from dataclasses import replace

import pytest

from benchmarks.mwaa_classes import CLASSES, holds, table
from infra.parameters.parameter_table import ENVIRONMENT_CLASSES
from tests.sandbox.fleet.test_what_a_fleet_shows import OURS


def test_a_class_holds_what_its_processors_bear():
    small = next(one for one in CLASSES if one.name == "mw1.small")
    held = holds(OURS, small)
    assert held.runs_of_a_worker == pytest.approx(1200 / 0.75)
    assert held.dags == pytest.approx(25 / 0.1)  # a third of a processor, a quarter of 300 s, 100 ms a DAG
    assert held.runs_begun == pytest.approx(2 * 600 / 0.2)
    dearer = holds(replace(OURS, pass_cpu=10), small)
    assert dearer.dags == pytest.approx(held.dags / 2)


def test_the_table_has_a_row_for_each_class_that_can_be_deployed():
    assert tuple(one.name for one in CLASSES) == ENVIRONMENT_CLASSES
    assert len(table(OURS)) == 2 + len(CLASSES)
