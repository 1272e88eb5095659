"""A folder of wheels beside a lock: which of them each machine installs, and whether one is missing or not what was locked."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.tags import Tag
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from infra.wheels.lock import Locked
from infra.wheels.machine import MACHINES, Machine

# What pip builds a source with that says nothing else; older ones need both.
_BUILDERS = {"setuptools", "wheel"}


class WheelsError(ValueError):
    """The wheels are not what the lock asks for; the message is for the person who deploys."""


@dataclass(frozen=True)
class _File:
    """A wheel, or (without tags) a source, which a few packages of Airflow's own constraints have only."""

    path: Path
    name: str
    version: Version
    tags: frozenset[Tag] = frozenset()

    def rank(self, machine: Machine) -> int | None:
        """How well it fits, the lower the better; None if it does not run there. pip takes a source last."""
        if not self.tags:
            return len(machine.ranks)
        return min((machine.ranks[tag] for tag in self.tags if tag in machine.ranks), default=None)


def missing(lock: Sequence[Locked], folder: Path, machine: Machine) -> list[Locked]:
    """What of the lock no file of the folder offers to a machine."""
    files = _by_name(folder)
    return [
        locked
        for locked in lock
        if locked.is_for(machine) and not _best(locked, files.get(locked.name, ()), machine)
    ]


def chosen(lock: Sequence[Locked], folder: Path) -> list[Path]:
    """The files that the machines install, by name, each once; others in the folder are left alone.

    Raises:
        WheelsError: one is missing, its content is not what was locked, or nothing is locked that builds a source.
    """
    files = _by_name(folder)
    found: set[Path] = set()
    for machine, locked in (
        (machine, locked) for machine in MACHINES for locked in lock if locked.is_for(machine)
    ):
        best = _best(locked, files.get(locked.name, ()), machine)
        if best is None:
            raise WheelsError(f"{folder}: no wheel of {locked} runs on {machine.architecture}")
        lacking = _BUILDERS - {other.name for other in lock}
        if not best.tags and lacking:
            raise WheelsError(
                f"{best.path}: {locked} has no wheel, and building one needs {', '.join(sorted(lacking))}: lock them too"
            )
        if best.path not in found:
            _check(locked, best.path)
        found.add(best.path)
    return sorted(found)


def _by_name(folder: Path) -> Mapping[str, list[_File]]:
    files: dict[str, list[_File]] = {}
    for file in _read(folder):
        files.setdefault(file.name, []).append(file)
    return files


def _read(folder: Path) -> Iterator[_File]:
    for path in sorted(folder.glob("*.whl")):
        name, version, _, tags = parse_wheel_filename(path.name)
        yield _File(path, name, version, tags)
    for path in sorted([*folder.glob("*.tar.gz"), *folder.glob("*.zip")]):
        yield _File(path, *parse_sdist_filename(path.name))


def _best(locked: Locked, files: Iterable[_File], machine: Machine) -> _File | None:
    """The file that pip takes."""
    fitting = [(file.rank(machine), file.path, file) for file in files if file.version == locked.version]
    ranked = [(rank, path, file) for rank, path, file in fitting if rank is not None]
    return min(ranked)[2] if ranked else None


def _check(locked: Locked, path: Path) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest not in locked.hashes:
        raise WheelsError(
            f"{path}: its SHA-256 is {digest}, which is none of those that are locked for {locked}"
        )
