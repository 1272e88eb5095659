"""One statement of Athena's SQL, run by DuckDB over the Iceberg tables of a Glue catalogue."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from queue import Empty, SimpleQueue
from typing import Any

import duckdb
import sqlglot
from botocore.exceptions import ClientError
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import CommitFailedException
from sqlglot import exp

from factory.online.lake_sql import admit, loaded
from sandbox.athena.rest_catalog import served
from sandbox.athena.upkeep import UpkeepError, is_upkeep, keep_up

_CATALOGUE = "lake"
_idle: SimpleQueue[Any] = (
    SimpleQueue()
)  # engines that have loaded their extensions, which takes as long as a small statement


class StatementError(Exception):
    """The engine refuses a statement, or it fails."""


@dataclass(frozen=True)
class Credentials:
    """Whose rights a statement has; `token` is None where they are no role's."""

    access_key: str
    secret_key: str
    token: str | None = None


@contextmanager
def idle_engine() -> Iterator[Any]:
    """An engine for one statement; the next one finds neither its catalogue nor its rights. One that failed is not used again."""
    try:
        connection = _idle.get_nowait()
    except Empty:
        connection = loaded()
        connection.execute(
            "SET enable_external_file_cache = false"
        )  # what one had the right to read, another may not
    try:
        yield connection
        connection.execute(f"DETACH {_CATALOGUE}; DROP SECRET lake")
    except BaseException:
        connection.close()
        raise
    _idle.put(connection)


def run_statement(
    sql: str,
    endpoint_url: str,
    credentials: Credentials,
    region: str,
    engine: Callable[[], AbstractContextManager[Any]] = idle_engine,
) -> tuple[list[str], list[Any]]:
    """Run a statement; gives the names of its columns and its rows. `engine` is a DuckDB with its extensions.

    Raises:
        StatementError: the engine refuses it, or a right is missing.
    """
    catalogue = _catalogue(endpoint_url, credentials, region)
    if is_upkeep(sql):
        return [], _kept_up(sql, catalogue)
    with served(catalogue) as url, engine() as connection:
        try:
            admit(connection, endpoint_url, credentials, region)
            connection.execute(
                f"ATTACH 'lake' AS {_CATALOGUE} (TYPE iceberg, ENDPOINT '{url}', AUTHORIZATION_TYPE 'none',"
                " ACCESS_DELEGATION_MODE 'none')"
            )
            done = connection.execute(translated(sql))
            return [column[0] for column in done.description or ()], done.fetchall()
        except (duckdb.Error, sqlglot.ParseError) as error:
            raise StatementError(f"{type(error).__name__}: {error}") from None


def _kept_up(sql: str, catalogue: GlueCatalog) -> list[Any]:
    try:
        keep_up(sql, catalogue)
    except (UpkeepError, ClientError, CommitFailedException, OSError) as error:
        raise StatementError(f"{type(error).__name__}: {error}") from None
    return []


def translated(sql: str) -> str:
    """Athena's SQL as DuckDB's, with the catalogue before each name of a table."""
    statement = sqlglot.parse_one(sql, read="athena")
    for table in statement.find_all(exp.Table):
        if table.db and not table.catalog:
            table.set("catalog", exp.to_identifier(_CATALOGUE))
    return statement.sql(dialect="duckdb")


@lru_cache(maxsize=32)
def _catalogue(endpoint_url: str, credentials: Credentials, region: str) -> GlueCatalog:
    reached: dict[str, Any] = {
        "access-key-id": credentials.access_key,
        "secret-access-key": credentials.secret_key,
        "endpoint": endpoint_url,
        "region": region,
    } | ({"session-token": credentials.token} if credentials.token else {})
    return GlueCatalog(
        "athena",
        **{f"{service}.{key}": value for service in ("glue", "s3") for key, value in reached.items()},
    )
