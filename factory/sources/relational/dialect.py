"""What one kind of database calls things."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from factory.sources.seam import Online

_LENGTH = re.compile(r"\(\d+\)")


@dataclass(frozen=True)
class Dialect:
    """A kind of database.

    `kind` is its name in specs, `title` in a sentence, `operator` that of its tasks; `sql` is sqlglot's name of its SQL. `connection` is an
    example of an id. Of the types that bound a window, without their lengths, `instants` say which moment they mean, `walls` only what
    a clock showed, and `days` are dates. `online` loads what speaks to a database.
    """

    kind: str
    title: str
    operator: str
    sql: str
    connection: str
    instants: frozenset[str]
    walls: frozenset[str]
    days: frozenset[str]
    online: Callable[[], Online]

    def is_day(self, type_name: str) -> bool:
        """Whether a column of the type holds dates."""
        return bare(type_name) in self.days

    def bounds_windows(self, type_name: str) -> bool:
        """Whether a window can be bounded by a column of the type."""
        return bare(type_name) in self.instants | self.walls | self.days


def bare(type_name: str) -> str:
    """A type without its lengths: `timestamp with time zone` of `timestamp(3) with time zone`."""
    return _LENGTH.sub("", type_name)
