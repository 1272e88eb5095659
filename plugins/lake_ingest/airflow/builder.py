"""dag-factory's builder, the one place that imports it.

dag-factory looks for the operators of two optional providers, HTTP and SQL, which no compiled DAG uses. Their imports cost more than
all the rest that a DAG file needs, in every process that reads one; so here they are not found, as where they are not installed.
"""

import json
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.sdk import DAG

_OPTIONAL = (
    "airflow.providers.http.operators.http",
    "airflow.providers.common.sql.sensors.sql",
)


@contextmanager
def _not_found(names: tuple[str, ...]) -> Iterator[None]:
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None is Python's own mark of a module that is not there
    log = logging.getLogger("dagfactory.dagbuilder")
    level = log.level
    log.setLevel(logging.WARNING)  # it tells every task that they are not installed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tries names that Airflow 3 calls deprecated
            yield
    finally:
        log.setLevel(level)
        for name in absent:
            del sys.modules[name]


with _not_found(_OPTIONAL):
    from dagfactory.dagbuilder import DagBuilder
    from dagfactory.utils import cast_with_type


def build(path: Path, dag_id: str) -> "DAG":
    """The DAG of a compiled JSON file.

    Raises:
        ValueError: the file is of another DAG.
    """
    written = json.loads(path.read_text("utf-8"))
    if list(written) != [dag_id]:
        raise ValueError(f"it is not of {dag_id} alone")
    return built(dag_id, written[dag_id])


def built(dag_id: str, body: dict[str, Any]) -> "DAG":
    """The DAG of what a compiled JSON file says under its id; takes `body` apart."""
    links = body.pop("owner_links", {})  # dag-factory knows no such key
    dag: DAG = DagBuilder(dag_id, cast_with_type(body), {}).build()["dag"]
    dag.owner_links = links
    return dag
