"""What the meaning of a spec depends on, besides its own file: a sign of all of it, which changes when any of it does."""

import hashlib
import os
import sys
import zoneinfo
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lake_ingest import version

from factory.model.group import Group
from factory.model.unit import Unit


def sign_of_tree(root: Path, group: Group) -> bytes:
    """The sign of group.yaml, the catalogues, this compiler's own files, its libraries and Python: by content or, for the program, by names, sizes and times."""
    said = hashlib.sha256(_program())
    said.update(f"{root}\0{root.absolute()}\0".encode())
    said.update(_of_layer(group))
    for folder in sorted(root.glob("_*")):
        for path in sorted(filter(os.path.isfile, _files(folder))):
            said.update(os.fsencode(f"\0{path}\0") + sign_of(Path(path).read_bytes()))
    return said.digest()


def sign_of_unit(tree: bytes, unit: Unit) -> bytes:
    """The sign of a tree's unit."""
    return sign_of(tree + _of_layer(unit))


def sign_of(content: bytes) -> bytes:
    """The sign of a file's content: as long for every file."""
    return hashlib.sha256(content).digest()


def _of_layer(layer: Group | Unit) -> bytes:
    """Of a layer of defaults: its text, and what of it is not used; a file that is not there has no text either."""
    text = layer.document.source.text if layer.document else None
    return sign_of(f"{text}\0{sorted(layer.broken)}".encode())


@cache
def _program() -> bytes:
    """The compiler, the rules that it shares with the runtime, its libraries, Python."""
    said = hashlib.sha256(sys.version.encode())
    for home in (Path(__file__).parents[1], Path(version.__file__).parent):
        for path in sorted(_files(home, (".py", ".json", ".lark"))):
            about = os.stat(path)  # noqa: PTH116 - of some 400 files, in each command
            said.update(f"{path}\0{about.st_size}\0{about.st_mtime_ns}\0".encode())
    for packages in sorted({path for path in sys.path if path.endswith("-packages") and Path(path).is_dir()}):
        said.update("\0".join(sorted(one for one in os.listdir(packages) if one.endswith("-info"))).encode())  # noqa: PTH208
    for zones in filter(os.path.isdir, zoneinfo.TZPATH):
        said.update(f"{zones}\0{Path(zones).stat().st_mtime_ns}\0".encode())
    return said.digest()


def _files(home: Path, endings: tuple[str, ...] = ("",)) -> Iterable[str]:
    """All files below a folder; with `Path`s, of thousands of catalogue files, this would take most of a lint's time."""
    for folder, _, names in os.walk(home):
        yield from (os.path.join(folder, name) for name in names if name.endswith(endings))  # noqa: PTH118
