"""`factory catalog pull` and `factory catalog diff`."""

from pathlib import Path

from factory.chosen import tree_at
from factory.command_failure import Failure
from factory.sources.registry import DEFAULT, SOURCES, kind_named
from factory.sources.seam import SourceKind
from factory.tree.workspace import Workspace


def pull(configs: Path, connection: str, objects: list[str], source: str | None = None) -> int:
    """Store what the source says of some objects, or of all that the units may read; 1 where it refuses one."""
    workspace = tree_at(configs)
    kind = _kind(workspace, connection, source)
    wanted = objects or _wanted(workspace, kind, connection)
    return kind.online().pull(workspace.root, workspace.group, connection, wanted)


def diff(configs: Path, connection: str, source: str | None = None) -> int:
    """Print how the source differs from the catalogue; 1 where it does."""
    workspace = tree_at(configs)
    kind = _kind(workspace, connection, source)
    wanted = _wanted(workspace, kind, connection)
    return kind.online().diff(workspace.root, workspace.group, connection, wanted)


def _kind(workspace: Workspace, connection: str, source: str | None) -> SourceKind:
    """The kind of source behind a connection, as the units name it."""
    if source is not None:
        return kind_named(source)
    named = {
        name
        for unit in workspace.units
        for name, connections in unit.sources.items()
        if connection in connections
    }
    return SOURCES[named.pop()] if len(named) == 1 else DEFAULT


def _wanted(workspace: Workspace, kind: SourceKind, connection: str) -> list[str]:
    """What the units may read by a connection, what their specs read, and what the catalogue has already."""
    name = kind.traits.kind
    known = workspace.offline[name].names(connection)
    units = [unit for unit in workspace.units if kind is DEFAULT or connection in unit.sources.get(name, ())]
    allowed = {entry for unit in units for entry in unit.objects.get(name) or ()}
    read = {
        spec.object
        for spec in workspace.specs
        if spec.object and spec.traits is kind.traits and (kind is DEFAULT or spec.connection == connection)
    }
    if not allowed | read | set(known):
        raise Failure("no unit names an object of this connection; give --object")
    return sorted(allowed | read | set(known))
