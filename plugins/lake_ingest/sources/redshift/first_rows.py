"""The first rows of a table, for a preview: the Data API answers with them, and nothing is left in S3."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from lake_ingest.rows.column import SINGLE, Column
from lake_ingest.sources.redshift.statements import Statements
from lake_ingest.sources.redshift.values import as_planned
from lake_ingest.sources.source import Account, Request

_AS_THEY_COME = {"integer": pa.int64(), "boolean": pa.bool_()}


class FirstRows:
    """A small answer; `lake_ingest.sources.source.Rows` describes the attributes."""

    closing_calls = 0
    route = "query"

    def __init__(self, request: Request, statement: str, statements: Statements) -> None:
        """Ask nothing yet."""
        self.account = Account()
        self.statement = statement
        self._request, self._statements = request, statements

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Typed columns in the order of the selection.

        Raises:
            FatalError, RetriableError: the warehouse refused, or a value is one that no file can hold.
        """
        columns, table = self._request.selection.columns, self._request.ingestion.object
        doing = f"read the first rows of {table}"
        statement = self._statements.run(self.statement, doing)
        for _, rows in self._statements.pages(statement, doing):
            values: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(columns)
            arrays = [_array(one, column) for one, column in zip(values, columns, strict=True)]
            self.account.rows += len(rows)
            yield as_planned(arrays, columns, table)


def _array(values: tuple[Any, ...], column: Column) -> pa.Array:
    if column.kind in _AS_THEY_COME:
        return pa.array(values, _AS_THEY_COME[column.kind])
    if column.kind == "float":
        single = column.precision == SINGLE
        return pa.array(
            [None if one is None else float(one) for one in values], pa.float32() if single else pa.float64()
        )
    texts = pa.array([None if one is None else str(one) for one in values], pa.string())
    return texts.cast(pa.date32()) if column.kind == "date" else texts
