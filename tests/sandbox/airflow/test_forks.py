"""Airflow's components as forks of one process: one that ends is named, and what it said is found."""

import pytest

from sandbox.airflow import settings
from sandbox.airflow.lifecycle import start_forks
from sandbox.airflow.settings import Settings
from sandbox.processes import ProcessError, Processes

SAID = r"(?s)mistaken ended by itself with exit code 2.*mistaken\.log:.*show this help message"


def test_a_component_that_ends_is_named_beside_the_end_of_its_log(tmp_path):
    chosen = Settings(tmp_path, tmp_path / "dags", 0, 0, "", parallelism=1, schedules=False)
    settings.write(chosen)
    (tmp_path / "logs").mkdir()
    with Processes() as processes:
        start_forks(processes, chosen, chosen.environment(), {"mistaken": ["no-such-component"]}, modules=())
        with pytest.raises(ProcessError, match=SAID):
            processes.wait_until(lambda: False, what="Airflow", seconds=300)
