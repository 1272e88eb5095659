"""What an ingestion asks of a database: a query for each batch. No limit of calls is used up."""

from lake_ingest.spec.window import WindowError

from factory.model.demand import Demand
from factory.model.schedule import WEEK
from factory.sources.seam import Forecast


def forecast(demand: Demand) -> Forecast:
    """The cost of a run; an extent that cannot be read costs nothing."""
    extent = demand.extent
    if extent is None:
        return Forecast()
    try:
        batches = extent.batches()
    except WindowError:
        return Forecast()
    words = "one query" if batches == 1 else f"{batches:,} queries"
    return Forecast(
        batches=batches,
        runs_a_day=extent.schedule.busiest_day if extent.schedule else 0,
        weekdays=extent.schedule.weekdays if extent.schedule else WEEK,
        words=f"{words}; comparing ids adds 1" if demand.compares else words,
    )
