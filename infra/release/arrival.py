"""Whether a deployment has arrived: every DAG in Airflow as it was compiled, none left over, no import error."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from infra.release.airflow_api import AirflowApi
from infra.release.release_manifest import Manifest


@dataclass(frozen=True)
class Finding:
    """One difference between the release and Airflow; `final` ones do not go away by waiting."""

    text: str
    final: bool = False


def compare(release: Manifest, airflow: AirflowApi) -> list[Finding]:
    """What still differs."""
    findings = [
        Finding(f"{problem.file} cannot be imported: {problem.reason}", final=True)
        for problem in airflow.import_problems()
    ]
    seen = airflow.versions()
    for dag_id, version in sorted(release.dags.items()):
        if dag_id not in seen:
            findings.append(Finding(f"{dag_id} is not in Airflow yet"))
        elif seen[dag_id] != version:
            findings.append(Finding(f"{dag_id} is still at another version"))
    findings += [Finding(f"{dag_id} is still in Airflow") for dag_id in sorted(set(seen) - set(release.dags))]
    return findings


def wait_until_arrived(
    release: Manifest,
    airflow: AirflowApi,
    *,
    seconds: float,
    patience: float = 60,
    pause: float = 5,
    say: Callable[[str], None],
) -> list[Finding]:
    """Compare until nothing differs, and return what still does after `seconds`.

    An import error of the former release may stand for a moment, so one is final only when it has stood for
    `patience` seconds.
    """
    started = time.monotonic()
    broken_since: float | None = None
    while True:
        findings = compare(release, airflow)
        now = time.monotonic()
        broken_since = (broken_since or now) if any(finding.final for finding in findings) else None
        say(f"{now - started:4.0f} s: {_summary(findings)}")
        gone_wrong = broken_since is not None and now - broken_since >= patience
        if not findings or gone_wrong or now - started >= seconds:
            return findings
        time.sleep(pause)


def _summary(findings: list[Finding]) -> str:
    return f"{len(findings)} differences, among them: {findings[0].text}" if findings else "arrived"
