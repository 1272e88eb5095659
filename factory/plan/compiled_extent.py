"""How much a compiled DAG reads, from the texts of its compiled ingestion."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.window import parse_window

from factory.model.extent import Extent
from factory.model.schedule import parse_schedule


def extent_of(ingestion: Mapping[str, Any]) -> Extent | None:
    """The extent of a compiled ingestion of any version; None where it cannot be read."""
    try:
        return Extent(
            window=parse_window(ingestion["window"]),
            zone=ZoneInfo(ingestion["timezone"]),
            batch_size=_duration(ingestion.get("batch_size")),
            overlap=_duration(ingestion.get("overlap")),
            schedule=parse_schedule(ingestion["cron"]) if ingestion.get("cron") else None,
        )
    except (ValueError, KeyError, OSError):
        return None


def _duration(text: str | None) -> Duration | None:
    return None if text is None else parse_duration(text)
