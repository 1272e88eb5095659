"""Folders in S3, and which of them overlap: the one rule for units, specs and ids of missing rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Folder:
    """A prefix in a bucket. `bucket` is None for the platform's own lake, whose name Airflow renders from a template."""

    bucket: str | None
    prefix: str

    @classmethod
    def of(cls, bucket: str, prefix: str) -> "Folder":
        """The folder of a bucket's name, or its template, and a prefix as people write it."""
        return cls(None if "{{" in bucket else bucket, prefix.strip("/"))

    @property
    def above(self) -> Iterator["Folder"]:
        """Every folder that this one lies in."""
        parts = self.prefix.split("/")
        return (Folder(self.bucket, "/".join(parts[:depth])) for depth in range(1, len(parts)))


def overlapping(owned: Iterable[tuple[Folder, T]]) -> Iterator[tuple[T, T]]:
    """Pairs of owners of which one has the folder of the other, or a folder inside it; the second is the outer one."""
    owners: dict[Folder, T] = {}
    for folder, owner in owned:
        first = owners.setdefault(folder, owner)
        if first is not owner:
            yield owner, first
    for folder, owner in owners.items():
        for outer in folder.above:
            other = owners.get(outer)
            if other is not None and other is not owner:
                yield owner, other
