"""What an ingestion asks of a database: a query for each batch. No limit of calls is used up, so rows and seconds are told.

How many rows changed is not known offline. A full read takes what the whole table takes, at the speed that was measured on two
cores, server and reader together: 400,000 rows of twelve columns, 60 MB, a second.
"""

from math import ceil

from lake_ingest.spec.batch_size import RowCount
from lake_ingest.spec.window import Full, WindowError

from factory.model.demand import Demand
from factory.model.extent import Extent
from factory.model.schedule import WEEK
from factory.sources.seam import Forecast

_ROWS_A_SECOND, _MEGABYTES_A_SECOND = 400_000, 60


def forecast(demand: Demand) -> Forecast:
    """The cost of a run; an extent that cannot be read costs nothing."""
    extent = demand.extent
    if extent is None:
        return Forecast()
    try:
        batches = _batches(demand, extent)
    except WindowError:
        return Forecast()
    queries = "one query" if batches == 1 else f"{batches:,} queries"
    size = _of_all(demand) if isinstance(extent.window, Full) else _of_some(demand)
    words = f"{queries}{size}"
    return Forecast(
        batches=batches,
        runs_a_day=extent.schedule.busiest_day if extent.schedule else 0,
        weekdays=extent.schedule.weekdays if extent.schedule else WEEK,
        words=f"{words}; comparing ids adds a read of every key" if demand.compares else words,
    )


def _batches(demand: Demand, extent: Extent) -> int:
    """How many; where rows are counted, by about how many the table has."""
    size = extent.batch_size
    if isinstance(size, RowCount):
        return ceil(demand.rows / size.count) if demand.rows else 1
    return extent.batches()


def _of_all(demand: Demand) -> str:
    if demand.rows is None:
        return "; how many rows it gives is not known here"
    seconds = max(demand.rows / _ROWS_A_SECOND, (demand.megabytes or 0) / _MEGABYTES_A_SECOND)
    least = "less than a second" if seconds < 1 else f"{ceil(seconds):,} s at the least"
    return f" of about {demand.rows:,} rows, {least}"


def _of_some(demand: Demand) -> str:
    table = f" of about {demand.rows:,}" if demand.rows else ""
    return f"; how many rows{table} fall into the window is not known offline"
