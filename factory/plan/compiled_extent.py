"""How much a compiled DAG reads and asks of its source, from the texts of its compiled ingestion."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.spec.batch_size import parse_batch_size
from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.window import parse_window

from factory.model.demand import Demand
from factory.model.extent import Extent
from factory.model.pace import Followed, paces
from factory.model.schedule import Pace, parse_schedule


def extent_of(ingestion: Mapping[str, Any], pace: Pace | None = None) -> Extent | None:
    """The extent of a compiled ingestion of any version; None where it cannot be read. Without a pace it runs by hand."""
    try:
        return Extent(
            window=parse_window(ingestion["window"]),
            zone=ZoneInfo(ingestion["timezone"]),
            batch_size=parse_batch_size(ingestion["batch_size"]) if ingestion.get("batch_size") else None,
            overlap=_duration(ingestion.get("overlap")),
            pace=pace,
        )
    except (ValueError, KeyError, OSError):
        return None


def paces_of(ingestions: Mapping[str, Mapping[str, Any]]) -> dict[str, Pace | None]:
    """How often each of some compiled ingestions runs by itself, by their ids."""
    return paces(
        {dag_id: Followed(_own(one), tuple(one.get("after") or ())) for dag_id, one in ingestions.items()}
    )


def _own(ingestion: Mapping[str, Any]) -> Pace | None:
    """Its schedule; None without one that can be read."""
    try:
        cron = ingestion.get("cron")
        return Pace(parse_schedule(cron), ZoneInfo(ingestion["timezone"])) if cron else None
    except (ValueError, KeyError, OSError):
        return None


def demand_of(ingestion: Mapping[str, Any], pace: Pace | None = None) -> Demand:
    """The demand of a compiled ingestion of any version; every key that it has may be one of its source's own."""
    fields = tuple(one["name"] for one in ingestion.get("fields") or () if one.get("protect") != "drop")
    return Demand(
        extent=extent_of(ingestion, pace),
        fields=fields,
        await_commits=bool(ingestion.get("await_commits")),
        compares=bool(ingestion.get("compare_ids")),
        options=ingestion,
    )


def _duration(text: str | None) -> Duration | None:
    return None if text is None else parse_duration(text)
