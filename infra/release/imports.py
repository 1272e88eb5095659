"""Whether Airflow can import the compiled DAGs; run under the very lock that MWAA installs."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from infra.release.failed_import import reason
from infra.release.release_manifest import describe, unit_of


def import_problems(dags: Path) -> dict[str, list[str]]:
    """By unit, one sentence for every file that fails and every DAG that its files do not make."""
    bag = dag_bag()(dag_folder=str(dags))
    problems: dict[str, list[str]] = {}
    for file, error in bag.import_errors.items():
        sentence = f"{file} cannot be imported: {reason(error)}"
        problems.setdefault(Path(file).parent.name, []).append(sentence)
    for dag_id in sorted(set(describe(dags, "").dags) - set(bag.dags)):
        sentence = f"{dag_id} was compiled, but importing its file does not make it"
        problems.setdefault(unit_of(dag_id), []).append(sentence)
    return problems


def dag_bag() -> Any:
    """Airflow's own importer, which has moved between the versions that MWAA runs; only this command pays for Airflow."""
    if find_spec("airflow.dag_processing.dagbag"):
        from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415
    else:  # before Airflow 3.2
        from airflow.models.dagbag import DagBag  # type: ignore[attr-defined,no-redef,unused-ignore]  # noqa: PLC0415
    return DagBag


def main(dags: Path, broken: Path) -> int:
    """Print what fails, and write the units of it to a file; 1 when every unit has something that does."""
    problems = import_problems(dags)
    for sentence in (sentence for sentences in problems.values() for sentence in sentences):
        sys.stderr.write(f"{sentence}\n")
    compiled = describe(dags, "")
    sys.stdout.write(f"{len(compiled.dags)} DAGs, {sum(map(len, problems.values()))} problems\n")
    broken.write_text(" ".join(sorted(problems)), encoding="utf-8")
    return 1 if problems and set(problems) >= compiled.units else 0
