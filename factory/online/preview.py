"""`factory preview`."""

from pathlib import Path

from factory.chosen import spec_at
from factory.sources.registry import SOURCES


def run(path: Path, rows: int, connection: str | None) -> int:
    """Let the spec's source print its first rows."""
    spec = spec_at(path)
    return SOURCES[spec.traits.kind].online().preview(spec, rows, connection)
