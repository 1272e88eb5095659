"""A worker that is killed at any instant, and the retry after it, give the same publication.

In three tasks, and by a job that outlives its worker; `tests/runtime/contract` kills one task of every source.
"""

import random

import pytest

from tests.runtime.landing import DAY, PREFIX
from tests.runtime.run.kill_subject import land, place_of
from tests.runtime.workers import worker

CUT = {"batch_size": "5 months"}
WINDOW = {"window": {"from": "2026-01-01", "to": "2026-11-01"}, "format": "csv"}
REST = {"object": "Opportunity", "api": "rest", **WINDOW}
BULK = {"object": "Opportunity", "api": "bulk", **WINDOW}
TABLE = {"cursor": "at", **WINDOW}


def without_times(manifest):
    batches = [
        {key: value for key, value in batch.items() if key not in ("seconds", "calls")}
        for batch in manifest["batches"]
    ]
    return {**manifest, "batches": batches, "published_at": None, "calls": None, "run_id": None}


@pytest.fixture
def deals(tables):
    """A table of ten months."""
    tables.schema.sql(
        "CREATE TABLE deals AS SELECT g AS id, timestamptz '2026-01-01' + g * interval '1 hour' AS at FROM generate_series(0, 7000) g"
    )
    return tables


@pytest.mark.parametrize(
    ("source", "seed", "spec"),
    [("landing", 1, REST | CUT), ("landing", 2, BULK | CUT), ("landing", 4, BULK), ("deals", 5, TABLE | CUT)],
)  # fmt: skip
def test_a_killed_worker_leaves_no_trace(request, s3, source, seed, spec):
    """Killed at instants drawn from the requests that a whole run makes of S3, in three tasks and in one."""
    landing = request.getfixturevalue(source)
    before = s3.requests
    clean = landing.land(DAY, "clean", **spec)
    requests = s3.requests - before
    landing.bucket.delete(landing.bucket.keys(""))
    place = place_of(landing)
    for instant in sorted(random.Random(seed).sample(range(requests), 3)):
        s3.fault("hold", ".", skip=instant)
        with worker(land, *place, spec) as process:
            assert s3.held.acquire(timeout=60), (
                f"a run makes {requests} requests of S3; there was none after {instant}"
            )
            process.kill()
        s3.clear_faults()
    with worker(land, *place, spec) as process:
        process.join()
        assert process.exitcode == 0
    manifest = landing.bucket.get_json(f"{PREFIX}/dt=20261101T000000Z/_manifest.json")
    assert without_times(manifest) == without_times(clean)
    expected = {batch["key"] for batch in clean["batches"]} | {f"{PREFIX}/dt=20261101T000000Z/_manifest.json"}
    assert set(landing.bucket.keys("")) == expected
