"""One statement of Athena's SQL, run by DuckDB over the Iceberg tables of a Glue catalogue."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import sqlglot
from pyiceberg.catalog.glue import GlueCatalog
from sqlglot import exp

from factory.online.lake_sql import lake_sql
from sandbox.athena.rest_catalog import served

_CATALOGUE = "lake"


class StatementError(Exception):
    """The engine refuses a statement, or it fails."""


@dataclass(frozen=True)
class Credentials:
    """Whose rights a statement has; `token` is None where they are no role's."""

    access_key: str
    secret_key: str
    token: str | None = None


def run_statement(
    sql: str, endpoint_url: str, credentials: Credentials, region: str, connect: Callable[..., Any] = lake_sql
) -> tuple[list[str], list[Any]]:
    """Run a statement; gives the names of its columns and its rows. `connect` opens DuckDB, as `lake_sql` does.

    Raises:
        StatementError: the engine refuses it, or a right is missing.
    """
    with served(_catalogue(endpoint_url, credentials, region)) as url:
        connection = connect({}, endpoint_url, credentials, region)
        try:
            connection.execute(
                f"ATTACH 'lake' AS {_CATALOGUE} (TYPE iceberg, ENDPOINT '{url}', AUTHORIZATION_TYPE 'none',"
                " ACCESS_DELEGATION_MODE 'none')"
            )
            done = connection.execute(translated(sql))
            return [column[0] for column in done.description or ()], done.fetchall()
        except (duckdb.Error, sqlglot.ParseError) as error:
            raise StatementError(f"{type(error).__name__}: {error}") from None
        finally:
            connection.close()


def translated(sql: str) -> str:
    """Athena's SQL as DuckDB's, with the catalogue before each name of a table."""
    statement = sqlglot.parse_one(sql, read="athena")
    for table in statement.find_all(exp.Table):
        if table.db and not table.catalog:
            table.set("catalog", exp.to_identifier(_CATALOGUE))
    return statement.sql(dialect="duckdb")


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
