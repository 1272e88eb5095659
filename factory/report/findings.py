"""What a run of the linter found, and the text it looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from factory.problem import Problem
from factory.source.text import SourceText


@dataclass(frozen=True)
class Findings:
    """Problems sorted by place, and the sources by the paths that the problems name."""

    problems: Sequence[Problem]
    sources: Mapping[str, SourceText]

    @property
    def files(self) -> int:
        """How many files were read."""
        return len(self.sources)

    def line(self, path: str, number: int) -> str:
        """A line of a file, from 1; empty where there is none."""
        source = self.sources.get(path)
        return source.line(number) if source else ""
