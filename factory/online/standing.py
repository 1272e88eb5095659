"""How the datasets stand: the last publication of each against its schedule, and what holds the next one up.

Everything is read from S3, and nothing is changed: manifests, what runs keep in their staging folders, the ledgers of units.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from croniter import croniter
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import last_manifest
from lake_ingest.lake.manifest import Manifest
from lake_ingest.run.budget import Ledger

from factory.model.ingestion import Ingestion
from factory.model.unit import Unit

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_GRACE = timedelta(hours=1)  # after its tick a run may still be reading
_NOTE, _PLAN = ".pending.json", "/plan.json"


@dataclass(frozen=True)
class Standing:
    """One dataset.

    Attributes:
        dataset: `<unit>.<name>`.
        state: fresh, due, never published, paused, ended, or by hand.
        last: its last good publication.
        due: since when there should be a newer one; None where it is fresh.
        held_by: what holds the next one up, as far as S3 shows it.
    """

    dataset: str
    state: str
    last: Manifest | None
    due: datetime | None
    held_by: str


def standings(specs: Sequence[Ingestion], bucket_of: dict[str, Bucket], now: datetime) -> Iterator[Standing]:
    """How each dataset stands, in the order of the specs.

    Args:
        specs: free of problems.
        bucket_of: the bucket of each spec, by its own word for it.
        now: the moment to judge by.

    Raises:
        IngestionError: S3 cannot be read.
    """
    spent: dict[str, str] = {}
    for spec in specs:
        bucket = bucket_of[spec.bucket]
        last = last_manifest(bucket, spec.prefix, _END_OF_TIME)
        due = _due(spec, last, now)
        if spec.unit.name not in spent:
            spent[spec.unit.name] = _spent(spec.unit, bucket_of[spec.unit.bucket], now)
        held = [_held(bucket, spec.prefix)] if due else []
        held += [spent[spec.unit.name]] if due and spec.traits.counts_calls else []
        yield Standing(
            spec.dag_id, _state(spec, last, due, now), last, due, "; ".join(one for one in held if one)
        )


def _state(spec: Ingestion, last: Manifest | None, due: datetime | None, now: datetime) -> str:
    if spec.paused:
        return "paused"
    if last is None:
        return "never published"
    if spec.schedule is None:
        return "by hand"
    if spec.end and now.date() > spec.end + timedelta(days=1) and due is None:
        return "ended"
    return "due" if due else "fresh"


def _due(spec: Ingestion, last: Manifest | None, now: datetime) -> datetime | None:
    """The first tick of the schedule after the last publication's data interval, if it has passed."""
    if spec.schedule is None or spec.zone is None or spec.start is None or spec.paused:
        return None
    begun = datetime.combine(spec.start, datetime.min.time(), spec.zone)
    covered = last.data_interval.end if last and last.data_interval.end else begun
    tick: datetime = croniter(
        spec.schedule.cron, max(covered, begun).astimezone(spec.zone), ret_type=datetime
    ).get_next(datetime)
    if last is None:  # the first run fires at the end of the first whole interval
        tick = croniter(spec.schedule.cron, tick, ret_type=datetime).get_next(datetime)
    after_end = spec.end and tick.date() > spec.end + timedelta(days=1)
    return None if after_end or tick + _GRACE > now else tick.astimezone(UTC)


def _held(bucket: Bucket, prefix: str) -> str:
    """What a run that is under way, or was cut off, has left in its staging folder."""
    keys = bucket.keys(f"{prefix.strip('/')}/_staging/")
    notes = [bucket.get_json(key) for key in keys if key.endswith(_NOTE)]
    waits = sorted({note["what"] for note in notes if note})
    if waits:
        return f"a run waits for {', '.join(waits[:3])}{' and others' if len(waits) > 3 else ''}"
    return (
        "a run is under way, or failed before it published"
        if any(key.endswith(_PLAN) for key in keys)
        else ""
    )


def _spent(unit: Unit, bucket: Bucket, now: datetime) -> str:
    share = unit.calls_per_day
    if share is None:
        return ""
    spent = Ledger(bucket, unit.prefix).entered(now)
    return f"the unit has made {spent:,} of its {share:,} calls in 24 hours" if spent >= share else ""
