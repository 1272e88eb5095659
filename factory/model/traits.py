"""What the meaning of a spec's keys depends on in a kind of source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import eq
from typing import Any

from factory.model.group import Group


@dataclass(frozen=True, eq=False)
class Traits:
    """A kind of source, as far as the model needs it.

    `title` is its name in a sentence; `called` is what people call the one that they read from: "the org". `operator` is the name of
    the tasks that read from it. `committed` is the one cursor for which the source can say up to when all is committed; None where it
    can for any. `defaults` are values of keys that a spec, its unit and the group leave out, where the
    schema's own do not fit. `options` are the keys that only this kind of source has, and `of_group`
    gives those among them that the group's file sets for everybody. `lacks` are keys of every spec that this kind cannot honour, each
    with what to do instead. `counts_calls`: its calls are limited, so a unit has a share of them. `declares_types`: its fields have no types of their own, so a spec gives them. `cuts_by_key`: a full read can be cut into batches of so many rows. `cuts_queries`: a window bounds a column of a written query. `allows` says whether an entry of a unit's allow-list covers an object.
    """

    kind: str
    title: str
    called: str
    operator: str
    committed: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)
    counts_calls: bool = False
    declares_types: bool = False
    cuts_by_key: bool = False
    cuts_queries: bool = False
    of_group: Callable[[Group], Mapping[str, Any]] = lambda _: {}
    allows: Callable[[str, str], bool] = eq

    def awaits(self, cursor: str) -> bool:
        """Whether the source can say up to when all that this cursor measures is committed."""
        return self.committed in (None, cursor)


@dataclass(frozen=True, slots=True)
class About:
    """What a catalogue says of an object, as far as the meaning of a spec depends on it.

    `key` are the fields that identify a row: none where the object has no key, None where the catalogue does not have the object.
    `dates` are its fields of type date, by which a window is made of dates too; `wall_clocks` are those with a time and no zone. `cursor` is the field by which a window is probably meant,
    for an object whose kind of source has no cursor of its own. `rows` and `megabytes` are about how large it is, None where nobody said. `labels` are what people call the fields, and
    `types` the types that the source gives them, by their names. `personal` are the fields that hold personal data, each with its class: `email`, or `personal` where the catalogue has
    no classes.
    """

    key: tuple[str, ...] | None = None
    dates: frozenset[str] = frozenset()
    wall_clocks: frozenset[str] = frozenset()
    cursor: str = ""
    rows: int | None = None
    megabytes: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
