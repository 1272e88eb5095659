"""What an ingestion asks of DynamoDB: exports, or a scan. No limit of calls is used up."""

from lake_ingest.sources.dynamodb.spans import SpanError, cut_into_spans
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.window import Full, WindowError

from factory.model.demand import Demand
from factory.sources.seam import Forecast


def forecast(demand: Demand) -> Forecast:
    """The cost of a run; an extent that cannot be read costs nothing."""
    extent = demand.extent
    if extent is None:
        return Forecast()
    runs = extent.schedule.busiest_day if extent.schedule else 0
    if isinstance(extent.window, Full):
        return Forecast(batches=1, runs_a_day=runs, words=_WHOLE[demand.options["read_by"]])
    try:
        batches = extent.cut(extent.interval())
        exports = sum(
            len(cut_into_spans(batch.start, batch.end)) for batch in batches if isinstance(batch, Interval)
        )
    except (WindowError, SpanError):
        return Forecast()
    words = "one incremental export" if exports == 1 else f"{exports:,} incremental exports"
    return Forecast(batches=len(batches), runs_a_day=runs, words=words)


_WHOLE = {
    "auto": "one export of the whole table, or a scan of it where point-in-time recovery is off",
    "export": "one export of the whole table",
    "scan": "a scan of the whole table, at its read capacity",
}
