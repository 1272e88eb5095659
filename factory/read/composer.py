"""YAML events put together to a document, every surprise of YAML noted on the way.

Reading events rather than nodes keeps the reader in control: an alias is refused where it stands instead of being
expanded, depth is bounded, and every key keeps its place.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import yaml

from factory.meant.marks import cure_of, edge_unseen, first_unseen, has_typed_quotes, named, unquoted
from factory.meant.numbers import looks_grouped
from factory.read.document import Document, KeyPath, Places
from factory.read.file_text import SourceText
from factory.read.scalar import plain, trap
from factory.read.span import START, Span
from factory.read.surprise import Surprise, Yaml, noticed
from factory.read.yaml_errors import syntax_error

_CUTTING = re.compile(r"\s+#(?!factory:)[^\s#]")

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
        self._places = Places()
        self.document = Document(source, None, lambda: self._places)
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
        return Document(source, self._data, lambda: self._places)

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
        elif isinstance(event, yaml.DocumentStartEvent) and self._places.values:
            self._refuse(Yaml.STRUCTURE, event, "a second document begins here", "Write one document a file.")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        span = self._span(event)
        self._no_decoration(event)
        if self._key_is_due():
            self._key(event.value, span)
            return
        path = self._path()
        style = event.style or ""
        text = event.value if style else self._seen(event.value, span, path)
        value = plain(text) if not style and event.implicit[0] else text
        self._places.values[path] = span
        self._places.styles[path] = style
        if not style:
            self._doubt(text, path)
            self._cut(text, span, path)
        self._put(value)

    def _doubt(self, word: str, path: KeyPath) -> None:
        """Note a plain word on which YAML readers disagree, or that looks like another number than it is."""
        reason = trap(word) if word else ""
        if has_typed_quotes(word):
            reason = "the quotes of a word processor are letters of the text"
        if not reason:
            return
        grouped = looks_grouped(word)
        instead, cure = json.dumps(unquoted(word), ensure_ascii=False), ""
        if grouped is not None:
            instead, cure = str(grouped), "A number has no points between its thousands."
        self.surprises.append(
            noticed(self.document, Yaml.AMBIGUOUS, path, reason, cure=cure, instead=instead)
        )

    def _cut(self, text: str, span: Span, path: KeyPath) -> None:
        """Note a `#` that ends a plain text, and hardly begins a comment."""
        rest = self.document.source.line(span.end_line)[span.end_column - 1 :]
        if text and _CUTTING.match(rest):
            whole = f"{text}{rest.rstrip()}"
            self.surprises.append(
                noticed(
                    self.document, Yaml.CUT, path, f"`{rest.strip()}` is a comment: the value is only `{text}`",
                    cure="Where a comment is meant, write a space behind the `#`.", instead=json.dumps(whole, ensure_ascii=False),
                    span=Span(span.line, span.column, span.end_line, span.end_column + len(rest.rstrip())),
                )
            )  # fmt: skip

    def _seen(self, text: str, span: Span, path: KeyPath) -> str:
        """A plain text without what nobody sees in it, which is noted."""
        place = edge_unseen(text)
        if place < 0:
            return text
        column = span.column + place
        where = Span(span.line, column, span.line, column + 1) if span.line == span.end_line else span
        cure, instead = "Delete it.", ""
        if place == 0 and span.column == 1:  # it was meant to indent
            run = len(text) - len(text.lstrip(text[0]))
            where, cure, instead = Span(span.line, 1, span.line, 1 + run), cure_of(text[0]), " " * run
        self.surprises.append(
            noticed(
                self.document, Yaml.ENCODING, path, f"{named(text[place])} stands here, where nobody sees it",
                cure=cure, span=where, instead=instead, sure=True,
            )
        )  # fmt: skip
        return "".join(one for one in text if edge_unseen(one) < 0 or first_unseen(one) < 0).strip()

    def _key(self, key: str, span: Span) -> None:
        here = self._open[-1]
        key = self._seen(key, span, (*here.path, key))
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
            self._places.keys[path] = span
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
        self._places.values[path] = self._span(event)
        self._open.append(_Open(value, path, self._span(event)))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        done = self._open.pop()
        end = self._span(event)
        self._places.values[done.path] = Span(
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
