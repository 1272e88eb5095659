"""The rows of a table, read by a parallel scan at a measured pace, where point-in-time recovery is off.

A scan is no snapshot: an item that changes meanwhile is read as it was or as it is. Reads are consistent, so that whatever was
written before the scan began is seen.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import pyarrow as pa

from lake_ingest.errors import RetriableError
from lake_ingest.sources.dynamodb.items import Item, ItemReader
from lake_ingest.sources.dynamodb.service import Service
from lake_ingest.sources.dynamodb.table import Table
from lake_ingest.sources.source import Account

_BYTES_A_SEGMENT = 64 * 2**20
_MOST_SEGMENTS = 8
_SHARE = 0.25  # of what a table has provisioned
_ON_DEMAND = 1000.0  # units in a second


@dataclass
class Pace:
    """Keeps the use of read capacity to so many units in a second, for all threads together."""

    units_a_second: float
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spent(self, units: float) -> None:
        """Note what a request used."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + units / self.units_a_second

    def wait(self) -> None:
        """Until what was used so far is within the measure."""
        with self._lock:
            pause = self._free_at - time.monotonic()
        if pause > 0:
            time.sleep(pause)


def pace_for(table: Table, units_a_second: int | None) -> Pace:
    """What the spec says; otherwise a quarter of what the table has provisioned, or 1,000 units of capacity on demand."""
    return Pace(units_a_second or table.read_capacity * _SHARE or _ON_DEMAND)


@dataclass
class ScanRows:
    """The rows of a table; `lake_ingest.sources.source.Rows` describes the attributes. With a limit, the first page's."""

    service: Service
    table: Table
    reader: ItemReader
    pace: Pace
    limit: int | None = None
    route: str = "scan"
    account: Account = field(default_factory=Account)
    closing_calls: int = 0
    statement: str = ""

    def __post_init__(self) -> None:
        """Say what is asked of DynamoDB."""
        self.statement = f"Scan {self.table.name}" + ("" if self.limit is None else f" Limit {self.limit}")

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Typed columns in the order of the selection, a record batch for each page of 1 MB."""
        if self.limit is not None:
            yield self._batch(self._page({"Limit": self.limit}))
            return
        segments = min(max(ceil(self.table.bytes / _BYTES_A_SEGMENT), 1), _MOST_SEGMENTS)
        pool = ThreadPoolExecutor(segments, thread_name_prefix="scan")
        try:
            places = [{"Segment": number, "TotalSegments": segments} for number in range(segments)]
            reading: dict[Future[dict[str, Any]], dict[str, Any]] = {
                pool.submit(self._page, place): place for place in places
            }
            while reading:
                for done in wait(reading, return_when=FIRST_COMPLETED).done:
                    place, page = reading.pop(done), done.result()
                    if page.get("LastEvaluatedKey"):
                        following = {**place, "ExclusiveStartKey": page["LastEvaluatedKey"]}
                        reading[pool.submit(self._page, following)] = following
                    yield self._batch(page)
        finally:
            pool.shutdown(cancel_futures=True)
        self.reader.tell()

    def _page(self, place: dict[str, Any]) -> dict[str, Any]:
        self.pace.wait()
        page = self.service.ask(
            "scan",
            f"scan the table {self.table.name}",
            TableName=self.table.name,
            ConsistentRead=True,
            ReturnConsumedCapacity="TOTAL",
            **place,
        )
        self.pace.spent(float((page.get("ConsumedCapacity") or {}).get("CapacityUnits") or 0))
        if page["Count"] != len(page["Items"]):
            raise RetriableError(
                f"a page of {self.table.name} counts {page['Count']} items and has {len(page['Items'])}"
            )
        return page

    def _batch(self, page: dict[str, Any]) -> pa.RecordBatch:
        items = [Item(attributes) for attributes in page["Items"]]
        self.account.rows += len(items)
        return self.reader.batch(items, f"scan of {self.table.name}")
