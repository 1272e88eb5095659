"""Merges by what stands in for Athena, and the current state as two engines read it."""

from datetime import datetime
from typing import Any

from lake_ingest.run.merging import ROWS, Merging
from lake_ingest.spec.ingestion import Ingestion
from pyiceberg.table import Table

from sandbox.athena.engine import Credentials, run_statement
from tests.runtime.lake.duckdb_reader import select
from tests.runtime.lake.tables import comparable, reader_at, understood
from tests.runtime.landing import PREFIX


def merge(
    landing: Any, day: datetime, what: str = ROWS, *, killed_after: int | None = None, **spec: Any
) -> int:
    """Both parts of a merge, or the first so many statements of it; gives how many were run."""
    merging = Merging(
        landing.bucket, PREFIX, Ingestion.from_dict(landing.compiled(**spec)), landing.glue, what, day
    )
    done = 0
    statements, whole = merging.bring()
    for sql in statements:
        if done == killed_after:
            return done
        ask(landing, sql)
        done += 1
    for sql in merging.take_out(whole):
        if done == killed_after:
            return done
        ask(landing, sql)
        done += 1
    return done


def put_together(landing: Any, day: datetime, now: datetime, **spec: Any) -> list[str]:
    """What is due at a moment, done and noted; gives the statements."""
    merging = Merging(
        landing.bucket, PREFIX, Ingestion.from_dict(landing.compiled(**spec)), landing.glue, ROWS, day
    )
    statements = merging.put_together(now)
    for sql in statements:
        ask(landing, sql)
    if statements:
        merging.was_put_together(now)
    return statements


def loaded(landing: Any, ending: str, **spec: Any) -> Table:
    """One of a dataset's tables, as pyiceberg's own way finds it."""
    url = landing.bucket.client.meta.endpoint_url
    name = (spec["table"]["database"], f"{spec['table']['name']}{ending}")
    return reader_at(url).load_table(name)


def ask(landing: Any, sql: str) -> list[Any]:
    url = landing.bucket.client.meta.endpoint_url
    return run_statement(sql, url, Credentials("key", "secret"), "eu-west-1")[1]


def state_of(landing: Any, *columns: str, **spec: Any) -> list[tuple[Any, ...]]:
    """The rows of the current state, sorted; DuckDB and pyiceberg read the same."""
    return rows_of(landing, "_current", *columns, **spec)


def rows_of(landing: Any, ending: str, *columns: str, **spec: Any) -> list[tuple[Any, ...]]:
    """The rows of one of a dataset's tables, sorted; DuckDB and pyiceberg read the same."""
    database, name = spec["table"]["database"], f"{spec['table']['name']}{ending}"
    by_duckdb = select(landing.glue(), database, name, ", ".join(f'"{column}"' for column in columns))
    table = loaded(landing, ending, **spec).scan().to_arrow().select(columns)
    by_pyiceberg = [tuple(map(understood, row.items())) for row in table.to_pylist()]
    rows = sorted(map(comparable, by_duckdb))
    assert rows == sorted(map(comparable, by_pyiceberg))
    return rows
