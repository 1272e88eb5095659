"""What specs mean, kept from one command to the next, for to read 2,500 of them takes seconds.

What is kept counts only while all that it was made of is the same: the spec's file by its content, everything else by its sign. It lies in
the user's own cache folder (`FACTORY_CACHE` names another one; empty keeps nothing), where no pull request can put anything. What cannot be read
there is made anew, and what cannot be written is not kept.
"""

import io
import os
import pickle
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path, PurePath
from typing import Any, Self

from lake_ingest.spec.window import WindowError

from factory.model.extent import Extent, Ordinary
from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.traits import Traits
from factory.model.unit import Unit
from factory.read.composer import Composer
from factory.read.document import Document
from factory.read.file_text import SourceText
from factory.read.surprise import Surprise
from factory.sources.registry import SOURCES
from factory.tree.made_of import sign_of, sign_of_unit

_FOLDER = "salesforce-dag-factory"
_SIGN_BYTES = 32


@dataclass(frozen=True)
class Meaning:
    """What a file means: nothing, or an ingestion; and what was noticed in it."""

    document: Document
    spec: Ingestion | None
    surprises: tuple[Surprise, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """A meaning, the sign of the content that means it, and its `ordinary` run, which takes long to work out."""

    content: bytes
    meaning: Meaning
    ordinary: Ordinary | None


@dataclass
class Kept:
    """The meanings of one unit's files, by their names. `sign` is that of all else that they were made of."""

    file: Path | None
    sign: bytes
    known: Mapping[str, _Entry]
    named: "_Named"
    fresh: dict[str, _Entry] = field(default_factory=dict)

    @classmethod
    def of(
        cls, root: Path, unit: Unit, group: Group, tree: bytes | None, sources: Mapping[str, SourceText]
    ) -> Self:
        """What was kept of a unit, with the texts that its files are now; nothing of a `tree` without a sign."""
        named = _Named(unit, group, sources)
        folder = _cache_folder(root) if tree else None
        if folder is None or tree is None:
            return cls(None, b"", {}, named)
        file, sign = folder / f"{unit.name}.kept", sign_of_unit(tree, unit)
        return cls(file, sign, _read(file, sign, named), named)

    def get(self, name: str, content: bytes) -> Meaning | None:
        """What a file of this content means, if that is known."""
        found = self.known.get(name)
        if found is None or found.content != sign_of(content):
            return None
        self.fresh[name] = found
        extent = Extent.of(found.meaning.spec) if found.meaning.spec else None
        if extent and found.ordinary:
            extent.remember(found.ordinary)
        return found.meaning

    def put(self, name: str, content: bytes, meaning: Meaning) -> None:
        """Keep what a file means."""
        if self.file:
            self.fresh[name] = _Entry(sign_of(content), meaning, _ordinary(meaning.spec))

    def close(self) -> None:
        """Write what has changed; whole or not at all."""
        if self.file is None or _contents(self.fresh) == _contents(self.known):
            return
        sink = io.BytesIO()
        _Writer(sink, self.named).dump(self.fresh)
        body = sink.getvalue()
        with suppress(OSError):
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.file.parent, delete=False) as written:
                written.write(self.sign + sign_of(body) + body)
            Path(written.name).replace(self.file)


def _read(file: Path, sign: bytes, named: "_Named") -> dict[str, _Entry]:
    try:
        raw = file.read_bytes()
    except OSError:
        return {}
    head, body = raw[: 2 * _SIGN_BYTES], raw[2 * _SIGN_BYTES :]
    if head != sign + sign_of(body):  # of something else, or cut short
        return {}
    found: dict[str, _Entry] = _Reader(io.BytesIO(body), named).load()
    return found


def _contents(entries: Mapping[str, _Entry]) -> dict[str, bytes]:
    return {name: one.content for name, one in entries.items()}


def _ordinary(spec: Ingestion | None) -> Ordinary | None:
    extent = spec and Extent.of(spec)
    try:
        return extent.ordinary() if extent else None
    except WindowError:
        return None


def _cache_folder(root: Path) -> Path | None:
    """The user's own, a folder for each tree; None where nothing is to be kept, or for a user without a home."""
    given = os.environ.get("FACTORY_CACHE")
    if given == "":
        return None
    try:
        home = Path(given) if given else Path.home() / ".cache" / _FOLDER
    except RuntimeError:
        return None
    return home / sign_of(str(root.absolute()).encode()).hex()[:16]


@dataclass(frozen=True)
class _Named:
    """What each command has anyhow, and what is therefore kept by its name alone."""

    unit: Unit
    group: Group
    sources: Mapping[str, SourceText]

    def name(self, value: object) -> tuple[str, str] | None:
        """The name of a value of these kinds; None for a document of a spec."""
        if isinstance(value, SourceText):
            return ("text", PurePath(value.path).name)
        if isinstance(value, Document):
            layers = (self.unit.document, self.group.document)
            return ("layer", str(layers.index(value))) if value in layers else None
        return ("kind", value.kind) if isinstance(value, Traits) else ("unit", "")

    def value(self, what: str, which: str) -> object:
        """The value of a name; of a file that is gone no text."""
        if what == "text":
            return self.sources.get(which, SourceText(which, ""))
        if what == "layer":
            return (self.unit.document, self.group.document)[int(which)]
        return self.unit if what == "unit" else SOURCES[which].traits


def _document(source: SourceText, data: object) -> Document:
    """A document whose places are looked up again where somebody asks for one."""
    return Document(source, data, lambda: Composer(source).compose().places)


_NAMED = frozenset((SourceText, Document, Unit, Traits))


class _Writer(pickle.Pickler):
    def __init__(self, sink: io.BytesIO, named: _Named) -> None:
        super().__init__(sink, pickle.HIGHEST_PROTOCOL)
        self._named = named

    def reducer_override(self, obj: Any) -> Any:
        """A name, a document without its places, or a frozen value as others make it, by its class: pickle's own way asks for its fields each time."""
        kind = type(obj)
        if kind in _NAMED and (name := self._named.name(obj)):
            return _by_name, name
        if kind is Document:
            return _document, (obj.source, obj.data)
        given = _given_to(kind)  # type: ignore[arg-type]  # a class has a hash
        return (kind, given(obj)) if given else NotImplemented


def _by_name(what: str, which: str) -> object:
    """Stands for the value of a name, which only who reads knows."""
    raise NotImplementedError


@cache
def _given_to(kind: type) -> Callable[[Any], tuple[object, ...]] | None:
    """What to call a frozen class with for to have an equal value; None for any other class."""
    if "__slots__" not in vars(kind) or not is_dataclass(kind):
        return None
    given = fields(kind)
    if any(one.kw_only or not one.init for one in given):
        return None
    names = [one.name for one in given]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda obj: tuple(getattr(obj, name) for name in names)


class _Reader(pickle.Unpickler):
    def __init__(self, source: io.BytesIO, named: _Named) -> None:
        super().__init__(source)
        self._named = named

    def find_class(self, module: str, name: str) -> Any:
        return self._named.value if name == _by_name.__name__ else super().find_class(module, name)
