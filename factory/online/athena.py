"""SQL by Amazon Athena, in a workgroup, which bounds what a query may read."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from factory.command_failure import Failure

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0  # seconds between two looks
_WHOLE = {"tinyint", "smallint", "integer", "int", "bigint"}
_PLAIN = {"boolean": pa.bool_(), "double": pa.float64(), "float": pa.float64(), "real": pa.float64(), "date": pa.date32()}  # fmt: skip


def ask(client: "AthenaClient", sql: str, workgroup: str) -> pa.RecordBatchReader:
    """The answer of a query, read a thousand rows at a time; a query that is interrupted is stopped.

    Raises:
        Failure: Athena refuses the query, or it fails.
    """
    query = client.start_query_execution(QueryString=sql, WorkGroup=workgroup)["QueryExecutionId"]
    try:
        _wait(client, query)
    except KeyboardInterrupt:
        client.stop_query_execution(QueryExecutionId=query)
        raise
    pages = client.get_paginator("get_query_results").paginate(QueryExecutionId=query)
    first = next(iter(pages))
    about = first["ResultSet"].get("ResultSetMetadata", {}).get("ColumnInfo", [])
    schema = pa.schema([pa.field(column["Name"], _type(column)) for column in about])
    return pa.RecordBatchReader.from_batches(schema, _batches(pages, schema))


def _wait(client: "AthenaClient", query: str) -> None:
    pause = _FIRST_PAUSE
    while True:
        status = client.get_query_execution(QueryExecutionId=query)["QueryExecution"].get("Status", {})
        state = status.get("State")
        if state == "SUCCEEDED":
            return
        if state in ("FAILED", "CANCELLED"):
            raise Failure(
                f"Athena ended query {query} as {state}: {status.get('StateChangeReason', 'it does not say why')}"
            )
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _batches(pages: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    header = [field.name for field in schema]
    for number, page in enumerate(pages):
        rows = [[cell.get("VarCharValue") for cell in row["Data"]] for row in page["ResultSet"]["Rows"]]
        if number == 0 and rows and rows[0] == header:
            del rows[0]
        columns = [
            pc.cast(pa.array([row[index] for row in rows], pa.string()), field.type)
            for index, field in enumerate(schema)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _type(column: Any) -> pa.DataType:
    """Text where Arrow would not read what Athena writes, such as its instants."""
    kind = column["Type"].lower()
    if kind in _WHOLE:
        return pa.int64()
    if kind == "decimal":
        return pa.decimal128(column["Precision"], column["Scale"])
    return _PLAIN.get(kind, pa.string())
