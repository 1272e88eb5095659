"""The synthesised parameter sets of `tests.infra.fixtures`."""

import sys
from pathlib import Path

# `infra` is an application that runs from its checkout; nothing installs it.
sys.path.insert(0, str(Path(__file__).parents[2]))

from moto.s3 import models, urls

from tests.infra import fixtures, served

# moto loads this module anew at each request, in case its environment has changed.
models.S3Backend._url_module = property(lambda _: urls)  # type: ignore[assignment,method-assign]

node = fixtures.node
synthesised = fixtures.synthesised
assemblies = fixtures.assemblies
defaults = fixtures.defaults
s3_address = served.s3_address
