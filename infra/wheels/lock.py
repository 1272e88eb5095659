"""A lock of requirements as `make lock` writes it: names, versions, markers, hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from infra.wheels.machine import Machine

_HASH = " --hash=sha256:"


@dataclass(frozen=True)
class Locked:
    """One package at one version; `hashes` are the SHA-256 of every file of it that may be installed."""

    name: str
    version: Version
    marker: Marker | None
    hashes: frozenset[str]

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"

    def is_for(self, machine: Machine) -> bool:
        """Whether it is installed there."""
        return self.marker is None or self.marker.evaluate(machine.markers)


def lock_file(folder: Path, airflow_version: str) -> Path:
    """The lock of an Airflow version, in the folder of all requirements."""
    return folder / f"runtime-{airflow_version}.lock"


def constraints_file(folder: Path, airflow_version: str) -> Path:
    """Airflow's own constraints, under which that lock was made."""
    return folder / f"constraints-{airflow_version}-py3.12.txt"


def read_lock(path: Path) -> Sequence[Locked]:
    """Every package of a lock."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return [_read(" ".join(line.split())) for line in text.splitlines() if line and not line.startswith("#")]


def _read(line: str) -> Locked:
    written, *hashes = line.split(_HASH)
    requirement = Requirement(written)
    [pin] = requirement.specifier
    return Locked(
        canonicalize_name(requirement.name), Version(pin.version), requirement.marker, frozenset(hashes)
    )
