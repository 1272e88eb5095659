"""The tree of configs, read: `group.yaml`, each unit's `unit.yaml`, and the specs beside it."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from factory.model.group import Group, read_group
from factory.model.ingestion import Ingestion
from factory.model.interpret import ingestion
from factory.model.pace import paced
from factory.model.unit import Unit, nameless_unit, read_unit
from factory.read.composer import Composer
from factory.read.document import Document
from factory.read.file_text import SourceText, UnreadableTextError, decoded, read
from factory.read.span import START, Span
from factory.read.surprise import Surprise, Yaml
from factory.sources.registry import DEFAULT, SOURCES
from factory.sources.seam import Offline
from factory.tree.outlines import Outlines, sign_of_tree
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

    `whole` says that every unit was read, so that rules about the whole group can judge. `outlined` are the files of specs of which only is
    known what they mean, not where it stands: they count for others, and what is wrong inside them is not looked for.
    """

    root: Path
    group: Group
    units: tuple[Unit, ...]
    specs: tuple[Ingestion, ...]
    surprises: tuple[Surprise, ...]
    documents: dict[str, Document]
    offline: Mapping[str, Offline]
    whole: bool
    outlined: frozenset[str] = frozenset()


def load(
    root: Path,
    units: frozenset[str] | None = None,
    overlay: Mapping[Path, bytes] | None = None,
    closely: Callable[[Path], bool] | None = None,
) -> Workspace:
    """Read a tree of configs, or some units of it by their folders' names.

    The texts of `overlay` stand in for those of files, which need not be there. Where `closely` is given, the specs for which it is not
    true are outlined.

    Raises:
        NoWorkspaceError: the root is not a folder, or holds no unit.
    """
    with _uncollected():
        return _Loader(root, overlay or {}, closely).load(units)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would go through a growing tree again and again; what is read is kept anyhow."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
    def __init__(
        self, root: Path, overlay: Mapping[Path, bytes], closely: Callable[[Path], bool] | None
    ) -> None:
        self._root = root
        self._overlay = overlay
        self._closely = closely
        self._outlined: set[str] = set()
        self._signed = b""
        self._surprises: list[Surprise] = []
        self._documents: dict[str, Document] = {}

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
        specs = tuple(spec for unit in units for spec in self._specs(unit, group, offline))
        return Workspace(
            root=self._root,
            group=group,
            units=units,
            specs=paced(specs),
            surprises=tuple(self._surprises),
            documents=self._documents,
            offline=offline,
            whole=names is None,
            outlined=frozenset(self._outlined),
        )

    def _group(self) -> Group:
        path = self._root / GROUP_FILE
        if not path.is_file():
            return Group()
        return read_group(self._checked(path, "group"))

    def _unit(self, folder: Path) -> Unit:
        path = folder / UNIT_FILE
        if path.is_file():
            return read_unit(folder.name, self._checked(path, "unit"))
        cure = f"Write one: `factory unit new {folder.name}`."
        self._surprises.append(
            Surprise(Lost.NO_UNIT, str(path), START, f"the folder `{folder.name}` has no {UNIT_FILE}", cure)
        )
        return nameless_unit(folder.name, str(path))

    def _specs(self, unit: Unit, group: Group, offline: Mapping[str, Offline]) -> Iterator[Ingestion]:
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
        if self._closely is None:
            found: Iterable[Ingestion | None] = (self._spec(path, unit, group, offline) for path in files)
        else:
            found = self._outlines(files, unit, group, offline, self._closely)
        return (spec for spec in found if spec is not None)

    def _outlines(
        self,
        files: Sequence[Path],
        unit: Unit,
        group: Group,
        offline: Mapping[str, Offline],
        closely: Callable[[Path], bool],
    ) -> Iterator[Ingestion | None]:
        """As many specs, those that are not read closely as they were before, where nothing has changed."""
        kept = Outlines.of(self._root, unit, group, self._sign(group))
        for path in files:
            content = self._overlay[path] if path in self._overlay else _content(path)
            if content is None or closely(path):
                known = None
            else:
                known = kept.get(path.name, content)
                self._outlined.add(str(path))
            if known:
                yield known.ingestion()
                continue
            spec = self._spec(path, unit, group, offline)
            if content is not None:
                kept.put(path.name, content, spec)
            yield spec
        kept.close()

    def _sign(self, group: Group) -> bytes:
        if not self._signed:
            self._signed = sign_of_tree(self._root, group)
        return self._signed

    def _spec(self, path: Path, unit: Unit, group: Group, offline: Mapping[str, Offline]) -> Ingestion | None:
        checked = self._checked(path, "ingestion")
        if not isinstance(checked.document.data, dict) or "source" in checked.broken:
            return None
        kind = str(checked.document.mapping.get("source", DEFAULT.traits.kind))
        return ingestion(path.stem, checked, unit, group, SOURCES[kind].traits, offline[kind].about)

    def _checked(self, path: Path, kind: str) -> Checked:
        shown = str(path)
        try:
            laid = self._overlay.get(path)
            source = read(path, shown) if laid is None else decoded(laid, shown)
        except UnreadableTextError as error:
            span = Span(error.line, error.column, error.line, error.column)
            self._surprises.append(
                Surprise(Yaml.ENCODING, shown, span, str(error), "Save the file as UTF-8 text.")
            )
            return Checked(Document(SourceText(shown, "")))
        composer = Composer(source)
        document = self._documents[shown] = composer.compose()
        checked = check(document, kind)
        known = {misfit.span for misfit in checked.surprises}
        noted = [one for one in composer.surprises if one.kind != Yaml.AMBIGUOUS or one.span not in known]
        doubted = {surprise.span for surprise in noted}
        self._surprises += noted
        self._surprises += [misfit for misfit in checked.surprises if misfit.span not in doubted]
        return checked


def _content(path: Path) -> bytes | None:
    """The bytes of a file that is no larger than one may be; None where it cannot be read, which is told by who reads it closely."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _misplaced(path: Path) -> Surprise:
    cure = "Move it directly into the folder of a unit."
    return Surprise(Lost.MISPLACED, str(path), START, "no DAG is made of a file that lies here", cure)
