"""What a run of the linter found, and the text it looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from factory.read.document import Document
from factory.rules.problem import Problem


@dataclass(frozen=True)
class Findings:
    """Problems sorted by place, and the files that were read, by the paths that the problems name.

    `by_hand` are the DAGs without a schedule, of which nobody said that it is meant.
    """

    problems: Sequence[Problem]
    documents: Mapping[str, Document]
    by_hand: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """How many files were read."""
        return len(self.documents)

    def line(self, path: str, number: int) -> str:
        """A line of a file, from 1; empty where there is none."""
        document = self.documents.get(path)
        return document.source.line(number) if document else ""
