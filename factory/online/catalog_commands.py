"""`factory catalog pull` and `factory catalog diff`."""

from pathlib import Path

from factory.chosen import tree_at
from factory.command_failure import Failure
from factory.sources.registry import DEFAULT
from factory.tree.workspace import Workspace


def pull(configs: Path, connection: str, objects: list[str]) -> int:
    """Store what the source says of some objects, or of all that the units may read; 1 where it refuses one."""
    workspace = tree_at(configs)
    return DEFAULT.online().pull(workspace.root, workspace.group, connection, objects or _wanted(workspace))


def diff(configs: Path, connection: str) -> int:
    """Print how the source differs from the catalogue; 1 where it does."""
    workspace = tree_at(configs)
    return DEFAULT.online().diff(workspace.root, workspace.group, connection, _wanted(workspace))


def _wanted(workspace: Workspace) -> list[str]:
    """What the units may read, what the specs read, and what the catalogue has already."""
    kind = DEFAULT.traits.kind
    allowed = {name for unit in workspace.units for name in unit.objects.get(kind) or ()}
    known = workspace.offline[kind].names("")
    names = (
        allowed
        | {spec.object for spec in workspace.specs if spec.object and spec.traits.kind == kind}
        | set(known)
    )
    if not names:
        raise Failure("no unit names an object; give --object")
    return sorted(names)
