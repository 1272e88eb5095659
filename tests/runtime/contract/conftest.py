"""Every kind of source, one after the other, with a table of its own."""

from collections.abc import Iterator

import pytest
from lake_ingest.lake.bucket import Bucket
from lake_ingest.sources import polling

from tests.runtime.contract.kinds import KINDS, Kind, Salesforce


@pytest.fixture(autouse=True)
def looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs at a source is there at once; no test waits for the next look."""
    monkeypatch.setattr(polling, "_SETTLING", 0.05)
    monkeypatch.setattr(polling, "_SHORTEST", 0.05)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, bucket: Bucket) -> Iterator[Kind]:
    """A table of deals, still empty."""
    make, landing = KINDS[request.param]
    made = make(request.getfixturevalue(landing))
    yield made
    if isinstance(made, Salesforce) and made.ids:
        made.landing.org.hard_delete("Opportunity", list(made.ids.values()))
