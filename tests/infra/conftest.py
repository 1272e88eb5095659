"""The synthesised parameter sets, and whether the golden files are written anew."""

import sys
from pathlib import Path

import pytest

# `infra` is an application that runs from its checkout; nothing installs it.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.infra import fixtures

node = fixtures.node
synthesised = fixtures.synthesised
assemblies = fixtures.assemblies
defaults = fixtures.defaults


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate-infra", action="store_true", help="write tests/infra/golden anew")


@pytest.fixture(scope="session")
def regenerate(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--regenerate-infra", default=False))
