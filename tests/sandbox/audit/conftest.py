"""The templates that are audited."""

import sys
from pathlib import Path

# `infra` is an application that runs from its checkout; nothing installs it.
sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.infra import fixtures

node = fixtures.node
synthesised = fixtures.synthesised
assemblies = fixtures.assemblies
defaults = fixtures.defaults
