"""A whole run of the engine without Airflow: plan, extract every batch, publish."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.run.extract import stage_batch
from lake_ingest.run.frozen_plan import make_plan, planned
from lake_ingest.run.ingest import Lake, ingest
from lake_ingest.run.opening import Run, open_run
from lake_ingest.run.publish import publish
from lake_ingest.run.reading import BatchReader
from lake_ingest.run.waiting import Waiting
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.connection import Credentials
from lake_ingest.sources.salesforce.source import SalesforceSource
from lake_ingest.spec.interval import Interval
from lake_ingest.version import VERSION

from tests.runtime.lake.tables import glue_at

PREFIX = "finance/deals"
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Landing:
    """One org and one bucket; `land` gives the manifest of a run. Up to version 57, Salesforce lists no result pages."""

    org: Any
    bucket: Bucket
    key: bytes | None = b"a key of the unit"
    version: str = "64.0"

    def glue(self) -> Any:
        """The catalogue, at the endpoint of the bucket."""
        return glue_at(self.bucket.client.meta.endpoint_url)

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

    def source(self) -> SalesforceSource:
        return SalesforceSource(self.client())

    def run(self, day: datetime, run_id: str, end: datetime | None = None) -> Run:
        return Run("finance.deals", run_id, day, Interval(end and day, end))

    def land(
        self, day: datetime = DAY, run_id: str = "run", end: datetime | None = None, **spec: Any
    ) -> dict[str, Any]:
        """The manifest of a run, which has the shape that the compiler gives it: one task, or three where it is cut."""
        if "batch_size" not in spec or spec.get("one_snapshot"):
            return self.ingest(day, run_id, end, **spec).to_dict()
        staging = self.extract(day, run_id, end, **spec)
        return publish(staging, PREFIX, run_id, day, self.glue).to_dict()

    def ingest(
        self, day: datetime, run_id: str, end: datetime | None = None, *, first_try: bool = False, **spec: Any
    ) -> Manifest:
        lake = Lake(self.bucket, PREFIX, lambda _: self.key, first_try, self.glue)
        opening = open_run(self.compiled(**spec), self.run(day, run_id, end or day))
        outcome = ingest(self.source(), lake, opening)
        while isinstance(outcome, Waiting):
            while not outcome.pending.ready:  # as the triggerer does
                source = self.source()
                outcome = outcome.seen(source.look(outcome.pending), source)
            outcome = ingest(self.source(), lake, opening, outcome)
        return outcome

    def compiled(self, **spec: Any) -> dict[str, Any]:
        return {
            "runtime": VERSION,
            "unit": "finance",
            "name": "deals",
            "source": "salesforce",
            "conn_id": "test",
            "window": "full",
            **spec,
        }

    def extract(self, day: datetime, run_id: str, end: datetime | None = None, **spec: Any) -> Staging:
        staging = Staging(self.bucket, PREFIX, run_id)
        last = last_manifest(self.bucket, PREFIX, day)
        plan = make_plan(
            self.source(), open_run(self.compiled(**spec), self.run(day, run_id, end or day)), last
        )
        staging.begin(plan.to_dict())
        for index in range(len(plan.batches)):
            self.stage(staging, index)
        return staging

    def stage(self, staging: Staging, index: int) -> Receipt:
        plan, source = planned(staging), self.source()
        reader = BatchReader(
            source,
            plan.request(index),
            staging,
            index,
            lambda reading: stage_batch(staging, plan, index, reading, self.key),
        )
        outcome = reader.begin()
        while isinstance(outcome, Waiting):
            outcome = reader.resume(replace(outcome, pending=source.look(outcome.pending)))
        return outcome
