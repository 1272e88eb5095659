"""ING247: words of version 1 in a tree of version 2."""

from collections.abc import Iterator, Sequence
from typing import Any

from factory.meant.windows import end_of_version_1
from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.unit import Unit
from factory.read.document import Document, KeyPath
from factory.rules.problem import Problem
from factory.rules.rule import Rule

LATEST = 2
_DEFAULT = "version: 2\ndefaults:\n  window: {{from: 2026-01-01, {}: 2026-02-01}}\n"

OLD_END = Rule(
    "ING247", "end-of-version-1", "A window ends with `to`, and the tree is of version 2.",
    "`to` took the beginning of a date and the end of a relative date, so that what everybody wrote lost its last day, or read a quarter"
    " more. `before` leaves its day out, `through` reads it. `factory upgrade` writes what each `to` meant.",
    wrong=_DEFAULT.format("to"), right=_DEFAULT.format("before"), fixed=True, example="group.yaml",
)  # fmt: skip
RULES = (OLD_END,)


def check(group: Group, units: Sequence[Unit], specs: Sequence[Ingestion]) -> Iterator[Problem]:
    """The old words in the files of a tree whose group says version 2."""
    if group.version < LATEST or "version" in group.broken:
        return
    for document, path in _windows(group, units, specs):
        yield _old_end(document, path)


def _windows(
    group: Group, units: Sequence[Unit], specs: Sequence[Ingestion]
) -> Iterator[tuple[Document, KeyPath]]:
    """Where a window ends with `to`."""
    layers = [group.document, *(unit.document for unit in units)]
    for document in filter(None, layers):
        defaults = document.mapping.get("defaults")
        if isinstance(defaults, dict) and _ends_with_to(defaults.get("window")):
            yield document, ("defaults", "window", "to")
    for spec in specs:
        if _ends_with_to(spec.document.mapping.get("window")):
            yield spec.document, ("window", "to")


def _ends_with_to(window: Any) -> bool:
    return isinstance(window, dict) and "to" in window


def _old_end(document: Document, path: KeyPath) -> Problem:
    value: Any = document.mapping
    for step in path:
        value = value[step]
    instead = end_of_version_1(str(value))
    message = "`to` is no end of a window in version 2"
    return OLD_END.at(document, path, message, on_key=True, instead=instead, sure=True)
