"""Rows by REST query: pages of up to 2,000 records, nested as Salesforce nests them, flattened to text columns."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from lake_ingest.errors import RetriableError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.source import Account

PAGE_ROWS = 2000


class RestRows:
    """The rows of one query. With a relationship, the rows are the child records below every record."""

    def __init__(
        self,
        client: Client,
        query: str,
        columns: Sequence[Column],
        *,
        include_deleted: bool = False,
        relationship: str | None = None,
    ) -> None:
        """Ask nothing yet."""
        self.account = Account()
        self._client, self._query, self._columns = client, query, tuple(columns)
        self._resource = "queryAll" if include_deleted else "query"
        self._relationship = relationship
        self._paths = [column.path.split(".") for column in columns]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """One record batch a page.

        Raises:
            RetriableError: the pages held another number of records than the first one announced.
        """
        records = 0
        total = 0
        for page in self._pages(self._first()):
            total = int(page["totalSize"]) if not records else total
            records += len(page["records"])
            rows = list(self._rows(page["records"]))
            self.account.rows += len(rows)
            yield self._batch(rows)
        if records != total:
            raise RetriableError(f"Salesforce announced {total} records and delivered {records}")

    def _first(self) -> Any:
        return self._client.get_exact(self._resource, "run the query", q=self._query)

    def _pages(self, page: Any) -> Iterator[Any]:
        yield page
        while not page["done"]:
            page = self._client.get_exact(page["nextRecordsUrl"], "read the next page of the query")
            yield page

    def _rows(self, records: list[Any]) -> Iterator[Any]:
        if self._relationship is None:
            yield from records
            return
        for record in records:
            children = _value(record, [self._relationship])
            if children:
                for page in self._pages(children):
                    yield from page["records"]

    def _batch(self, rows: list[Any]) -> pa.RecordBatch:
        arrays = [text_array(self._text(_value(row, path)) for row in rows) for path in self._paths]
        return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in self._columns])

    def _text(self, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        text = value if isinstance(value, str) else self._compact(value)
        if "\0" in text:
            self.account.nul_bytes += text.count("\0")
            text = text.replace("\0", "")
        return text or None  # Salesforce stores no empty text: an empty one means null

    def _compact(self, value: Any) -> str:
        """Compound values and child records as JSON text, without Salesforce's `attributes`."""
        return json.dumps(self._plain(value), ensure_ascii=False, separators=(",", ":"))

    def _plain(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "records" in value and "done" in value:
            return [self._plain(record) for page in self._pages(value) for record in page["records"]]
        return {key: self._plain(item) for key, item in value.items() if key != "attributes"}


def _value(record: Any, path: list[str]) -> Any:
    """Follow a path through parents; a missing parent gives null. Names match in any case, as in SOQL."""
    for name in path:
        if not isinstance(record, dict):
            return None
        if name in record:
            record = record[name]
        else:
            wanted = name.lower()
            record = next((value for key, value in record.items() if key.lower() == wanted), None)
    return record
