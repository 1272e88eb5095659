"""A database under the face that all of them have for a test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.runtime.tables import published_texts


@dataclass(frozen=True)
class Spoken:
    """A database, and what it calls the things that all of them have.

    `sql` runs a script beside the table `deals`, `session` gives a cursor of the superuser's own; `schema` is where the table lies.
    `instant` and `clock` are the types of a moment, and of what a wall clock shows.
    """

    kind: str
    landing: Any
    sql: Callable[[str], Any]
    session: Callable[[], Any]
    schema: str
    instant: str
    clock: str

    def ids(self, manifest: dict[str, Any], folder: Any) -> list[int]:
        """The ids of a publication, sorted."""
        return sorted(int(row["id"] or 0) for row in published_texts(self.landing.bucket, manifest, folder))
