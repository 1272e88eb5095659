"""Whose a DAG is in Airflow: the role that may see and run it."""

from typing import Any

from factory.model.unit import Unit

_RUNS = [
    "can_read",
    "can_edit",
]  # to edit a DAG is to pause, trigger and clear it; nobody deletes one but the pipeline


def access(unit: Unit) -> dict[str, Any]:
    """The key `access_control` of each of a unit's DAGs, where the unit has a role.

    The DAG processor grants it, and refuses a DAG whose role is not there. Other auth managers than FAB's do not look at it.
    """
    return {"access_control": {unit.airflow_role: {"DAGs": _RUNS}}} if unit.airflow_role else {}
