"""Rows by REST query: pages of up to 2,000 records, nested as Salesforce nests them, flattened to text columns."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.sources.salesforce.client import Client
from lake_ingest.sources.salesforce.soql.nodes import Call, Path, Query, TypeOf
from lake_ingest.sources.source import Account

PAGE_ROWS = 2000
Expression = Path | Call | TypeOf | Query | None


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
        written: Query | None = None,
        first: Any | None = None,
    ) -> None:
        """Ask nothing yet.

        Args:
            client: of the org.
            query: the SOQL.
            columns: what to read of each row.
            include_deleted: whether deleted rows are read.
            relationship: the child records that are the rows; None for the records themselves.
            written: what selects the columns, item by item, where they are those of a written query.
            first: the first page, where it was asked for already.
        """
        self.account = Account()
        self._client, self._query, self._columns = client, query, tuple(columns)
        self._resource, self._asked = ("queryAll" if include_deleted else "query"), first
        self._relationship = relationship
        self._paths = [column.path.split(".") for column in columns]
        self._expressions = [item.expression for item in written.items] if written else [None] * len(columns)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """One record batch a page.

        Raises:
            RetriableError: the pages held another number of records than the first one announced.
        """
        records = 0
        total = 0
        for page in self._pages(self._first_page()):
            total = int(page["totalSize"]) if not records else total
            records += len(page["records"])
            rows = list(self._rows(page["records"]))
            self.account.rows += len(rows)
            yield self._batch(rows)
        if records != total:
            raise RetriableError(f"Salesforce announced {total} records and delivered {records}")

    def _first_page(self) -> Any:
        if self._asked is not None:
            page, self._asked = self._asked, None  # its memory is free when it is read
            return page
        return self._client.query_exact(self._resource, self._query, "run the query")

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
            children = self._value(record, [self._relationship])
            if children:
                for page in self._pages(children):
                    yield from page["records"]

    def _batch(self, rows: list[Any]) -> pa.RecordBatch:
        arrays = [
            text_array(self._text(self._value(row, path), expression) for row in rows)
            for path, expression in zip(self._paths, self._expressions, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in self._columns])

    def _value(self, record: Any, path: Sequence[str]) -> Any:
        """Follow a path through parents; a parent that is null gives null.

        Raises:
            FatalError: Salesforce left out what was asked for.
        """
        value = record
        for name in path:
            if value is None:
                return None
            try:
                value = value[name]
            except (KeyError, TypeError):
                value = self._in_any_case(value, name, path, record)
        return value

    def _in_any_case(self, value: Any, name: str, path: Sequence[str], record: Any) -> Any:
        """A value by a name that may be written in another case than Salesforce's own, as SOQL has it."""
        if isinstance(value, dict):
            wanted = name.lower()
            for key, found in value.items():
                if key.lower() == wanted:
                    return found
        kind = record.get("attributes", {}).get("type", "the query")
        raise FatalError(
            f"Salesforce gave a record of {kind} without '{'.'.join(path)}', which the query selects: {self._query[:300]}"
        )

    def _text(self, value: Any, expression: Expression = None) -> str | None:
        if value is None:
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        text = value if isinstance(value, str) else self._compact(value, expression)
        if "\0" in text:
            self.account.nul_bytes += text.count("\0")
            text = text.replace("\0", "")
        return text or None  # Salesforce stores no empty text: an empty one means null

    def _compact(self, value: Any, expression: Expression) -> str:
        """Compound values, child records and what TYPEOF gives, as JSON text."""
        if isinstance(expression, TypeOf):
            plain = self._switched(value, expression)
        else:
            plain = self._plain(value, expression if isinstance(expression, Query) else None)
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))

    def _plain(self, value: Any, query: Query | None = None) -> Any:
        """A value without Salesforce's `attributes`; child records are compared with the query that selects them."""
        if not isinstance(value, dict):
            return value
        if "records" in value and "done" in value:
            return [self._plain(record, query) for page in self._pages(value) for record in page["records"]]
        below = {}
        if query is not None:
            kind = value["attributes"]["type"]
            for item in query.items:
                self._value(value, item.key_below(kind))
                if isinstance(item.expression, Query):
                    below[item.name.lower()] = item.expression
        return {
            key: self._plain(item, below.get(key.lower()))
            for key, item in value.items()
            if key != "attributes"
        }

    def _switched(self, value: Any, switch: TypeOf) -> Any:
        """What TYPEOF gives; the object's name stays, because it says which fields there are."""
        kind = value["attributes"]["type"]
        cases = (case.paths for case in switch.cases if case.object.text.lower() == kind.lower())
        for path in next(cases, switch.otherwise):
            self._value(value, path.parts)
        return {"attributes": {"type": kind}, **self._plain(value)}
