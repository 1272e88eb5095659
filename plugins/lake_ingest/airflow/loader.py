"""What the compiled DAG files call: each DAG is built by itself from its own JSON.

One that cannot be built hides no other. Airflow takes all DAGs of a file away when the file has an import error, whatever the error is
about; so the file with the DAGs leaves such a DAG out, and another one, which holds no DAG, has the import error.
"""

import gc
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_parsing_context

from lake_ingest.airflow.builder import build

if TYPE_CHECKING:
    from airflow.sdk import DAG

# A process that reads a DAG file lives for a run at most. What Airflow has loaded by now stays until its end; the collector would go
# through all of that again and again while the rest is loaded: a seventh of a second a task.
gc.freeze()


class DagsCannotBeBuiltError(Exception):
    """What is wrong with DAGs of a folder, one a line."""


def load_dags(namespace: dict[str, Any], file: str, versions: Mapping[str, str]) -> None:
    """Build DAGs from the JSON beside `file` and put them into its namespace, where Airflow finds them.

    A task builds the one that it belongs to, and fails when that cannot be built. The DAG processor gets all that can be.
    """
    wanted = get_parsing_context().dag_id
    if wanted is not None:
        if wanted in versions:
            namespace[wanted] = build(_path(file, wanted), wanted)
        return
    for dag_id in versions:
        with suppress(Exception):  # told by report_failures
            namespace[dag_id] = _tried(_path(file, dag_id), dag_id)


def report_failures(file: str, versions: Mapping[str, str]) -> None:
    """Try to build the same DAGs, and keep none.

    Raises:
        DagsCannotBeBuiltError: some cannot be built, or are not those that were compiled with this file.
    """
    if get_parsing_context().dag_id is not None:
        return
    failures = {
        dag_id: _failure(_path(file, dag_id), dag_id, version) for dag_id, version in versions.items()
    }
    told = [f"{dag_id}: {failure}" for dag_id, failure in failures.items() if failure]
    if told:
        raise DagsCannotBeBuiltError("\n".join(told))


def _failure(path: Path, dag_id: str, version: str) -> str | None:
    try:
        _tried(path, dag_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return f"cannot be built from {path.name}: {type(error).__name__}: {' '.join(str(error).split())}"
    if hashlib.sha256(path.read_bytes()).hexdigest()[:16] != version:
        return (
            f"{path.name} is not the one that was compiled with the Python files beside it. Deploy all files of one release;"
            " until then the DAG is what that JSON says"
        )
    return None


def _tried(path: Path, dag_id: str) -> "DAG":
    """A DAG that has passed what Airflow will do with it once it is in a file; what fails there counts for the whole file."""
    dag = build(path, dag_id)
    dag.validate()  # type: ignore[no-untyped-call]
    _serialise(dag)
    return dag


def _serialise(dag: "DAG") -> None:
    try:
        from airflow.serialization.serialized_objects import DagSerialization  # noqa: PLC0415
    except ImportError:  # Airflow 3.0
        from airflow.serialization.serialized_objects import (  # type: ignore[assignment,attr-defined]  # noqa: PLC0415
            SerializedDAG as DagSerialization,
        )
    DagSerialization.to_dict(dag)


def _path(file: str, dag_id: str) -> Path:
    """The JSON of a DAG, whose id is that of its unit and its own name."""
    return Path(file).with_name(f"{dag_id.partition('.')[2]}.json")
