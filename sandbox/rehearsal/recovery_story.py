"""The story of a loss: Airflow's metadata is gone, an environment is made anew, and the lake goes on as if nothing had been."""

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.rehearsal.two_ingestions import TwoIngestions
from sandbox.rehearsal.verdict import StoryError


@dataclass
class RecoveryStory:
    """The scenes, in order."""

    home: Path
    ingestions: TwoIngestions
    say: Callable[[str], None] = print
    _landed: dict[str, int] = field(default_factory=dict)

    @property
    def scenes(self) -> tuple[Callable[[], None], ...]:
        """In the order in which they are played."""
        return self.dags_land_data, self.airflow_is_lost_and_made_anew

    def dags_land_data(self) -> None:
        """An incremental and a full ingestion publish; then Airflow is gone with all that it knew."""
        with self.ingestions.airflow(self.home / "first", Path(sys.executable)) as airflow:
            self.ingestions.run(airflow)
        self._landed = self.ingestions.rows()
        shutil.rmtree(self.home / "first")
        self.say(f"  {len(self._landed)} publications landed; Airflow and its metadata are gone")

    def airflow_is_lost_and_made_anew(self) -> None:
        """A new Airflow knows no run; the same runs replace their own publications, and nothing is there twice."""
        started = time.monotonic()
        with self.ingestions.airflow(self.home / "second", Path(sys.executable)) as airflow:
            if airflow.rest.runs():
                raise StoryError("a new Airflow knows runs of the former one")
            self.say(
                f"  a new Airflow has all DAGs after {time.monotonic() - started:.0f} s; it knows no run"
            )
            self.ingestions.run(airflow)
        if self.ingestions.rows() != self._landed:
            raise StoryError(f"the lake holds {self.ingestions.rows()}, and held {self._landed} before")
        self.say(
            f"  the same runs replaced their publications {time.monotonic() - started:.0f} s after the loss"
        )
