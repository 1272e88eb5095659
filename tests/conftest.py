"""What all tests share: golden files, and marks that follow from the fixtures which a test uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regen", action="store_true", help="write the golden files anew; `make regen` does")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")


@dataclass(frozen=True)
class Golden:
    """Holds texts against files that a reviewer has read; with `--regen` it writes these files instead."""

    regenerate: bool

    def __call__(self, path: Path, text: str) -> None:
        """One file, byte for byte."""
        if self.regenerate:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"{path} is missing: run `make regen`, and read what it wrote"
        assert text == path.read_bytes().decode(), f"{path} differs: if that is meant, run `make regen`"

    def folder(self, folder: Path, texts: Mapping[str, str]) -> None:
        """All files of a folder, by their paths in it; there is no other."""
        standing = {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}
        surplus = standing - {folder / name for name in texts}
        if self.regenerate:
            for path in surplus:
                path.unlink()
            surplus = set()
        for name, text in texts.items():
            self(folder / name, text)
        assert surplus == set(), "nothing makes these golden files any more: run `make regen`"


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare with a golden file: `golden(path, text)`, or `golden.folder(folder, texts)`."""
    return Golden(regenerate=bool(request.config.getoption("regen")))
