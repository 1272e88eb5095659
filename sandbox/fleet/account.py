"""What the processes of a fleet cost: processor time and memory of each component."""

from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from sandbox.processes import Child


@dataclass(frozen=True)
class Component:
    """A component with all that it started: processor seconds since its start, and the memory that it alone holds, in MB."""

    cpu_seconds: float
    megabytes: float


def components(children: Iterable[Child]) -> dict[str, Component]:
    """Every child that still runs, by its name."""
    return {child.name: component(child) for child in children if child.process.poll() is None}


def component(child: Child) -> Component:
    """A process and its descendants; those that have ended are counted where their parent has waited for them."""
    cpu = held = 0.0
    root = psutil.Process(child.process.pid)
    for process in (root, *root.children(recursive=True)):
        try:
            times, memory = process.cpu_times(), process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        cpu += times.user + times.system + times.children_user + times.children_system
        held += memory.uss
    return Component(cpu, held / 1e6)


def spent(before: dict[str, Component], after: dict[str, Component]) -> dict[str, float]:
    """Processor seconds of each component between two looks."""
    return {
        name: now.cpu_seconds - (before[name].cpu_seconds if name in before else 0.0)
        for name, now in after.items()
    }
