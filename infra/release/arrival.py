"""Whether a deployment has arrived: every DAG in Airflow as it was compiled, none left over, no import error."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from infra.release.airflow_api import AirflowApi, CouldNotAskError
from infra.release.release_manifest import CANARY, CANARY_FILE, Manifest, unit_of

_LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Difference:
    """One difference between the release and Airflow; `final` ones do not go away by waiting.

    `unit` is whose it is, None when that is not known.
    """

    text: str
    unit: str | None
    final: bool = False


@dataclass(frozen=True)
class Verdict:
    """What was known at the end: what differs, or why Airflow could not be asked."""

    differences: tuple[Difference, ...] = ()
    could_not_ask: str | None = None

    @property
    def arrived(self) -> bool:
        """Whether Airflow was asked, and shows the release."""
        return not self.differences and self.could_not_ask is None

    @property
    def units(self) -> dict[str, str] | None:
        """The units of which something differs, and what; None when it is not known whose it is."""
        told: dict[str, str] = {}
        for difference in self.differences:
            if difference.unit is None:
                return None
            told.setdefault(difference.unit, difference.text)
        return None if self.could_not_ask is not None else told

    def __str__(self) -> str:
        if self.could_not_ask is not None:
            return f"could not ask: {self.could_not_ask}"
        if not self.differences:
            return "arrived"
        return f"{len(self.differences)} differences, among them: {self.differences[0].text}"


@dataclass
class Comparison:
    """A release beside what Airflow shows.

    The source of a DAG is fetched only if it differs from the release that was last seen in Airflow, and again only
    when Airflow has read its file again.
    """

    release: Manifest
    last_seen: Manifest
    airflow: AirflowApi
    _seen: dict[str, tuple[str, str]] = field(default_factory=dict)  # by id, moment of reading and version

    def differences(self) -> tuple[Difference, ...]:
        """What still differs.

        Raises:
            CouldNotAskError: Airflow did not answer; what it answered before is kept.
        """
        found = [
            Difference(
                f"{problem.file} cannot be imported: {problem.reason}",
                self._unit_of(problem.file),
                final=True,
            )
            for problem in self.airflow.import_problems()
            if problem.file.rpartition("/")[2] != CANARY_FILE
        ]
        parsed = {dag_id: moment for dag_id, moment in self.airflow.parsed().items() if dag_id != CANARY}
        for dag_id, version in sorted(self.release.dags.items()):
            if dag_id not in parsed:
                found.append(Difference(f"{dag_id} is not in Airflow yet", unit_of(dag_id)))
            elif (
                self.last_seen.dags.get(dag_id) != version
                and self._version(dag_id, parsed[dag_id]) != version
            ):
                found.append(Difference(f"{dag_id} is still at another version", unit_of(dag_id)))
        left_over = sorted(set(parsed) - set(self.release.dags))
        return (
            *found,
            *(Difference(f"{dag_id} is still in Airflow", unit_of(dag_id)) for dag_id in left_over),
        )

    def _unit_of(self, file: str) -> str | None:
        """The unit whose folder a file lies in, by however long a path Airflow names it."""
        folder, _, name = file.rpartition("/")
        unit = folder.rpartition("/")[2]
        return unit if name and unit in self.release.units | self.last_seen.units else None

    def _version(self, dag_id: str, moment: str) -> str:
        read, version = self._seen.get(dag_id, ("", ""))
        if read != moment:
            version = self.airflow.version(dag_id)
            self._seen[dag_id] = (moment, version)
        return version


def wait_until_arrived(
    comparison: Comparison,
    *,
    seconds: float,
    patience: float = 60,
    pause: float = 5,
    say: Callable[[str], None],
) -> Verdict:
    """Compare until nothing differs, and return what is known after `seconds`.

    An import error of the former release may stand for a moment, so one is final only when its unit has had one for
    `patience` seconds. Then the other units are waited for all the same. While Airflow cannot be asked, the pauses
    become longer.
    """
    started = time.monotonic()
    broken_since: dict[str | None, float] = {}
    wait = pause
    while True:
        try:
            verdict = Verdict(comparison.differences())
            wait = pause
        except CouldNotAskError as error:
            verdict = Verdict(could_not_ask=str(error))
            wait = min(wait * 2, _LONGEST_PAUSE)
        now = time.monotonic()
        if verdict.could_not_ask is None:
            broken = {difference.unit for difference in verdict.differences if difference.final}
            broken_since = {unit: broken_since.get(unit, now) for unit in broken}
        say(f"{now - started:4.0f} s: {verdict}")
        given_up = {unit for unit, since in broken_since.items() if now - since >= patience}
        gone_wrong = None in given_up or (
            verdict.could_not_ask is None
            and bool(given_up)
            and all(difference.unit in given_up for difference in verdict.differences)
        )
        left = started + seconds - now
        if verdict.arrived or gone_wrong or left <= 0:
            return verdict
        time.sleep(min(wait, left))
