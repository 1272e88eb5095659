"""Figures: what is measured is kept, shown, and compared; a run that is not as it should be is lost."""

import shutil
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import fleet
from sandbox.fleet.figures import Figures, Spread, table
from sandbox.fleet.play import lost
from sandbox.fleet.records import Run
from sandbox.fleet.timers import SCHEDULER_LOOP, Timers

OURS = Figures(
    side="ours",
    dags=50,
    hours=24,
    speed=720,
    workers=2,
    slots=2,
    killed=1,
    runs=50,
    lost=0,
    seconds=180,
    seen_seconds=40,
    pass_cpu=5,
    loop_at_rest=Spread.of([10.0, 20.0]),
    loop_in_play=Spread.of([30.0]),
    rest_cpu={"scheduler": 3.0},
    run_cpu={"scheduler": 0.2, "worker-1": 0.5, "worker-2": 0.25, "org": 9.0},
    memory=dict.fromkeys(("scheduler", "dag-processor", "triggerer", "execution-api", "worker-1"), 100.0),
    due_to_queued=Spread.of([1.0]),
    queued_to_started=Spread.of([0.5]),
    due_to_ended=Spread.of([]),
    database_per_dag=20,
    database_per_run=10,
    database=30,
    new_spec_seconds=12,
    changed_spec_seconds=15,
)


def test_figures_are_read_as_they_were_written(tmp_path):
    OURS.write(tmp_path / "build" / "ours.json")
    assert Figures.read(tmp_path / "build" / "ours.json") == OURS


def test_both_sides_stand_beside_each_other_with_their_ratio():
    other = replace(
        OURS, side="by hand", run_cpu={**OURS.run_cpu, "scheduler": 0.4}, loop_at_rest=Spread.of([30.0])
    )
    lines = {line[:44].strip(): line[44:].split() for line in table([OURS, other])}
    assert lines["scheduler in play: CPU s a run"] == ["0.20", "0.40", "0.50"]
    assert lines["workers: CPU s a run"] == ["0.75", "0.75", "1.00"]
    assert lines["all of Airflow: CPU s a run"] == ["0.95", "1.15", "0.83"]  # the org is a stand-in
    assert lines["a loop at rest, ms: mean; 19 of 20"][-1] == "0.50"


def test_all_but_one_of_twenty():
    assert Spread.of(range(1, 101)) == Spread(100, 50.5, 96)
    assert Spread.of([]) == Spread(0, 0.0, 0.0)


def test_a_run_that_did_not_begin_has_not_ended_or_failed_is_lost():
    due = dict.fromkeys("abcd", datetime(2026, 1, 2, tzinfo=UTC))
    states = {"a": "success", "b": "failed", "c": "running"}
    runs = [Run(dag_id, state, due["a"].timestamp(), 0.0, 0.0, 0.0) for dag_id, state in states.items()]
    assert lost(runs, due) == {"b": "failed", "c": "running", "d": "not begun"}


def test_timers_arrive_as_airflow_sends_them():
    with Timers() as timers, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        began = time.monotonic()
        for text in (
            f"airflow.{SCHEDULER_LOOP}:12.5|ms",
            "airflow.other:1|c",
            f"airflow.{SCHEDULER_LOOP}:7|ms",
        ):
            sender.sendto(text.encode(), ("127.0.0.1", timers.port))
        while len(timers.taken(SCHEDULER_LOOP, began)) < 2:
            time.sleep(0.01)
        assert timers.taken(SCHEDULER_LOOP, began) == [12.5, 7.0]
        assert timers.taken(SCHEDULER_LOOP, time.monotonic()) == []


def test_a_day_adds_what_runs_cost_to_what_is_spent_at_rest():
    other = replace(
        OURS, pass_cpu=20, rest_cpu={"scheduler": 6.0}, run_cpu={**OURS.run_cpu, "scheduler": 0.4}
    )
    none = dict.fromkeys(("api-server", "execution-api", "triggerer", "redis", "PostgreSQL"), 0.0)
    ours, by_hand = (replace(one, run_cpu=one.run_cpu | none) for one in (OURS, other))
    hours = dict(fleet.day(ours, by_hand))
    assert hours["ours, DAG processor"] == pytest.approx(5 * 288 / 3600)
    assert hours["by hand, DAG processor"] == pytest.approx(20 * 288 / 3600)
    # 3 s a minute at rest, of which each of the 50 runs had 180 s / 50; what is left of its 0.2 s is the run's own.
    assert hours["ours, scheduler"] == pytest.approx((3 * 1440 + 50 * (0.2 - 0.05 * 3.6)) / 3600)
    assert fleet.goals(ours, by_hand)["scheduler, in play"] == (0.5, 1.0)


def test_a_document_gets_the_table_between_its_marks():
    text = f"Before\n\n{fleet.BEGIN}\nold\n{fleet.END}\n\nAfter\n"
    shown = "\n".join(table([OURS, OURS]))
    written = fleet.documented(text, OURS, OURS)
    assert written == f"Before\n\n{fleet.BEGIN}\n```text\n{shown}\n```\n{fleet.END}\n\nAfter\n"
    assert fleet.documented(written, OURS, OURS) == written
    with pytest.raises(ValueError, match="the document has no <!-- figures"):
        fleet.documented("Nothing", OURS, OURS)


def test_the_document_and_its_chart_are_made_of_the_figures_beside_them(tmp_path):
    docs = Path(__file__).parents[3] / "docs"
    copy = tmp_path / "fleet.md"
    shutil.copy(docs / "fleet.md", copy)
    sides = [str(docs / "fleet-figures" / name) for name in ("ours.json", "by-hand.json")]
    fleet.main([*sides, "--document", str(copy), "--chart", str(tmp_path / "fleet.svg")])
    assert copy.read_text() == (docs / "fleet.md").read_text()
    assert (tmp_path / "fleet.svg").read_text() == (docs / "fleet.svg").read_text()
