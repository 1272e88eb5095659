"""Whether Airflow can import the compiled DAGs; run under the very lock that MWAA installs."""

import sys
from pathlib import Path

from infra.release.release_manifest import describe


def import_problems(dags: Path) -> list[str]:
    """One sentence for every file that fails and every DAG that its files do not make."""
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415  # only this command pays for Airflow

    bag = DagBag(dag_folder=str(dags))
    problems = [
        f"{file} cannot be imported: {error.strip().splitlines()[-1]}"
        for file, error in bag.import_errors.items()
    ]
    missing = sorted(set(describe(dags, "").dags) - set(bag.dags))
    return problems + [
        f"{dag_id} was compiled, but importing its file does not make it" for dag_id in missing
    ]


def main(dags: Path) -> int:
    """Print what fails; 1 when anything does."""
    problems = import_problems(dags)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{len(describe(dags, '').dags)} DAGs, {len(problems)} problems\n")
    return 1 if problems else 0
