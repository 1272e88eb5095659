"""How many Salesforce API calls the specs will make.

Every HTTP request counts (API limits, "Total API Request Allocations"). A run logs in, describes the object and reads its
limits; each batch is sized, made into a Bulk job, polled, downloaded and deleted. How many pages a batch has is not known
offline, so this is the cost of a batch of ordinary size; the manifest of a run tells the true number.
"""

from dataclasses import dataclass

from factory.model.extent import Extent
from factory.model.schedule import CronError, parse

CALLS_A_RUN = 3  # login, describe, limits
CALLS_A_BATCH = 10  # count, create, six polls, one page, delete


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an ingestion asks of Salesforce: batches and calls of a run, and calls on a day on which it runs most."""

    batches: int
    calls_per_run: int
    calls_per_day: int


def forecast(extent: Extent) -> Forecast:
    """The cost of an extent; one that cannot be read costs nothing."""
    try:
        count = extent.batches()
        runs = parse(extent.cron).busiest_day if extent.cron else 0
    except (CronError, ValueError):
        return Forecast(0, 0, 0)
    calls = CALLS_A_RUN + CALLS_A_BATCH * count
    return Forecast(count, calls, calls * runs)
