"""The tasks around the reads: listed as not carried over, refused where they decide whether the read runs."""

from collections.abc import Iterable

from factory.importing.dag_file import DagFile
from factory.importing.findings import Draft
from factory.importing.values import Group, Task

_DECIDES = ("branch", "shortcircuit", "short_circuit", "latestonly")


def carry_neighbours(file: DagFile, drafts: list[Draft]) -> None:
    """Add to each draft what its DAG has besides it."""
    pairs = [
        (one, other)
        for first, then in file.edges
        for one in _tasks(file, first)
        for other in _tasks(file, then)
    ]
    for draft in drafts:
        task = draft.tasks[0]
        before = _reached(task, [(then, first) for first, then in pairs])
        after = _reached(task, pairs)
        for other in file.tasks:
            if other.dag is task.dag and other is not task and other.dag is not None:
                _tell(draft, other, before, after, reads=other in file.reads)


def _tell(draft: Draft, other: Task, before: set[int], after: set[int], *, reads: bool) -> None:
    shown = f"`{other.id or '?'}` ({other.operator})"
    asset = "A DAG of its own can follow the Asset that the spec updates."
    if id(other) in before and any(word in other.operator.casefold() for word in _DECIDES):
        cure = "Write a spec that needs no such decision, or keep this DAG."
        draft.refuse(other.place, f"the task {shown} decides whether the read runs", cure)
    elif reads:
        if id(other) in before:
            draft.note(
                other.place, "the order of the reads is not carried over: each spec is a DAG of its own"
            )
    elif id(other) in before:
        draft.note(
            other.place,
            f"the task {shown} runs before the read and is not carried over",
            "Check that the read does not have to wait for it.",
        )
    elif id(other) in after:
        draft.note(other.place, f"the task {shown} runs after the read and is not carried over", asset)
    else:
        draft.note(other.place, f"the task {shown} of the same DAG is not carried over")


def _reached(start: Task, pairs: Iterable[tuple[Task, Task]]) -> set[int]:
    following: dict[int, list[Task]] = {}
    for first, then in pairs:
        following.setdefault(id(first), []).append(then)
    found: set[int] = set()
    waiting = [start]
    while waiting:
        for one in following.get(id(waiting.pop()), ()):
            if id(one) not in found and one is not start:
                found.add(id(one))
                waiting.append(one)
    return found


def _tasks(file: DagFile, one: Task | Group) -> list[Task]:
    """The tasks of a group, or the task itself."""
    if isinstance(one, Task):
        return [one]
    return [task for task in file.tasks if _lies_in(task.group, one)]


def _lies_in(inner: Group | None, group: Group) -> bool:
    while inner is not None and inner is not group:
        inner = inner.outer
    return inner is group
