"""What other files need to know of a spec, kept from one command to the next.

A rule may hold between specs: ids, folders, shares of calls, what runs after what. So who checks one file has to know all of them; but only
what they mean, not where it stands. An *outline* is an ingestion without its file's text and places.

What is kept counts only while all that it was made of is the same: the spec, its unit.yaml and group.yaml, the catalogues, this
compiler's own files, its libraries and Python, byte by byte or, for the program, by names, sizes and times. It lies in the user's own
cache folder (`FACTORY_CACHE` names another one; empty keeps nothing), where no pull request can put anything; what cannot be read there is made anew, and what cannot be written is not kept.
"""

import hashlib
import io
import os
import pickle
import sys
import tempfile
import zoneinfo
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from lake_ingest import version
from lake_ingest.spec.window import WindowError

from factory.model.extent import Extent
from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.setting import Setting
from factory.model.traits import Traits
from factory.model.unit import Unit
from factory.read.document import Document
from factory.read.file_text import SourceText
from factory.sources.registry import SOURCES

_FOLDER = "salesforce-dag-factory"
_HASH_BYTES = 32


@dataclass(frozen=True)
class Outline:
    """What a file means: nothing, or an ingestion, which makes so many `batches` of an ordinary run; `mark` is the hash of its content."""

    mark: str
    spec: Ingestion | None
    batches: int | None = None

    @classmethod
    def of(cls, content: bytes, spec: Ingestion | None) -> Self:
        """The outline of a spec that has been read."""
        mark, extent = _hash(content).hex(), spec and Extent.of(spec)
        try:
            return cls(mark, spec, extent.batches() if extent else None)
        except WindowError:
            return cls(mark, spec)

    def ingestion(self) -> Ingestion | None:
        """It again."""
        extent = Extent.of(self.spec) if self.spec and self.batches is not None else None
        if extent and self.batches is not None:
            extent.remember(self.batches)
        return self.spec


@dataclass
class Outlines:
    """Of one unit: a spec's file name → its outline. `sign` says all else that they were made of."""

    unit: Unit
    group: Group
    sign: bytes
    file: Path | None
    known: dict[str, Outline]
    fresh: dict[str, Outline] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, unit: Unit, group: Group, tree: bytes) -> Self:
        """Those that were kept; `tree` is the sign of the tree."""
        sign = _hash(tree + _said(unit.document, unit.broken))
        folder = _cache_folder(root)
        file = folder / f"{unit.name}.outlines" if folder else None
        return cls(unit, group, sign, file, cls._read(file, sign, unit, group))

    def get(self, name: str, content: bytes) -> Outline | None:
        """What a file of this content means, if that is known."""
        found = self.known.get(name)
        if found is None or found.mark != _hash(content).hex():
            return None
        self.fresh[name] = found
        return found

    def put(self, name: str, content: bytes, spec: Ingestion | None) -> None:
        """Keep what a file means."""
        self.fresh[name] = Outline.of(content, spec)

    def close(self) -> None:
        """Write what has changed; whole or not at all."""
        if self.file is None or self._marks(self.fresh) == self._marks(self.known):
            return
        sink = io.BytesIO()
        shared: dict[Any, Setting] = {}
        light = {
            name: replace(one, spec=one.spec and _without_copies(one.spec, shared))
            for name, one in self.fresh.items()
        }
        _Writer(sink, self.unit, self.group).dump(light)
        with suppress(OSError):
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.file.parent, delete=False) as written:
                written.write(self.sign + _hash(sink.getvalue()) + sink.getvalue())
            Path(written.name).replace(self.file)

    @staticmethod
    def _marks(some: Mapping[str, Outline]) -> dict[str, str]:
        return {name: one.mark for name, one in some.items()}

    @staticmethod
    def _read(file: Path | None, sign: bytes, unit: Unit, group: Group) -> dict[str, Outline]:
        try:
            raw = file.read_bytes() if file else b""
        except OSError:
            return {}
        head, body = raw[: 2 * _HASH_BYTES], raw[2 * _HASH_BYTES :]
        if head != sign + _hash(body):  # of something else, or cut short
            return {}
        found: dict[str, Outline] = _Reader(io.BytesIO(body), unit, group).load()
        return found


def sign_of_tree(root: Path, group: Group) -> bytes:
    """All that what a spec means depends on, but itself and its unit."""
    said = hashlib.sha256(_program())
    said.update(str(root).encode() + b"\0" + str(root.absolute()).encode() + b"\0")
    said.update(_said(group.document, group.broken) if group.document else b"")
    for folder in sorted(root.glob("_*")):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                said.update(f"\0{path.relative_to(root)}\0".encode() + _hash(path.read_bytes()))
    return said.digest()


@cache
def _program() -> bytes:
    """The compiler, the rules that it shares with the runtime, its libraries, Python."""
    said = hashlib.sha256(sys.version.encode())
    for home in (Path(__file__).parents[1], Path(version.__file__).parent):
        for path in sorted(_files(home)):
            about = path.stat()
            said.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\0".encode())
    for packages in sorted({path for path in sys.path if path.endswith("-packages") and Path(path).is_dir()}):
        said.update(
            "\0".join(
                sorted(one.name for one in Path(packages).iterdir() if one.suffix.endswith("-info"))
            ).encode()
        )
    for zones in filter(os.path.isdir, zoneinfo.TZPATH):
        said.update(f"{zones}\0{Path(zones).stat().st_mtime_ns}\0".encode())
    return said.digest()


def _files(home: Path) -> Iterable[Path]:
    for folder, _, names in os.walk(home):
        yield from (Path(folder, name) for name in names if name.endswith((".py", ".json", ".lark")))


def _cache_folder(root: Path) -> Path | None:
    """The user's own, a folder for each tree; None where nothing is to be kept, or for a user without a home."""
    given = os.environ.get("FACTORY_CACHE")
    if given == "":
        return None
    try:
        home = Path(given) if given else Path.home() / ".cache" / _FOLDER
    except RuntimeError:
        return None
    return home / _hash(str(root.absolute()).encode()).hex()[:16]


def _said(document: Document, broken: frozenset[str]) -> bytes:
    """Of a layer: its text, and what of it is not used; a file that is not there has no text either."""
    return _hash(f"{sorted(broken)}\0{document.source.text}".encode())


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _without_copies(spec: Ingestion, shared: dict[Any, Setting]) -> Ingestion:
    """The same; settings of other layers than its own are one object for all specs that have them."""
    settings = {
        key: one if one.layer == "spec" else shared.setdefault((key, one.layer, repr(one.value)), one)
        for key, one in spec.settings.items()
    }
    return replace(spec, settings=settings)


class _Writer(pickle.Pickler):
    """Leaves out what each command reads anyhow: unit, group, kinds of source; and the text of the file."""

    def __init__(self, sink: io.BytesIO, unit: Unit, group: Group) -> None:
        super().__init__(sink, pickle.HIGHEST_PROTOCOL)
        self._unit, self._group = unit, group

    def reducer_override(self, obj: Any) -> Any:
        """A frozen value is made as others are, by its class: pickle's own way asks for its fields each time."""
        kind = type(obj)
        if kind is Document:
            return Document, (SourceText(obj.path, ""),)
        if "__slots__" not in vars(kind) or not is_dataclass(kind):
            return NotImplemented
        given = fields(kind)
        if any(one.kw_only or not one.init for one in given):
            return NotImplemented
        return kind, tuple(getattr(obj, one.name) for one in given)

    def persistent_id(self, obj: Any) -> Any:
        if obj is self._unit.document:
            return "unit's document"
        if obj is self._group.document and obj is not None:
            return "group's document"
        if isinstance(obj, Unit):
            return "unit"
        return f"kind {obj.kind}" if isinstance(obj, Traits) else None


class _Reader(pickle.Unpickler):
    def __init__(self, source: io.BytesIO, unit: Unit, group: Group) -> None:
        super().__init__(source)
        self._known: dict[str, Any] = {"unit": unit, "unit's document": unit.document}
        self._known |= {"group's document": group.document}
        self._known |= {f"kind {name}": kind.traits for name, kind in SOURCES.items()}

    def persistent_load(self, pid: str) -> Any:
        return self._known[pid]
