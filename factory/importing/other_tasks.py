"""The tasks around the reads: listed as not carried over, refused where they decide whether the read runs."""

from collections.abc import Collection, Mapping

from factory.importing.dag_file import DagFile
from factory.importing.findings import Draft
from factory.importing.values import Group, Task

_DECIDES = ("branch", "shortcircuit", "short_circuit", "latestonly")


def carry_neighbours(file: DagFile, drafts: list[Draft]) -> None:
    """Add to each draft what its DAG has besides it. A loop makes thousands of reads: they are not all held against each other."""
    following: dict[int, list[Task]] = {}
    preceding: dict[int, list[Task]] = {}
    for first, then in file.edges:
        for one in _tasks(file, first):
            for other in _tasks(file, then):
                following.setdefault(id(one), []).append(other)
                preceding.setdefault(id(other), []).append(one)
    reads = {id(task) for task in file.reads}
    no_reads = [task for task in file.tasks if id(task) not in reads]
    for draft in drafts:
        task = draft.tasks[0]
        before = _reached(task, preceding)
        after = _reached(task, following)
        for other in (*no_reads, *(one for one in before.values() if id(one) in reads)):
            if other.dag is task.dag and other.dag is not None:
                _tell(draft, other, before, after, reads=id(other) in reads)


def _tell(draft: Draft, other: Task, before: Collection[int], after: Collection[int], *, reads: bool) -> None:
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


def _reached(start: Task, ways: Mapping[int, list[Task]]) -> dict[int, Task]:
    """The tasks that lie that way of one, however far, by their ids in memory."""
    found: dict[int, Task] = {}
    waiting = [start]
    while waiting:
        for one in ways.get(id(waiting.pop()), ()):
            if id(one) not in found and one is not start:
                found[id(one)] = one
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
