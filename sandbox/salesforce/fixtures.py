"""pytest fixtures: `pytest_plugins = ["sandbox.salesforce.fixtures"]`, or import what is needed."""

from collections.abc import Iterator

import pytest

from sandbox.salesforce.org import Org
from sandbox.salesforce.running import running_org


@pytest.fixture(scope="session")
def shared_org() -> Iterator[Org]:
    """One org of 5,000 opportunities for the whole session."""
    with running_org(rows=5000, seed=1) as running:
        yield running


@pytest.fixture
def org(shared_org: Org) -> Iterator[Org]:
    """The session's org with an empty log and no faults; whoever moves its clock or limits starts an own one."""
    shared_org.reset_log()
    shared_org.clear_faults()
    yield shared_org
    shared_org.clear_faults()
