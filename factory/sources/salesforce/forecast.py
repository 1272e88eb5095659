"""How many Salesforce API calls the specs will make.

Every HTTP request counts (API limits, "Total API Request Allocations"). A run logs in, describes the object and reads its
limits; each batch is sized, made into a Bulk job, polled, downloaded and deleted. How many pages a batch has is not known
offline, so this is the cost of a batch of ordinary size; the manifest of a run tells the true number.
"""

from lake_ingest.spec.window import WindowError

from factory.model.extent import Extent
from factory.sources.seam import Forecast

CALLS_A_RUN = 3  # login, describe, limits
CALLS_A_BATCH = 10  # count, create, six polls, one page, delete


def forecast(extent: Extent | None) -> Forecast:
    """The cost of an extent; one that cannot be read costs nothing."""
    if extent is None:
        return Forecast(0, 0, 0)
    try:
        count = extent.batches()
    except WindowError:
        return Forecast(0, 0, 0)
    runs = extent.schedule.busiest_day if extent.schedule else 0
    calls = CALLS_A_RUN + CALLS_A_BATCH * count
    return Forecast(count, calls, calls * runs)
