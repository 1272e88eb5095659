"""The tree of configs, read: `group.yaml`, each unit's `unit.yaml`, and the specs beside it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from factory.model.group import Group, read_group
from factory.model.ingestion import Ingestion
from factory.model.interpret import ingestion
from factory.model.pace import paced
from factory.model.traits import About
from factory.model.unit import Unit, nameless_unit, read_unit
from factory.read.composer import Composer
from factory.read.document import Document
from factory.read.file_text import SourceText, UnreadableTextError, decoded
from factory.read.span import START, Span
from factory.read.surprise import Surprise, Yaml
from factory.sources.registry import DEFAULT, SOURCES
from factory.sources.seam import Offline
from factory.tree.kept import Kept, Meaning
from factory.tree.made_of import sign_of_tree
from factory.vocabulary.checked import Checked, check

GROUP_FILE, UNIT_FILE = "group.yaml", "unit.yaml"
SUFFIXES = (".yaml", ".yml")


class Lost(StrEnum):
    """What can be noticed about where files lie."""

    NO_UNIT = "no unit"
    MISPLACED = "misplaced file"


class NoWorkspaceError(ValueError):
    """The path leads to no tree of configs; the text says what was looked for."""


@dataclass(frozen=True)
class Workspace:
    """What was read. `offline` are the catalogues by kind of source.

    `whole` says that every unit was read, so that rules about the whole group can judge.
    """

    root: Path
    group: Group
    units: tuple[Unit, ...]
    specs: tuple[Ingestion, ...]
    surprises: tuple[Surprise, ...]
    documents: dict[str, Document]
    offline: Mapping[str, Offline]
    whole: bool


def load(
    root: Path,
    units: frozenset[str] | None = None,
    overlay: Mapping[Path, bytes] | None = None,
    *,
    keep: bool = False,
) -> Workspace:
    """Read a tree of configs, or some units of it by their folders' names.

    The texts of `overlay` stand in for those of files, which need not be there. What a former command kept of specs is used; `keep` says that
    this one keeps what it reads, which takes a fifth longer.

    Raises:
        NoWorkspaceError: the root is not a folder, or holds no unit.
    """
    return _Loader(root, overlay or {}, keep=keep).load(units)


def locate(path: Path) -> tuple[Path, Path]:
    """The tree of configs that a file or folder belongs to, the nearest with a group.yaml, and the path below it.

    Both are absolute where the path as given does not lead up to the tree.

    Raises:
        NoWorkspaceError: there is none.
    """
    for given in (path, path.absolute()):
        for folder in (given, *given.parents):
            if (folder / GROUP_FILE).is_file():
                return folder, given
    if any(path.glob(f"*/{UNIT_FILE}")):
        return path, path
    raise NoWorkspaceError(f"{path} lies in no tree of configs: no {GROUP_FILE} in it or above it")


class _Loader:
    def __init__(self, root: Path, overlay: Mapping[Path, bytes], *, keep: bool) -> None:
        self._root = root
        self._overlay = overlay
        self._keep = keep
        self._surprises: list[Surprise] = []
        self._documents: dict[str, Document] = {}
        self._abouts: dict[str, Callable[[str, str], About]] = {}

    def load(self, names: frozenset[str] | None) -> Workspace:
        if not self._root.is_dir():
            raise NoWorkspaceError(f"{self._root} is not a folder")
        group = self._group()
        loose = [
            path
            for path in sorted(self._root.iterdir())
            if path.suffix in SUFFIXES and path.name != GROUP_FILE
        ]
        self._surprises += [_misplaced(path) for path in loose]
        folders = [
            f for f in sorted(self._root.iterdir()) if f.is_dir() and not f.name.startswith(("_", "."))
        ]
        units = tuple(self._unit(folder) for folder in folders if names is None or folder.name in names)
        if not units:
            raise NoWorkspaceError(f"{self._root} holds no unit: no folder with a {UNIT_FILE}")
        offline = {name: kind.offline(self._root, group) for name, kind in SOURCES.items()}
        self._abouts = {name: cache(one.about) for name, one in offline.items()}
        sign = sign_of_tree(self._root, group)
        specs = tuple(spec for unit in units for spec in self._specs(unit, group, sign))
        return Workspace(
            root=self._root,
            group=group,
            units=units,
            specs=paced(specs),
            surprises=tuple(self._surprises),
            documents=self._documents,
            offline=offline,
            whole=names is None,
        )

    def _group(self) -> Group:
        path = self._root / GROUP_FILE
        if not path.is_file():
            return Group()
        return read_group(self._layer(path, "group"))

    def _unit(self, folder: Path) -> Unit:
        path = folder / UNIT_FILE
        if path.is_file():
            return read_unit(folder.name, self._layer(path, "unit"))
        cure = f"Write one: `factory unit new {folder.name}`."
        self._surprises.append(
            Surprise(Lost.NO_UNIT, str(path), START, f"the folder `{folder.name}` has no {UNIT_FILE}", cure)
        )
        return nameless_unit(folder.name, str(path))

    def _specs(self, unit: Unit, group: Group, sign: bytes) -> Iterator[Ingestion]:
        folder = self._root / unit.name
        self._surprises += [
            _misplaced(path) for path in sorted(folder.glob("*/**/*")) if path.suffix in SUFFIXES
        ]
        laid = {path for path in self._overlay if path.parent == folder}
        files = [
            path
            for path in sorted({*folder.iterdir(), *laid})
            if path.suffix in SUFFIXES and path.name != UNIT_FILE
        ]
        contents = {path: self._content(path) for path in files}
        sources = {path: found for path in files if (found := self._source(path, contents[path]))}
        kept = Kept.of(self._root, unit, group, sign, {path.name: source for path, source in sources.items()})
        for path, source in sources.items():
            meaning = kept.get(path.name, contents[path])
            if meaning:
                self._documents[str(path)] = meaning.document
            else:
                meaning = self._meaning(path.stem, source, unit, group)
                if self._keep:
                    kept.put(path.name, contents[path], meaning)
            self._surprises += meaning.surprises
            if meaning.spec:
                yield meaning.spec
        if self._keep:
            kept.close()

    def _meaning(self, name: str, source: SourceText, unit: Unit, group: Group) -> Meaning:
        checked, noted = self._checked(source, "ingestion")
        if not isinstance(checked.document.data, dict) or "source" in checked.broken:
            return Meaning(checked.document, None, noted)
        kind = str(checked.document.mapping.get("source", DEFAULT.traits.kind))
        spec = ingestion(name, checked, unit, group, SOURCES[kind].traits, self._abouts[kind])
        return Meaning(checked.document, spec, noted)

    def _layer(self, path: Path, kind: str) -> Checked:
        """The file of a layer of defaults; one that cannot be read is an empty one."""
        source = self._source(path, self._content(path))
        if source is None:
            return Checked(Document(SourceText(str(path), "")))
        checked, noted = self._checked(source, kind)
        self._surprises += noted
        return checked

    def _checked(self, source: SourceText, kind: str) -> tuple[Checked, tuple[Surprise, ...]]:
        composer = Composer(source)
        document = self._documents[source.path] = composer.compose()
        checked = check(document, kind)
        known = {misfit.span for misfit in checked.surprises}
        noted = [one for one in composer.surprises if one.kind != Yaml.AMBIGUOUS or one.span not in known]
        doubted = {surprise.span for surprise in noted}
        return checked, (*noted, *(misfit for misfit in checked.surprises if misfit.span not in doubted))

    def _content(self, path: Path) -> bytes:
        laid = self._overlay.get(path)
        return path.read_bytes() if laid is None else laid

    def _source(self, path: Path, content: bytes) -> SourceText | None:
        """A file's text; None where it is none, which is noted."""
        try:
            return decoded(content, str(path))
        except UnreadableTextError as error:
            span = Span(error.line, error.column, error.line, error.column)
            cure = "Save the file as UTF-8 text."
            self._surprises.append(Surprise(Yaml.ENCODING, str(path), span, str(error), cure))
            return None


def _misplaced(path: Path) -> Surprise:
    cure = "Move it directly into the folder of a unit."
    return Surprise(Lost.MISPLACED, str(path), START, "no DAG is made of a file that lies here", cure)
