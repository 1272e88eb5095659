"""A worker that is killed at any instant, and the retry after it, give the same publication."""

import json
import os
import random
import subprocess
import sys
from dataclasses import asdict

import pytest

from tests.runtime.landing import DAY, PREFIX

SPEC = {
    "object": "Opportunity",
    "window": {"from": "2026-01-01", "to": "2026-11-01"},
}
CUT = {"batch_size": "5 months"}


def worker(landing, api, cut):
    environment = {
        **os.environ,
        "KILL_ORG": json.dumps(asdict(landing.org)),
        "KILL_S3": landing.bucket.client.meta.endpoint_url,
        "KILL_BUCKET": landing.bucket.name,
    }
    command = [sys.executable, "-m", "tests.runtime.run.kill_subject", api, json.dumps(cut)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def without_times(manifest):
    batches = [
        {key: value for key, value in batch.items() if key not in ("seconds", "calls")}
        for batch in manifest["batches"]
    ]
    return {**manifest, "batches": batches, "published_at": None, "calls": None, "run_id": None}


@pytest.mark.parametrize(
    ("api", "seed", "cut"), [("rest", 1, CUT), ("bulk", 2, CUT), ("rest", 3, {}), ("bulk", 4, {})]
)
def test_a_killed_worker_leaves_no_trace(landing, s3, api, seed, cut):
    """Killed at instants drawn from the requests that a whole run makes of S3, in three tasks and in one."""
    before = s3.requests
    clean = landing.land(DAY, "clean", **SPEC, **cut, format="csv", api=api)
    requests = s3.requests - before
    landing.bucket.delete(landing.bucket.keys(""))
    for instant in sorted(random.Random(seed).sample(range(requests), 4)):
        s3.fault("hold", ".", skip=instant)
        with worker(landing, api, cut) as process:
            assert s3.held.acquire(timeout=60), (
                f"a run makes {requests} requests of S3; there was none after {instant}"
            )
            process.kill()
        s3.clear_faults()
    with worker(landing, api, cut) as process:
        assert process.communicate()[0].endswith("done\n")
    manifest = landing.bucket.get_json(f"{PREFIX}/dt=20261101T000000Z/_manifest.json")
    assert without_times(manifest) == without_times(clean)
    expected = {batch["key"] for batch in clean["batches"]} | {f"{PREFIX}/dt=20261101T000000Z/_manifest.json"}
    assert set(landing.bucket.keys("")) == expected
