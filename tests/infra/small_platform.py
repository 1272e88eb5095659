"""A platform of one runtime file and three packages: what `infra` bundles, small enough to be made anew in every test."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from infra.resources.code_bundle import CodeSources

PLATFORM = Path(__file__).parent / "platform"
VERSIONS = ("3.3.1", "3.0.6")
# One for every machine, one of each architecture, one that a machine of ours never installs.
WHEELS = (
    "everywhere-1.0-py3-none-any.whl",
    "native-2.1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "native-2.1-cp312-cp312-manylinux_2_28_aarch64.whl",
)
NOT_OURS = "elsewhere==3 ; sys_platform == 'win32'"


def write_wheel(folder: Path, name: str, says: str = "") -> Path:
    """A wheel that pip installs; `says` changes its content."""
    package, version, tags = name.split("-", 2)
    info = f"{package}-{version}.dist-info"
    files = {
        f"{package}.py": f"{says!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
        + "".join(f"Tag: {tags[: -len('.whl')]}\n"),
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    folder.mkdir(parents=True, exist_ok=True)
    with ZipFile(folder / name, "w", ZIP_STORED) as archive:
        for path, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(ZipInfo(path, (1980, 1, 1, 0, 0, 0)), content)
    return folder / name


def lock_text(wheels: Iterable[Path]) -> str:
    """A lock as `uv pip compile` writes it, of just these files."""
    pins: dict[str, list[str]] = {}
    for wheel in wheels:
        package, version = wheel.name.split("-", 2)[:2]
        pins.setdefault(f"{package}=={version}", []).append(hashlib.sha256(wheel.read_bytes()).hexdigest())
    pins[NOT_OURS] = ["0" * 64]
    return "".join(
        f"{pin} \\\n" + " \\\n".join(f"    --hash=sha256:{digest}" for digest in sorted(digests)) + "\n"
        for pin, digests in sorted(pins.items())
    )


def write_sources(folder: Path) -> CodeSources:
    """The small platform with a lock, constraints and wheels for each Airflow version."""
    sources = CodeSources(PLATFORM / "plugins", folder / "requirements", folder / "wheels")
    sources.requirements.mkdir(parents=True)
    for version in VERSIONS:
        wheels = [write_wheel(sources.wheels_for(version), name, version) for name in WHEELS]
        sources.lock(version).write_text(lock_text(wheels), encoding="utf-8")
        (sources.requirements / f"constraints-{version}-py3.12.txt").write_text("everywhere==1.0\n")
    return sources
