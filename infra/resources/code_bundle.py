"""What MWAA installs: plugins.zip and requirements.txt, the same bytes for the same sources on every machine."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import infra.proof
from infra.release.release_manifest import CANARY_FILE
from infra.wheels.lock import constraints_file, lock_file, read_lock
from infra.wheels.wheel_folder import WheelsError, chosen

# MWAA unpacks plugins.zip to this folder before it installs requirements.txt, so what lies in it needs no network:
# https://docs.aws.amazon.com/mwaa/latest/userguide/best-practices-dependencies.html
UNPACKED = "/usr/local/airflow/plugins"
_WAY_TO_INSTALL = f"""\
--constraint "{UNPACKED}/constraints.txt"
--no-index
--find-links "{UNPACKED}/wheels"
"""
# "We recommend using a plugins.zip file less than 1 GB":
# https://docs.aws.amazon.com/mwaa/latest/userguide/configuring-dag-import-plugins.html
_LARGEST = 1_000_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = ("__pycache__", ".mypy_cache", ".ruff_cache")


@dataclass(frozen=True)
class CodeSources:
    """The folders that the bundle is made of; `wheels` holds a folder for each Airflow version."""

    plugins: Path
    requirements: Path
    wheels: Path

    @classmethod
    def of(cls, checkout: Path) -> "CodeSources":
        """Those of a checkout; its wheels are fetched into build/."""
        return cls(checkout / "plugins", checkout / "requirements", checkout / "build" / "wheels")

    def lock(self, airflow_version: str) -> Path:
        """The lock of an Airflow version."""
        return lock_file(self.requirements, airflow_version)

    def wheels_for(self, airflow_version: str) -> Path:
        """Where its wheels lie."""
        return self.wheels / airflow_version


@dataclass(frozen=True)
class Bundle:
    """The files, as they are uploaded; `canary` goes to dags/."""

    plugins: Path
    requirements: Path
    canary: Path


def write_bundle(sources: CodeSources, out: Path, airflow_version: str) -> Bundle:
    """Write plugins.zip and requirements.txt for one Airflow version.

    The archive is stored, not compressed, with constant times and modes: a compressor's version would change bytes.

    Raises:
        WheelsError: a wheel is missing or is not what was locked, or MWAA would not take the archive.
    """
    out.mkdir(parents=True, exist_ok=True)
    bundle = Bundle(out / "plugins.zip", out / "requirements.txt", out / CANARY_FILE)
    with ZipFile(bundle.plugins, "w", ZIP_STORED) as archive:
        for name, path in sorted(_members(sources, airflow_version)):
            entry = ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, wherever this runs
            archive.writestr(entry, path.read_bytes())
    size = bundle.plugins.stat().st_size
    if size > _LARGEST:
        raise WheelsError(
            f"plugins.zip has {size:,} bytes, and MWAA takes {_LARGEST:,}: lock fewer or smaller packages"
        )
    shutil.copyfile(Path(infra.proof.__file__).with_name(CANARY_FILE), bundle.canary)
    bundle.requirements.write_text(requirements(sources, airflow_version), encoding="utf-8")
    return bundle


def requirements(sources: CodeSources, airflow_version: str) -> str:
    """The text of MWAA's requirements.txt: the lock with its hashes, found in plugins.zip and nowhere else."""
    return _WAY_TO_INSTALL + sources.lock(airflow_version).read_text(encoding="utf-8")


def _members(sources: CodeSources, airflow_version: str) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file of everything in it."""
    for path in sources.plugins.rglob("*"):
        below = path.relative_to(sources.plugins)
        if path.is_file() and path.suffix != ".pyc" and not _left_out(below):
            yield below.as_posix(), path
    yield "constraints.txt", constraints_file(sources.requirements, airflow_version)
    for wheel in chosen(read_lock(sources.lock(airflow_version)), sources.wheels_for(airflow_version)):
        yield f"wheels/{wheel.name}", wheel


def _left_out(path: Path) -> bool:
    return any(part in _LEFT_OUT or part.endswith(".egg-info") for part in path.parts)
