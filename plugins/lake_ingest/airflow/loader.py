"""What the compiled DAG files call: the JSON beside the file, handed to dag-factory."""

import json
from pathlib import Path
from typing import Any

from dagfactory import load_yaml_dags
from dagfactory.utils import cast_with_type


def load_dag(namespace: dict[str, Any], file: str) -> None:
    """Build the DAG of `<file>.json` and put it into the file's namespace, where Airflow finds it.

    dag-factory appends its configuration to every DAG's documentation; ours is written for the people who browse it,
    so it is put back as the compiler wrote it.
    """
    path = Path(file).with_suffix(".json")
    written = json.loads(path.read_text("utf-8"))
    documentation = {dag_id: config.get("doc_md") for dag_id, config in written.items()}
    load_yaml_dags(
        globals_dict=namespace,
        config_dict=cast_with_type(written),
        defaults_config_path=str(path.parent),
    )
    for dag_id, text in documentation.items():
        namespace[dag_id].doc_md = text
