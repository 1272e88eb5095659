"""A manifest to change in one place or another."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lake_ingest.lake.manifest import Manifest, PublishedBatch
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import Interval

DAY, NEXT = datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)
BATCH = PublishedBatch(
    interval=Interval(DAY, NEXT),
    key="sales/deals/dt=20261127T000000Z/run/000.csv",
    rows=3,
    bytes=120,
    sha256="ab" * 32,
    statement="SELECT Id FROM Opportunity",
    route="bulk",
    calls=5,
    nul_bytes_removed=0,
    seconds=1.5,
)
MANIFEST = Manifest(
    unit="sales",
    name="deals",
    source="salesforce",
    object="Opportunity",
    dag_id="sales.deals",
    run_id="scheduled__1",
    spec_version="0123456789ab",
    logical_date=NEXT,
    data_interval=Interval(DAY, NEXT),
    window=Interval(DAY, NEXT),
    include_deleted=True,
    format="csv",
    compression="gzip",
    schema=(Column("Id", "text", source_type="id", key=0),),
    drift={"added": [], "removed": [], "changed": []},
    calls=5,
    batches=(BATCH,),
)


def manifest(**changes: Any) -> Manifest:
    return replace(MANIFEST, **changes)
