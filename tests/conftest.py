"""What all tests share: golden files, and marks that follow from the fixtures which a test uses."""

import gc
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.botocore_kept import keep
from tests.servers import starts_a_server

_HERE = f"{Path(__file__).parents[1]}/"

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


keep()

# Until the tests are collected nothing is left behind, so the collector of cycles would find nothing.
gc.disable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regen", action="store_true", help="write the golden files anew; `make regen` does")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests, and put those first that take long: first those that drive a whole Airflow, then those with a server."""
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")
        # `node` is the process that synthesises templates; it serves the CDK for as long as that takes.
        beside = item.get_closest_marker("e2e") or "node" in getattr(item, "fixturenames", ())
        if beside or any(starts_a_server(code) for code in _code_of(item)):
            item.add_marker("server")
    items.sort(key=lambda item: (not item.get_closest_marker("e2e"), not item.get_closest_marker("server")))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of cycles need not look at it again and again, nor after each few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How `pytest -n` shares out the tests, in their order: by module, and all of tests/e2e to one worker, for its one Airflow."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  # not needed without workers

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/e2e" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]

    return ByModule(config, log)


def _code_of(item: pytest.Item) -> Iterator[object]:
    """The test's function, and those of all fixtures that it uses."""
    yield getattr(item, "function", None)
    for fixtures in item._fixtureinfo.name2fixturedefs.values():
        yield from (fixture.func for fixture in fixtures)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """What the test starts can be interrupted, also where the suite itself cannot, as in `nohup make test &`.

    A process inherits that SIGINT is ignored, but not a handler.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
