"""YAML events put together to a document, every surprise of YAML noted on the way.

Reading events rather than nodes keeps the reader in control: an alias is refused where it stands instead of being
expanded, depth is bounded, and every key keeps its place.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

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
_MAY_CUT = re.compile(r"\s#(?!factory:)[^\s#]")

# libyaml's parser is ten times faster; where PyYAML came without it the result is the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20
_FIRST_KEYS = {"group.yaml": "description", "unit.yaml": "name"}  # of a file that is no spec


class _Stop(Exception):  # noqa: N818 - not an error: the rest of the document cannot be put together
    """What was found makes the rest of the document meaningless."""


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not been read yet, and where it starts; `key` is a mapping's key that waits for its value."""

    value: dict[str, object] | list[object]
    path: KeyPath
    start: int
    key: str | None = None

    @property
    def awaits_key(self) -> bool:
        """Whether what comes next is a key, or the end."""
        return self.key is None and type(self.value) is dict


class Composer:
    """Builds one document; what it could not accept lies in `surprises`.

    A spec has some 50 events, and a tree thousands of specs: it notes offsets, and looks closer only where a file can hold something to be noted.
    """

    def __init__(self, source: SourceText) -> None:
        self._places = Places.within(source)
        self._may_cut = _MAY_CUT.search(source.text) is not None
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
            for event in iter(loader.get_event, None):
                take = self._TAKEN.get(type(event))
                if take:
                    take(self, event)
        except yaml.YAMLError as error:
            self.surprises.append(syntax_error(self.document, error))
            return self.document
        except _Stop:
            return self.document
        finally:
            loader.dispose()
        if not isinstance(self._data, dict):
            what = "is empty" if self._data is None else "is not made of `key: value` lines"
            first = _FIRST_KEYS.get(PurePath(self.document.path).name, "object")
            self.surprises.append(
                noticed(
                    self.document, Yaml.STRUCTURE, (), f"the file {what}", cure=f"Begin with `{first}: …`."
                )
            )
        return Document(source, self._data, lambda: self._places)

    def _alias(self, event: yaml.AliasEvent) -> None:
        cure = "Write the value out, or move it to `defaults`."
        self._refuse(Yaml.ALIAS, event, f"`*{event.anchor}` is an alias", cure)

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        if self._places.values:
            self._refuse(Yaml.STRUCTURE, event, "a second document begins here", "Write one document a file.")

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag or event.anchor:
            self._refuse_decoration(event)
        here = self._open[-1] if self._open else None
        if here and here.awaits_key:
            self._key(here, event)
            return
        path = _path_in(here)
        style, text = event.style or "", event.value
        self._places.values.put(path, _stretch(event))
        self._places.styles[path] = style
        if not style:
            text = text if text.isascii() else self._seen(text, self._span(event), path)
            self._doubt(text, path)
            if self._may_cut:
                self._cut(text, self._span(event), path)
        self._put(plain(text) if not style and event.implicit[0] else text)

    def _doubt(self, word: str, path: KeyPath) -> None:
        """Note a plain word on which YAML readers disagree, or that looks like another number than it is."""
        reason = trap(word) if word else ""
        if not word.isascii() and has_typed_quotes(word):
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

    def _key(self, here: _Open, event: yaml.ScalarEvent) -> None:
        key = event.value
        if not key.isascii():
            key = self._seen(key, self._span(event), (*here.path, key))
        path = (*here.path, key)
        if key in here.value:
            span, first = self._span(event), self.document.key_span(path).line
            self.surprises.append(
                noticed(
                    self.document, Yaml.DUPLICATE_KEY, path, f"`{key}` stands here a second time; the first is in line {first}",
                    cure="Keep one of the two.", span=span,
                )
            )  # fmt: skip
        else:
            self._places.keys.put(path, _stretch(event))
        here.key = key

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        if event.tag or event.anchor:
            self._refuse_decoration(event)
        here = self._open[-1] if self._open else None
        if here and here.awaits_key:
            cure = "Put text that has braces in quotes."
            self._refuse(Yaml.STRUCTURE, event, "a key is a list or a mapping", cure)
        if len(self._open) >= _MAX_DEPTH:
            message = f"more than {_MAX_DEPTH} levels are nested"
            self._refuse(Yaml.STRUCTURE, event, message, "No key needs so many levels.")
        value: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path, stretch = _path_in(here), _stretch(event)
        self._places.values.put(path, stretch)
        self._open.append(_Open(value, path, stretch[0]))

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        done = self._open.pop()
        self._places.values.put(done.path, (done.start, _stretch(event)[1]))
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

    def _refuse_decoration(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag:
            cure = "Write plain values; put text in quotes."
            self._refuse(Yaml.ALIAS, event, f"`{event.tag}` is a YAML tag", cure)
        cure = "Write the value out, or move it to `defaults`."
        self._refuse(Yaml.ALIAS, event, f"`&{event.anchor}` is an anchor", cure)

    def _span(self, event: yaml.Event) -> Span:
        return self.document.source.span(*_stretch(event))

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

    _TAKEN: ClassVar[dict[type, Callable[..., None]]] = {
        yaml.ScalarEvent: _scalar,
        yaml.MappingStartEvent: _start,
        yaml.SequenceStartEvent: _start,
        yaml.MappingEndEvent: _end,
        yaml.SequenceEndEvent: _end,
        yaml.AliasEvent: _alias,
        yaml.DocumentStartEvent: _document,
    }


def _path_in(here: _Open | None) -> KeyPath:
    """The path of the next value."""
    if here is None:
        return ()
    return (*here.path, len(here.value) if here.key is None else here.key)


def _stretch(event: yaml.Event) -> tuple[int, int]:
    """Where an event of a text begins and ends, in characters from 0."""
    return event.start_mark.index, event.end_mark.index  # type: ignore[union-attr]  # each has both
