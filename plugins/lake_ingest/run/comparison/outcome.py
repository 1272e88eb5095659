"""What a comparison found, put where readers look: the missing keys beside the ingestion's own publications, the manifest last."""

import time
from dataclasses import replace

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.manifest import Manifest, described
from lake_ingest.lake.publication import Place, prune, switch
from lake_ingest.lake.staging import Receipt, StagedObject, Staging
from lake_ingest.run.comparison.baseline import Baseline
from lake_ingest.run.comparison.compare import Outcome, StagedKeys, missing_columns
from lake_ingest.run.comparison.partitions import KEY
from lake_ingest.run.frozen_plan import Plan
from lake_ingest.run.publish import manifest_of
from lake_ingest.run.reading import Reading
from lake_ingest.run.registration import Glue, no_catalogue, open_keys
from lake_ingest.spec.object_key import (
    deleted_name,
    deleted_prefix,
    extension,
    known_folder,
    known_key,
    source_keys_folder,
    source_keys_key,
)


def publish_comparison(
    staging: Staging,
    prefix: str,
    plan: Plan,
    baseline: Baseline,
    reading: Reading,
    outcome: Outcome,
    glue: Glue = no_catalogue,
) -> Manifest:
    """Copy what is staged to its final keys, write the manifest, remove what it replaces; gives the manifest.

    Args:
        staging: of the comparison.
        prefix: of the ingestion's publications.
        plan: by which the source's keys were read.
        baseline: what they were compared with.
        reading: how they were read.
        outcome: what came of it.
        glue: gives a client of the catalogue, for a dataset with a current state.

    Raises:
        RetriableError: S3 failed, or another run was first. The former comparison stands then.
    """
    day, ingestion, missing = plan.run.logical_date, plan.ingestion, outcome.missing
    bucket, place = staging.bucket, Place.of(staging.bucket, deleted_prefix(prefix), day)
    name = deleted_name(ingestion.object, missing.sha256, extension(ingestion.format, ingestion.compression))
    copies = {
        missing.key: place.folder + name,
        outcome.known.key: known_key(prefix, day, outcome.known.sha256),
    }
    manifest = _manifest(plan, baseline, reading, outcome, copies)
    standing, replaced = bucket.read(place.manifest), bucket.keys(place.folder)
    keys = outcome.source
    if keys is not None:
        copies[keys.key] = source_keys_key(prefix, day, keys.sha256)
    table = open_keys(plan, place, prefix, glue)
    switch(place, manifest.to_dict(), copies, standing)
    if keys is not None:
        replaced += table.move(_of_source(manifest, plan, keys, copies[keys.key]))
        folder = source_keys_folder(prefix)
        bucket.delete(key for key in bucket.keys(folder) if key != copies[keys.key])
    prune(place, replaced, manifest)
    _forget(bucket, prefix, baseline, copies[outcome.known.key])
    return manifest


def _manifest(
    plan: Plan, baseline: Baseline, reading: Reading, outcome: Outcome, copies: dict[str, str]
) -> Manifest:
    """A manifest like any other, with what was compared and what the next comparison begins with."""
    missing, known = outcome.missing, outcome.known
    receipt = Receipt(
        index=0,
        objects=(StagedObject(missing.key, missing.count, missing.bytes, missing.sha256, missing.etag),),
        statement=reading.rows.statement,
        route=reading.rows.route,
        calls=reading.calls,
        nul_bytes_removed=0,
        seconds=round(time.time() - reading.started, 3),
        as_of=plan.as_of(0, reading.started),
    )
    return replace(
        manifest_of(plan, [receipt], copies),
        name=f"{plan.ingestion.name}_deleted",
        schema=tuple(described(column) for column in missing_columns(plan)),
        extra={
            "compared": {
                "with": baseline.known.logical_date if baseline.known else None,
                "ids_in_lake": outcome.in_lake,
                "ids_in_source": outcome.in_source,
            },
            "known": {
                "key": copies[known.key],
                "column": KEY.names[0],
                "ids": known.count,
                "bytes": known.bytes,
                "sha256": known.sha256,
                "publications": baseline.publications,
            },
        },
    )


def _of_source(manifest: Manifest, plan: Plan, keys: StagedKeys, key: str) -> Manifest:
    """The source's keys as their table takes them."""
    [batch] = manifest.batches
    own = replace(batch, key=key, rows=keys.count, bytes=keys.bytes, sha256=keys.sha256)
    return replace(
        manifest, schema=tuple(described(column) for column in plan.columns), format="parquet", batches=(own,)
    )


def _forget(bucket: Bucket, prefix: str, baseline: Baseline, known: str) -> None:
    """Delete known keys that no run needs any more; those of the comparison before serve a rerun of this one."""
    folder = known_folder(prefix)
    day = known[: known.index(".", len(folder))]
    before = baseline.known.key if baseline.known else known
    kept = {known, before}
    stale = [
        key for key in bucket.keys(folder) if key not in kept and (key < before or key.startswith(f"{day}."))
    ]
    bucket.delete(stale)
