"""Whether an environment works: MWAA runs what was provisioned, Airflow answers at its version, files still import, a worker runs a task."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from infra.proof.provisioned import Environment, Provisioned
from infra.release.airflow_api import AirflowApi, CouldNotAskError
from infra.release.release_manifest import CANARY

_STEADY = "AVAILABLE"


@dataclass(frozen=True)
class Judgement:
    """`wrong` is None for an environment that works; `import_errors` are those that stand. `known` is false when nobody could be asked."""

    wrong: str | None
    import_errors: int = 0
    known: bool = True


@dataclass(frozen=True)
class Proof:
    """An environment, and what it must be: `expected` on its files, and no more import errors than `tolerated`."""

    environment: Environment
    airflow: AirflowApi
    expected: Provisioned
    tolerated: int
    run_id: str
    _started: list[str] = field(default_factory=list)

    def judge(
        self, *, seconds: float, patience: float, pause: float = 10, say: Callable[[str], None]
    ) -> Judgement:
        """Ask until all DAGs have been read by the new Airflow, or something has been wrong for `patience` seconds."""
        began, started = datetime.now(UTC), time.monotonic()
        wrong_since: float | None = None
        while True:
            judgement, pending = self._ask(began)
            now = time.monotonic()
            say(f"{now - started:4.0f} s: {judgement.wrong or pending or 'works'}")
            if judgement.wrong is None and pending is None:
                return judgement
            wrong_since = (wrong_since or now) if judgement.wrong and judgement.known else None
            if wrong_since is not None and now - wrong_since >= patience:
                return judgement
            left = started + seconds - now
            if left <= 0:
                return judgement if judgement.wrong else replace(judgement, wrong=pending)
            time.sleep(min(pause, left))

    def _ask(self, began: datetime) -> tuple[Judgement, str | None]:
        """What is wrong, and what has not happened yet."""
        try:
            described = self.environment.describe()
            if described.status != _STEADY:
                return Judgement(None, known=False), f"the environment is {described.status}"
            if described.trouble is not None:
                return Judgement(f"MWAA could not update the environment: {described.trouble}"), None
            if not described.runs.is_code_of(self.expected):
                return Judgement(
                    "the environment runs on other versions of plugins.zip or requirements.txt than were deployed"
                ), None
            version = self.airflow.airflow_version()
            problems = self.airflow.import_problems()
            parsed = self.airflow.parsed()
        except (ClientError, BotoCoreError, CouldNotAskError) as error:
            return Judgement(f"could not ask: {error}", known=False), None
        if version.split("+")[0] != described.runs.airflow:
            return Judgement(
                f"Airflow says it is {version}, and MWAA that it runs {described.runs.airflow}"
            ), None
        if len(problems) > self.tolerated:
            first = problems[0]
            return Judgement(
                f"{len(problems)} files cannot be imported, and {self.tolerated} could not before: {first.file}: {first.reason}",
                len(problems),
            ), None
        unread = sorted(dag_id for dag_id, moment in parsed.items() if not _is_after(moment, began))
        waits = (
            f"{len(unread)} DAGs have not been read since, among them {unread[0]}"
            if unread and not problems
            else None
        )
        return (Judgement(None, len(problems)), waits) if waits else self._canary(parsed, len(problems))

    def _canary(self, parsed: Collection[str], problems: int) -> tuple[Judgement, str | None]:
        """The last question, asked once all else is well: whether a worker runs a task."""
        if CANARY not in parsed:
            return Judgement(None, problems), f"Airflow does not show {CANARY} yet"
        try:
            if not self._started:
                self._start()
            run_id = self._started[-1]
            state = self.airflow.state(CANARY, run_id)
            if state == "failed" and self.airflow.begun(CANARY, run_id):
                return Judgement(f"{CANARY} failed on a worker: its log in Airflow says why", problems), None
            if state == "failed":  # as Airflow ends what has waited for a worker three times ten minutes
                self._start()
                state = "queued again, after no worker had begun it in half an hour"
            idle = len(self._started) > 1 and state != "success" and not self.airflow.busy()
        except CouldNotAskError as error:
            return Judgement(f"could not ask: {error}", problems, known=False), None
        if idle:
            return Judgement(f"no worker begins {CANARY}, and none runs anything else", problems), None
        # A worker may be busy for hours: that says nothing of what was provisioned.
        waits = None if state == "success" else f"{CANARY} is {state}"
        return Judgement(None, problems, known=waits is None), waits

    def _start(self) -> None:
        run_id = f"{self.run_id}-{len(self._started) + 1}"
        self.airflow.start(CANARY, run_id)
        self._started.append(run_id)


def _is_after(moment: str, began: datetime) -> bool:
    try:
        return datetime.fromisoformat(moment) >= began
    except ValueError:
        return False
