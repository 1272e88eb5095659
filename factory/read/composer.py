"""YAML events put together to a document, every surprise of YAML noted on the way.

Reading events rather than nodes keeps the reader in control: an alias is refused where it stands instead of being
expanded, depth is bounded, and every key keeps its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import yaml

from factory.read.document import Document, KeyPath
from factory.read.file_text import SourceText
from factory.read.scalar import plain, trap
from factory.read.span import START, Span
from factory.read.surprise import Surprise, Yaml, noticed
from factory.read.yaml_errors import syntax_error

# libyaml's parser is ten times faster; where PyYAML came without it the result is the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20


class _Stop(Exception):  # noqa: N818 - not an error: the rest of the document cannot be put together
    """What was found makes the rest of the document meaningless."""


@dataclass
class _Open:
    """A mapping or sequence whose end has not been read yet; `key` is a mapping's key that waits for its value."""

    value: dict[str, object] | list[object]
    path: KeyPath
    start: Span
    key: str | None = None


class Composer:
    """Builds one document; what it could not accept lies in `surprises`."""

    def __init__(self, source: SourceText) -> None:
        self.document = Document(source)
        self.surprises: list[Surprise] = []
        self._data: object = None
        self._open: list[_Open] = []

    def compose(self) -> Document:
        """Read the text to its end, or to the first thing that makes the rest meaningless."""
        source = self.document.source
        if source.marked:
            self.surprises.append(
                noticed(
                    self.document,
                    Yaml.ENCODING,
                    (),
                    "the file begins with a byte-order mark",
                    cure="Save the file as UTF-8 without it; `factory fmt` does so.",
                    span=START,
                )
            )
        loader = _LOADER(source.text)
        try:
            for event in _events(loader):
                self._take(event)
        except yaml.YAMLError as error:
            self.surprises.append(syntax_error(self.document, error))
            return self.document
        except _Stop:
            return self.document
        finally:
            loader.dispose()
        if not isinstance(self._data, dict):
            what = "is empty" if self._data is None else "is not made of `key: value` lines"
            self.surprises.append(
                noticed(self.document, Yaml.STRUCTURE, (), f"the file {what}", cure="Begin with `object: …`.")
            )
        done = self.document
        return Document(done.source, self._data, done.keys, done.values, done.styles)

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(
                Yaml.ALIAS,
                event,
                f"`*{event.anchor}` is an alias",
                "Write the value out, or move it to `defaults`.",
            )
        elif isinstance(event, yaml.DocumentStartEvent) and self.document.values:
            self._refuse(Yaml.STRUCTURE, event, "a second document begins here", "Write one document a file.")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        span = self._span(event)
        self._no_decoration(event)
        if self._key_is_due():
            self._key(event.value, span)
            return
        path = self._path()
        style = event.style or ""
        value = plain(event.value) if not style and event.implicit[0] else event.value
        self.document.values[path] = span
        self.document.styles[path] = style
        if not style and (reason := trap(event.value) if event.value else ""):
            self.surprises.append(
                noticed(
                    self.document,
                    Yaml.AMBIGUOUS,
                    path,
                    reason,
                    cure=f'Write "{event.value}" for text, or true, false or a plain number.',
                )
            )
        self._put(value)

    def _key(self, key: str, span: Span) -> None:
        here = self._open[-1]
        path = (*here.path, key)
        if isinstance(here.value, dict) and key in here.value:
            first = self.document.key_span(path).line
            self.surprises.append(
                noticed(
                    self.document, Yaml.DUPLICATE_KEY, path, f"`{key}` stands here a second time; the first is in line {first}",
                    cure="Keep one of the two.", span=span,
                )
            )  # fmt: skip
        else:
            self.document.keys[path] = span
        here.key = key

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        self._no_decoration(event)
        if self._key_is_due():
            self._refuse(
                Yaml.STRUCTURE,
                event,
                "a key is a list or a mapping",
                "Put text that has braces in quotes.",
            )
        if len(self._open) >= _MAX_DEPTH:
            self._refuse(
                Yaml.STRUCTURE,
                event,
                f"more than {_MAX_DEPTH} levels are nested",
                "No key needs so many levels.",
            )
        value: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._path()
        self.document.values[path] = self._span(event)
        self._open.append(_Open(value, path, self._span(event)))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        done = self._open.pop()
        end = self._span(event)
        self.document.values[done.path] = Span(
            done.start.line, done.start.column, end.end_line, end.end_column
        )
        self._put(done.value)

    def _put(self, value: object) -> None:
        if not self._open:
            self._data = value
            return
        here = self._open[-1]
        if isinstance(here.value, list):
            here.value.append(value)
        elif here.key is not None:
            here.value[here.key] = value
            here.key = None

    def _key_is_due(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _path(self) -> KeyPath:
        if not self._open:
            return ()
        here = self._open[-1]
        return (*here.path, len(here.value) if isinstance(here.value, list) else here.key or "")

    def _no_decoration(self, event: yaml.NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag:
            self._refuse(
                Yaml.ALIAS, event, f"`{tag}` is a YAML tag", "Write plain values; put text in quotes."
            )
        if event.anchor:
            self._refuse(
                Yaml.ALIAS,
                event,
                f"`&{event.anchor}` is an anchor",
                "Write the value out, or move it to `defaults`.",
            )

    def _span(self, event: yaml.Event) -> Span:
        start, end = cast("yaml.Mark", event.start_mark), cast("yaml.Mark", event.end_mark)
        place = self.document.source.place
        return Span(*place(start.index), *place(end.index))

    def _refuse(self, kind: Yaml, event: yaml.Event, message: str, cure: str) -> None:
        self.surprises.append(
            noticed(
                self.document,
                kind,
                (),
                message,
                cure=cure,
                span=self.document.source.clamp(self._span(event)),
            )
        )
        raise _Stop


def _events(loader: yaml.SafeLoader) -> Iterator[yaml.Event]:
    while loader.check_event():
        yield loader.get_event()  # type: ignore[no-untyped-call]  # types-PyYAML leaves it untyped
