"""A worker that is killed at any instant, and the retry after it, give the same publication and leave no export behind."""

import random
from datetime import timedelta

from tests.runtime.landing import PREFIX
from tests.runtime.sources.dynamodb.kill_subject import land
from tests.runtime.sources.dynamodb.meters import DAY, item
from tests.runtime.workers import worker

SPEC = {"fields": [{"name": "meter"}, {"name": "slot", "type": "integer"}], "window": "incremental"}


def test_a_killed_worker_leaves_no_trace(meters, s3):
    """Killed at instants drawn from the requests that a whole run makes, of S3 and of DynamoDB."""
    meters.put(DAY + timedelta(hours=1), *(item(f"m{number}", number) for number in range(20)))
    before = s3.requests
    clean = meters.land(DAY, "clean", DAY.replace(hour=12), **SPEC)
    requests = s3.requests - before
    meters.bucket.delete(meters.bucket.keys(""))
    place = (meters.endpoint, meters.bucket.name, meters.table)
    for instant in sorted(random.Random(1).sample(range(requests), 3)):
        s3.fault("hold", ".", skip=instant)
        with worker(land, *place, SPEC) as process:
            assert s3.held.acquire(timeout=60)
            process.kill()
        s3.clear_faults()
    with worker(land, *place, SPEC) as process:
        process.join()
        assert process.exitcode == 0
    folder = f"{PREFIX}/dt={DAY:%Y%m%dT%H%M%SZ}"
    manifest = meters.bucket.get_json(f"{folder}/_manifest.json")
    assert [batch["sha256"] for batch in manifest["batches"]] == [
        batch["sha256"] for batch in clean["batches"]
    ]
    assert set(meters.bucket.keys("")) == {clean["batches"][0]["key"], f"{folder}/_manifest.json"}
