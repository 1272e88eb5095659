"""The publication of a comparison: the missing ids beside the ingestion's own publications, the manifest last."""

import time
from typing import Any

from lake_ingest.errors import IngestionError
from lake_ingest.lake.bucket import Bucket, Document
from lake_ingest.lake.manifest import build_manifest
from lake_ingest.lake.publication import prune
from lake_ingest.lake.staging import Receipt, Staging
from lake_ingest.run.comparison.baseline import Baseline
from lake_ingest.run.comparison.compare import Outcome, deleted_columns
from lake_ingest.run.extract import Reading
from lake_ingest.run.plan import Plan
from lake_ingest.spec.object_key import (
    deleted_name,
    deleted_prefix,
    extension,
    known_folder,
    known_key,
    manifest_key,
    publication_prefix,
)


def publish_comparison(
    staging: Staging, prefix: str, plan: Plan, baseline: Baseline, reading: Reading, outcome: Outcome
) -> dict[str, Any]:
    """Copy what is staged to its final keys, write the manifest, remove what it replaces; gives the manifest.

    Args:
        staging: of the comparison.
        prefix: of the ingestion's publications.
        plan: by which the org's ids were read.
        baseline: what they were compared with.
        reading: how they were read.
        outcome: what came of it.

    Raises:
        RetriableError: S3 failed, or another run was first. The former comparison stands then.
    """
    bucket, home, day = staging.bucket, deleted_prefix(prefix), plan.run.logical_date
    folder, place = publication_prefix(home, day), manifest_key(home, day)
    ingestion, missing = plan.ingestion, outcome.missing
    name = deleted_name(ingestion.object, missing.sha256, extension(ingestion.format, ingestion.compression))
    keys = {missing.key: folder + name, outcome.known.key: known_key(prefix, day, outcome.known.sha256)}
    manifest = _manifest(plan, baseline, reading, outcome, keys)
    standing = bucket.read(place)
    kept, replaced = _named(standing), bucket.keys(folder)
    try:
        for staged, key in keys.items():
            if key not in kept:
                bucket.copy(staged, key)
        bucket.replace_json(place, manifest, standing.etag if standing else None)
    except IngestionError:
        kept |= _named(bucket.read(place))  # another run's, if that is why
        bucket.delete(key for key in keys.values() if key not in kept)
        raise
    prune(bucket, folder, replaced, manifest)
    _forget(bucket, prefix, baseline, manifest["known"]["key"])
    return manifest


def _manifest(
    plan: Plan, baseline: Baseline, reading: Reading, outcome: Outcome, keys: dict[str, str]
) -> dict[str, Any]:
    """A manifest like any other, with what was compared and what the next comparison begins with."""
    missing, known = outcome.missing, outcome.known
    receipt = Receipt(
        index=0,
        key=missing.key,
        rows=missing.ids,
        bytes=missing.bytes,
        sha256=missing.sha256,
        etag=missing.etag,
        soql=plan.query(plan.batches[0]),
        api=reading.api,
        api_calls=reading.api_calls,
        nul_bytes_removed=0,
        seconds=round(time.time() - reading.started, 3),
    )
    return {
        **build_manifest(plan, [receipt], [keys[missing.key]]),
        "name": f"{plan.ingestion.name}_deleted",
        "schema": [
            {"name": column.name, "kind": column.written_as, "type": column.type, "protect": None}
            for column in deleted_columns(plan.ingestion)
        ],
        "compared": {
            "with": baseline.known.logical_date if baseline.known else None,
            "ids_in_lake": outcome.in_lake,
            "ids_in_org": outcome.in_org,
        },
        "known": {
            "key": keys[known.key],
            "ids": known.ids,
            "bytes": known.bytes,
            "sha256": known.sha256,
            "publications": baseline.publications,
        },
    }


def _named(manifest: Document | None) -> set[str]:
    if manifest is None:
        return set()
    return {manifest.value["known"]["key"], *(batch["key"] for batch in manifest.value["batches"])}


def _forget(bucket: Bucket, prefix: str, baseline: Baseline, known: str) -> None:
    """Delete known ids that no run needs any more; those of the comparison before serve a rerun of this one."""
    folder = known_folder(prefix)
    day = known[: known.index(".", len(folder))]
    before = baseline.known.key if baseline.known else known
    kept = {known, before}
    stale = [
        key for key in bucket.keys(folder) if key not in kept and (key < before or key.startswith(f"{day}."))
    ]
    bucket.delete(stale)
