"""The DAG that the provisioning pipeline runs on a worker: it needs no connection, and loads what every ingestion may load."""

import pytest

pytestmark = pytest.mark.e2e


def test_the_canary_runs_as_it_arrives(stack, first):
    """Nobody unpaused it."""
    assert first.progress["platform_canary"].run.state == "success", first.failure(stack, "platform_canary")
