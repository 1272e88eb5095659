"""The Python files through which Airflow finds compiled DAGs: a few for a unit, whatever the number of its specs.

Each file costs the DAG processor a process with its imports, and a DAG in it a fiftieth of that. So the DAGs of a unit share a file,
up to a number that is still built in seconds on the smallest machine.
"""

import hashlib
from collections.abc import Mapping

PER_FILE = 100

_LOADED_ONCE = """\
# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
"""
_DAGS = '''\
"""Compiled by `factory render`; do not edit. Airflow DAGs of {unit}, each built by dag-factory from the JSON of its name."""

{loaded_once}from lake_ingest.airflow.loader import load_dags

DAGS = {{
{lines}
}}
load_dags(globals(), __file__, DAGS)
'''
_ERRORS = '''\
"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of {unit} that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

{loaded_once}from lake_ingest.airflow.loader import report_failures

DAGS = {{
{lines}
}}
report_failures(__file__, DAGS)
'''


def dag_files(unit: str, compiled: Mapping[str, str]) -> dict[str, str]:
    """The Python files of a unit by their names, out of each DAG's JSON by its id.

    A file says the version of each JSON. So it changes when one of them does, which makes Airflow read it again, and whoever
    sees the file in Airflow sees which versions were read. The one without DAGs changes its name as well: Airflow 3.0 never
    takes the error of such a file back before the file is gone.
    """
    files: dict[str, str] = {}
    for number, dag_ids in enumerate(_shares(sorted(compiled)), start=1):
        suffix = "" if number == 1 else f"_{number}"
        lines = "\n".join(f'    "{dag_id}": "{version(compiled[dag_id])}",' for dag_id in dag_ids)
        files[f"dags{suffix}.py"] = _DAGS.format(unit=unit, lines=lines, loaded_once=_LOADED_ONCE)
        errors = _ERRORS.format(unit=unit, lines=lines, loaded_once=_LOADED_ONCE)
        files[f"import_errors{suffix}_{version(errors)[:8]}.py"] = errors
    return files


def version(compiled: str) -> str:
    """A hash of a text: of its JSON, the version of a DAG."""
    return hashlib.sha256(compiled.encode()).hexdigest()[:16]


def _shares(dag_ids: list[str]) -> list[list[str]]:
    """Which DAGs share a file. A name decides, not its neighbours: a new spec leaves the other DAGs where they are.

    The number of shares is a power of two, so that half of the DAGs stay even when it doubles.
    """
    count = 1
    while len(dag_ids) > count * PER_FILE:
        count *= 2
    shares: list[list[str]] = [[] for _ in range(count)]
    for dag_id in dag_ids:
        shares[int.from_bytes(hashlib.sha256(dag_id.encode()).digest()[:4]) % count].append(dag_id)
    return shares
