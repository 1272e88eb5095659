"""Whether Airflow can import the compiled DAGs; run under the very lock that MWAA installs."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from infra.release.release_manifest import describe


def import_problems(dags: Path) -> list[str]:
    """One sentence for every file that fails and every DAG that its files do not make."""
    bag = _dag_bag()(dag_folder=str(dags))
    problems = [
        f"{file} cannot be imported: {error.strip().splitlines()[-1]}"
        for file, error in bag.import_errors.items()
    ]
    missing = sorted(set(describe(dags, "").dags) - set(bag.dags))
    return problems + [
        f"{dag_id} was compiled, but importing its file does not make it" for dag_id in missing
    ]


def _dag_bag() -> Any:
    """Airflow's own importer, which has moved between the versions that MWAA runs; only this command pays for Airflow."""
    if find_spec("airflow.dag_processing.dagbag"):
        from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415
    else:  # before Airflow 3.2
        from airflow.models.dagbag import DagBag  # type: ignore[attr-defined,no-redef,unused-ignore]  # noqa: PLC0415
    return DagBag


def main(dags: Path) -> int:
    """Print what fails; 1 when anything does."""
    problems = import_problems(dags)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{len(describe(dags, '').dags)} DAGs, {len(problems)} problems\n")
    return 1 if problems else 0
