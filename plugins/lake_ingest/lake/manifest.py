"""The manifest of a publication: which objects it consists of, and everything needed to believe them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lake_ingest.lake.staging import Receipt
from lake_ingest.run.plan import Plan, interval_to_dict, written

MANIFEST_VERSION = 1


def build_manifest(plan: Plan, receipts: Sequence[Receipt], keys: Sequence[str]) -> dict[str, Any]:
    """Describe a publication.

    Args:
        plan: the run's plan.
        receipts: one a batch, in order.
        keys: the published keys, in the same order.
    """
    ingestion = plan.ingestion
    return {
        "manifest_version": MANIFEST_VERSION,
        "unit": ingestion.unit,
        "name": ingestion.name,
        "object": ingestion.object,
        "dag_id": plan.run.dag_id,
        "run_id": plan.run.run_id,
        "spec_version": ingestion.spec_version,
        "logical_date": plan.run.logical_date.isoformat().replace("+00:00", "Z"),
        "data_interval": interval_to_dict(plan.run.data_interval),
        "window": interval_to_dict(plan.window),
        "include_deleted": plan.include_deleted,
        "format": ingestion.format,
        "compression": ingestion.compression,
        "schema": [
            {"name": column.name, "kind": column.written_as, "type": column.type, "protect": column.protect}
            for column in written(ingestion, plan.columns)
        ],
        "drift": plan.drift.to_dict(),
        "rows": sum(receipt.rows for receipt in receipts),
        "bytes": sum(receipt.bytes for receipt in receipts),
        "api_calls": plan.api_calls + sum(receipt.api_calls for receipt in receipts),
        "batches": [
            {
                **interval_to_dict(plan.batches[receipt.index]),
                "key": key,
                "rows": receipt.rows,
                "bytes": receipt.bytes,
                "sha256": receipt.sha256,
                "soql": receipt.soql,
                "api": receipt.api,
                "api_calls": receipt.api_calls,
                "nul_bytes_removed": receipt.nul_bytes_removed,
                "seconds": receipt.seconds,
            }
            for receipt, key in zip(receipts, keys, strict=True)
        ],
        "published_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
