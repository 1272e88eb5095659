"""Parameters of an operator that no key of a spec stands for: how a task runs is reported, anything else refused."""

from collections.abc import Collection
from typing import Any

from factory.importing.findings import Draft
from factory.importing.values import Task

# What every operator of Airflow takes: how a task runs, not what it reads.
RUNNING = frozenset(
    [
        "pool",
        "pool_slots",
        "queue",
        "priority_weight",
        "weight_rule",
        "execution_timeout",
        "retry_delay",
        "retry_exponential_backoff",
        "max_retry_delay",
        "email",
        "email_on_retry",
        "email_on_failure",
        "depends_on_past",
        "wait_for_downstream",
        "trigger_rule",
        "sla",
        "on_execute_callback",
        "on_failure_callback",
        "on_success_callback",
        "on_retry_callback",
        "on_skipped_callback",
        "pre_execute",
        "post_execute",
        "executor_config",
        "executor",
        "run_as_user",
        "task_concurrency",
        "max_active_tis_per_dag",
        "max_active_tis_per_dagrun",
        "do_xcom_push",
        "inlets",
        "outlets",
        "doc",
        "doc_md",
        "doc_json",
        "doc_yaml",
        "doc_rst",
        "params",
        "resources",
        "ignore_first_depends_on_past",
        "wait_for_past_depends_before_skipping",
        "map_index_template",
        "multiple_outputs",
        "task_display_name",
        "allow_nested_operators",
        "logger_name",
        "render_template_as_native_obj",
        "default_args",
        "is_setup",
        "is_teardown",
        "max_retries",
        "subdag",
    ]
)
_BASE = frozenset(["task_id", "owner", "retries", "start_date", "end_date", "dag", "task_group"])


def refuse_rest(draft: Draft, task: Task, own: Collection[str]) -> None:
    """Say what of a task has no key; `own` are the parameters of the operator that are looked at elsewhere."""
    _others(draft, task, own)
    _dates(draft, task)


def _dates(draft: Draft, task: Task) -> None:
    """The task's own dates; those of `default_args` are the DAG's."""
    if task.arguments.get("end_date") is not None and "end_date" in task.places:
        draft.refuse(
            task.places["end_date"],
            "the task ends at a date; a spec has no end",
            "Delete the spec when it is to end.",
        )
    if task.arguments.get("start_date") is not None and "start_date" in task.places:
        draft.note(task.places["start_date"], "the task's own start date is not carried over; the DAG's is")


def _others(draft: Draft, task: Task, own: Collection[str]) -> None:
    """What is given but has no key: how a task runs is reported, anything else refused."""
    for key in ("*", "**"):
        if key in task.arguments:
            unknown = task.arguments[key]
            draft.refuse(
                unknown.place,
                f"the arguments behind `{key}`: `{unknown.text}` {unknown.why}",
                "Write the keys by hand.",
            )
    running = []
    for key, value in task.arguments.items():
        if key in own or key in _BASE or key in ("*", "**"):
            continue
        if key in RUNNING:
            if value not in (None, False, [], {}, "", "all_success"):
                running.append(key)
        elif key in task.places:
            draft.refuse(
                task.places[key],
                f"`{key}` is not a parameter of the operator that is known here",
                "See what it does, and write the key that does it.",
            )
        elif key not in _from_defaults(task):
            draft.refuse(
                task.place,
                f"`{key}` is not a parameter of the operator that is known here",
                "See what it does, and write the key that does it.",
            )
    if running:
        draft.note(
            task.place,
            f"how the task runs is not carried over: {', '.join(f'`{key}`' for key in sorted(running))}",
        )


def _from_defaults(task: Task) -> set[str]:
    """Names that `default_args` gives to every task; Airflow drops those that an operator does not take."""
    names: set[str] = set()
    group = task.group
    givers: list[Any] = [task.dag]
    while group is not None:
        givers.append(group)
        group = group.outer
    for giver in givers:
        defaults = giver.arguments.get("default_args") if giver else None
        names |= set(defaults) if isinstance(defaults, dict) else set()
    return names
