"""What MWAA installs: plugins.zip and requirements.txt, the same bytes for the same sources on every machine."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

CONSTRAINTS = "constraints-3.3.1-py3.12.txt"
LOCKED_VERSION = "3.3.1"
# MWAA unpacks plugins.zip before it installs requirements.txt, so a constraint in it needs no network:
# https://docs.aws.amazon.com/mwaa/latest/userguide/best-practices-dependencies.html
_CONSTRAINT_LINE = '--constraint "/usr/local/airflow/plugins/constraints.txt"\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = ("__pycache__", ".mypy_cache", ".ruff_cache")


@dataclass(frozen=True)
class Bundle:
    """The two files, as they are uploaded."""

    plugins: Path
    requirements: Path


def write_bundle(root: Path, out: Path, airflow_version: str) -> Bundle:
    """Write plugins.zip and requirements.txt for one Airflow version.

    The archive is stored, not compressed, with constant times and modes: a compressor's version would change bytes.
    """
    out.mkdir(parents=True, exist_ok=True)
    bundle = Bundle(out / "plugins.zip", out / "requirements.txt")
    with ZipFile(bundle.plugins, "w", ZIP_STORED) as archive:
        for name, content in sorted(_plugin_files(root).items()):
            entry = ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, wherever this runs
            archive.writestr(entry, content)
    bundle.requirements.write_text(requirements(root / "requirements", airflow_version), encoding="utf-8")
    return bundle


def requirements(folder: Path, airflow_version: str) -> str:
    """The text of MWAA's requirements.txt.

    The locked version gets the lock with its hashes, under the constraints that travel in plugins.zip. Other versions
    get the names alone: without a constraint line MWAA installs them under the constraints of its own image.
    """
    if airflow_version == LOCKED_VERSION:
        return _CONSTRAINT_LINE + (folder / "runtime.lock").read_text(encoding="utf-8")
    lines = (folder / "runtime.in").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("apache-airflow==")) + "\n"


def _plugin_files(root: Path) -> dict[str, bytes]:
    plugins = root / "plugins"
    files = {
        path.relative_to(plugins).as_posix(): path.read_bytes()
        for path in plugins.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not _left_out(path.relative_to(plugins))
    }
    return files | {"constraints.txt": (root / "requirements" / CONSTRAINTS).read_bytes()}


def _left_out(path: Path) -> bool:
    return any(part in _LEFT_OUT or part.endswith(".egg-info") for part in path.parts)
