"""A whole run of the engine without Airflow: plan, extract every batch, publish."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sf_to_s3.domain.window import Interval
from sf_to_s3.extract import choose_api, read_by_rest, read_jobs, stage_batch
from sf_to_s3.history import last_manifest
from sf_to_s3.jobs import split_timed_out, start_job
from sf_to_s3.lake.bucket import Bucket
from sf_to_s3.plan import Run, make_plan
from sf_to_s3.publish import publish
from sf_to_s3.salesforce.bulk import discard_job, wait_briefly
from sf_to_s3.salesforce.client import Client
from sf_to_s3.salesforce.connection import Credentials
from sf_to_s3.staging import Receipt, Staging

PREFIX = "finance/deals"
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Landing:
    """One org and one bucket; `land` gives the manifest of a run."""

    org: Any
    bucket: Bucket
    key: bytes | None = b"a key of the unit"

    def client(self, **credentials: Any) -> Client:
        given = {
            "conn_id": "test",
            "flow": "soap",
            "domain": self.org.my_domain,
            "version": "64.0",
            "username": self.org.username,
            "password": self.org.password,
            "security_token": self.org.security_token,
            "proxies": {"https": self.org.proxy},
        }
        return Client(Credentials(**{**given, **credentials}), pause=0.01)

    def run(self, day: datetime, run_id: str, end: datetime | None = None) -> Run:
        return Run("finance.deals", run_id, day, Interval(end and day, end))

    def land(
        self, day: datetime = DAY, run_id: str = "run", end: datetime | None = None, **spec: Any
    ) -> dict[str, Any]:
        staging = self.extract(day, run_id, end, **spec)
        return publish(staging, PREFIX, run_id)

    def extract(self, day: datetime, run_id: str, end: datetime | None = None, **spec: Any) -> Staging:
        compiled = {
            "unit": "finance",
            "name": "deals",
            "salesforce_conn_id": "test",
            "window": "full",
            **spec,
        }
        staging = Staging(self.bucket, PREFIX, run_id)
        last = last_manifest(self.bucket, PREFIX, day)
        plan = make_plan(self.client(), compiled, self.run(day, run_id, end or day), last)
        staging.begin(plan)
        for index in range(len(plan.batches)):
            self.stage(staging, index)
        return staging

    def stage(self, staging: Staging, index: int) -> Receipt:
        plan = staging.plan()
        batch = plan.batches[index]
        client = self.client()
        if choose_api(client, plan, batch).api == "rest":
            return stage_batch(staging, plan, index, read_by_rest(client, plan, batch), self.key)
        jobs = (start_job(client, plan, batch),)
        statuses = wait_briefly(client, [job.id for job in jobs])
        while not all(status.state == "JobComplete" for status in statuses):
            jobs = split_timed_out(client, plan, jobs, statuses)
            time.sleep(0.05)
            statuses = wait_briefly(client, [job.id for job in jobs])
        receipt = stage_batch(staging, plan, index, read_jobs(client, plan, statuses), self.key)
        for job in jobs:
            discard_job(client, job.id)
        return receipt
