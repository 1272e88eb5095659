"""Whether a run compares keys: the first one of each period does."""

from datetime import UTC, datetime

from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import last_manifest
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.object_key import deleted_prefix
from lake_ingest.spec.period import period_start

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def why_not(bucket: Bucket, prefix: str, logical_date: datetime, ingestion: Ingestion) -> str | None:
    """Why the run of a logical date does not compare; None where it does.

    It compares when no earlier run of its period has, and again when it is run again. Once a later run has compared,
    what was missing has been written there, and a comparison with today's source under an old date would write it twice.
    """
    if ingestion.compare_ids is None:
        return "the spec does not ask for it"
    newest = last_manifest(bucket, deleted_prefix(prefix), _END_OF_TIME)
    if newest is None:
        return None
    compared = newest.logical_date
    if compared > logical_date:
        return f"a later run has compared already, that of {compared:%Y-%m-%dT%H:%M:%SZ}"
    begun = period_start(logical_date, ingestion.compare_ids, ingestion.zone)
    if begun <= compared < logical_date:
        return f"the run of {compared:%Y-%m-%dT%H:%M:%SZ} has compared already in the period of {ingestion.compare_ids} that began {begun:%Y-%m-%dT%H:%M:%SZ}"
    return None
