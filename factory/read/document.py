"""A YAML document as plain values, with the place of every key and value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from factory.read.file_text import SourceText
from factory.read.span import START, Span

KeyPath = tuple[str | int, ...]


class Spans(Mapping[KeyPath, Span]):
    """Where things of a file stand. They are put in by offsets, and become lines and columns where somebody asks: of most files nobody does."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._offsets: dict[KeyPath, tuple[int, int]] = {}

    def put(self, path: KeyPath, offsets: tuple[int, int]) -> None:
        """Note where something begins and ends."""
        self._offsets[path] = offsets

    def __getitem__(self, path: KeyPath) -> Span:
        return self._source.span(*self._offsets[path])

    def __iter__(self) -> Iterator[KeyPath]:
        return iter(self._offsets)

    def __len__(self) -> int:
        return len(self._offsets)


@dataclass(frozen=True)
class Places:
    """Where every key and value of a file stands.

    `styles` says how each scalar was quoted: `"` `'` `|` `>` or "" for a plain word.
    """

    keys: Spans
    values: Spans
    styles: dict[KeyPath, str] = field(default_factory=dict)

    @classmethod
    def within(cls, source: SourceText) -> "Places":
        """Those of a file of which nothing has been read yet."""
        return cls(Spans(source), Spans(source))


@dataclass(frozen=True, eq=False)
class Document:
    """The content of one YAML file: None where it could not be read. `find` gives its places, and is not asked before somebody wants to know one."""

    source: SourceText
    data: object = None
    find: Callable[[], Places] | None = None

    @cached_property
    def places(self) -> Places:
        """Where everything stands."""
        return self.find() if self.find else Places.within(self.source)

    @property
    def path(self) -> str:
        """The file, as the user named it."""
        return self.source.path

    @property
    def mapping(self) -> dict[str, object]:
        """The content where it is a mapping, else an empty one."""
        return self.data if isinstance(self.data, dict) else {}

    def value_span(self, path: KeyPath) -> Span:
        """Where a value stands; where it is absent, the nearest key around it."""
        return (
            self.source.clamp(self.places.values[path]) if path in self.places.values else self.key_span(path)
        )

    def value_text(self, path: KeyPath) -> str:
        """A value of one line as it stands in the file, with its quotes; "" for others."""
        span = self.value_span(path)
        line = self.source.line(span.line)
        return line[span.column - 1 : span.end_column - 1] if span.line == span.end_line else ""

    def key_span(self, path: KeyPath) -> Span:
        """Where a key stands; where it is absent, the nearest key around it, at last the file's first key."""
        while path:
            found = self.places.keys.get(path) or self.places.values.get(path)
            if found:
                return self.source.clamp(found)
            path = path[:-1]
        return self.source.clamp(next(iter(self.places.keys.values()), START))
