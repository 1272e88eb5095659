"""A whole run of the engine without Airflow: plan, extract every batch, publish."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.publication import publish
from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.run.extract import stage_batch
from lake_ingest.run.plan import Run, make_plan
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.connection import Credentials
from lake_ingest.sources.salesforce.reading import BatchReader, Waiting
from lake_ingest.spec.window import Interval

PREFIX = "finance/deals"
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Landing:
    """One org and one bucket; `land` gives the manifest of a run. Up to version 57, Salesforce lists no result pages."""

    org: Any
    bucket: Bucket
    key: bytes | None = b"a key of the unit"
    version: str = "64.0"

    def client(self, **credentials: Any) -> Client:
        given = {
            "conn_id": "test",
            "flow": "soap",
            "domain": self.org.my_domain,
            "version": self.version,
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
        return publish(staging, PREFIX, run_id, day)

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
        reader = BatchReader(
            self.client(),
            plan,
            plan.batches[index],
            deliver=lambda reading: stage_batch(staging, plan, index, reading, self.key),
            note_jobs=lambda job_ids: staging.note_jobs(index, job_ids),
            started=time.time(),
        )
        outcome = reader.start(staging.noted_jobs(index))
        while isinstance(outcome, Waiting):
            outcome = reader.go_on(outcome.jobs)
        return outcome
