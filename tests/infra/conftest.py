"""The synthesised parameter sets of `tests.infra.fixtures`."""

import sys
from pathlib import Path

# `infra` is an application that runs from its checkout; nothing installs it.
sys.path.insert(0, str(Path(__file__).parents[2]))

import pytest
from moto.s3 import models, urls

from infra.business_unit import compile_units
from tests.infra import fixtures, served

# moto loads this module anew at each request, in case its environment has changed.
models.S3Backend._url_module = property(lambda _: urls)  # type: ignore[assignment,method-assign]


@pytest.fixture(scope="session")
def units_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units of this checkout, compiled once."""
    return compile_units(fixtures.ROOT, tmp_path_factory.mktemp("units") / "units.json")


node = fixtures.node
synthesised = fixtures.synthesised
assemblies = fixtures.assemblies
defaults = fixtures.defaults
s3_address = served.s3_address
