"""The story of an upgrade from Airflow 3.0.6 to 3.3.1: in place, and to an environment beside the old one; and the way back."""

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.airflow.lifecycle import Airflow
from sandbox.rehearsal.two_ingestions import TwoIngestions
from sandbox.rehearsal.verdict import StoryError

_NEW = Path(sys.executable)


@dataclass
class UpgradeStory:
    """The scenes, in order. `old` is the interpreter that has the former Airflow."""

    home: Path
    ingestions: TwoIngestions
    old: Path
    say: Callable[[str], None] = print
    _landed: dict[str, int] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    @property
    def scenes(self) -> tuple[Callable[[], None], ...]:
        """In the order in which they are played."""
        return (
            self.the_old_one_lands_data,
            self.it_is_upgraded_in_place,
            self.a_new_one_takes_over_and_gives_back,
        )

    def the_old_one_lands_data(self) -> None:
        """Airflow 3.0.6 publishes. What it knows by then is copied, so that both ways start from the same."""
        with self.ingestions.airflow(self.home / "blue", self.old) as airflow:
            self.ingestions.run(airflow)
            self._known = _runs(airflow)
        self._landed = self.ingestions.rows()
        shutil.copytree(self.home / "blue", self.home / "in-place")
        self.say(f"  Airflow 3.0.6 landed {len(self._landed)} publications in {len(self._known)} runs")

    def it_is_upgraded_in_place(self) -> None:
        """As MWAA does it: the new Airflow migrates the metadata; it knows every run, and runs them again to the same end."""
        with self.ingestions.airflow(self.home / "in-place", _NEW) as airflow:
            if _runs(airflow) != self._known:
                raise StoryError(f"after the upgrade Airflow knows {_runs(airflow)}, and knew {self._known}")
            self.ingestions.run(airflow)
        self._compare()
        self.say("  upgraded in place: every run is known, and replaced its own publication")

    def a_new_one_takes_over_and_gives_back(self) -> None:
        """Green starts beside blue without DAGs, gets them once blue's are paused; then the same the other way round."""
        folder = self.ingestions.dags
        with self.ingestions.airflow(self.home / "blue", self.old) as blue:
            started = time.monotonic()
            self._pause(blue)
            with self.ingestions.airflow(self.home / "green", _NEW) as green:
                if _runs(green):
                    raise StoryError("green knows runs of blue")
                self.ingestions.run(green)
                self._compare()
                self.say(
                    f"  green took over {time.monotonic() - started:.0f} s after blue was paused; it knows no former run"
                )
                self._pause(green)
            self.ingestions.run(blue)
        self._compare()
        self.say(
            f"  blue took over again, with all its history; {len(list(folder.glob('*/*.json')))} DAGs, no row twice"
        )

    def _pause(self, airflow: Airflow) -> None:
        """Let nothing start, and see that nothing runs."""
        for dag_id in airflow.rest.dag_ids():
            airflow.rest.pause(dag_id)
        running = [run.run_id for run in airflow.rest.runs() if run.state not in ("success", "failed")]
        if running:
            raise StoryError(f"still at work after the pause: {', '.join(running)}")

    def _compare(self) -> None:
        if self.ingestions.rows() != self._landed:
            raise StoryError(f"the lake holds {self.ingestions.rows()}, and held {self._landed} before")


def _runs(airflow: Airflow) -> set[str]:
    return {f"{run.dag_id} {run.run_id} {run.state}" for run in airflow.rest.runs()}
