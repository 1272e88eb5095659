"""What the meaning of a spec's keys depends on in a kind of source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from factory.model.group import Group


@dataclass(frozen=True)
class Traits:
    """A kind of source, as far as the model needs it.

    `title` is its name in a sentence; `called` is what people call the one that they read from: "the org". `operator` is the name of
    the tasks that read from it. `key` are the fields that identify a row. `committed` is the cursor for which the source can say
    up to when all is committed, if any. `defaults` are values of keys that a spec, its unit and the group leave out, where the
    schema's own do not fit. `options` are the keys that only this kind of source has, and `of_group`
    gives those among them that the group's file sets for everybody.
    """

    kind: str
    title: str
    called: str
    operator: str
    key: tuple[str, ...]
    committed: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    of_group: Callable[[Group], Mapping[str, Any]] = lambda _: {}
