"""How much a compiled DAG reads and asks of its source, from the texts of its compiled ingestion."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.batch_size import parse_batch_size
from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.window import parse_window

from factory.model.demand import Demand
from factory.model.extent import Extent
from factory.model.schedule import parse_schedule


def extent_of(ingestion: Mapping[str, Any], *, scheduled: bool = True) -> Extent | None:
    """The extent of a compiled ingestion of any version; None where it cannot be read. What is not `scheduled` runs by hand."""
    try:
        return Extent(
            window=parse_window(ingestion["window"]),
            zone=ZoneInfo(ingestion["timezone"]),
            batch_size=parse_batch_size(ingestion["batch_size"]) if ingestion.get("batch_size") else None,
            overlap=_duration(ingestion.get("overlap")),
            schedule=parse_schedule(ingestion["cron"]) if ingestion.get("cron") and scheduled else None,
        )
    except (ValueError, KeyError, OSError):
        return None


def demand_of(ingestion: Mapping[str, Any], *, scheduled: bool = True) -> Demand:
    """The demand of a compiled ingestion of any version; every key that it has may be one of its source's own."""
    fields = tuple(one["name"] for one in ingestion.get("fields") or () if one.get("protect") != "drop")
    return Demand(
        extent=extent_of(ingestion, scheduled=scheduled),
        fields=fields,
        await_commits=bool(ingestion.get("await_commits")),
        compares=bool(ingestion.get("compare_ids")),
        options=ingestion,
    )


def _duration(text: str | None) -> Duration | None:
    return None if text is None else parse_duration(text)
