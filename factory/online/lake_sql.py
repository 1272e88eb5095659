"""SQL over the tables of a Glue catalogue, by DuckDB on this machine, which knows nothing of this project.

In the sandbox it stands in for Athena. It reads the same metadata and objects; it knows no workgroup, no limit of scanned bytes and no
rights but those of the credentials, and its SQL differs from Athena's in details. Its extensions come from wheels: by name DuckDB
would download them.
"""

import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from factory.command_failure import Failure

Tables = Mapping[tuple[str, str], str]
_EXTENSIONS = ("httpfs", "avro", "iceberg")


def metadata_locations(glue: Any) -> dict[tuple[str, str], str]:
    """Database and name of each Iceberg table in a Glue catalogue, and where its metadata lies."""
    found = {}
    for databases in glue.get_paginator("get_databases").paginate():
        for database in databases["DatabaseList"]:
            for tables in glue.get_paginator("get_tables").paginate(DatabaseName=database["Name"]):
                for table in tables["TableList"]:
                    if location := _location(table):
                        found[database["Name"], table["Name"]] = location
    return found


def locations_of(glue: Any, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The same of some tables, for whoever may not look at all; those that there are."""
    found = {}
    for database, name in names:
        try:
            table = glue.get_table(DatabaseName=database, Name=name)["Table"]
        except glue.exceptions.EntityNotFoundException:
            continue
        if location := _location(table):
            found[database, name] = location
    return found


def _location(table: Mapping[str, Any]) -> str | None:
    location: str | None = table.get("Parameters", {}).get("metadata_location")
    return location


def lake_sql(tables: Tables, endpoint_url: str | None, credentials: Any, region: str = "eu-west-1") -> Any:
    """A connection to DuckDB in which each table has its name: `finance.opportunity`.

    Args:
        tables: as `metadata_locations` gives them.
        endpoint_url: of an S3 other than AWS's.
        credentials: that may read it, with access_key, secret_key and token.
        region: of S3.

    Raises:
        Failure: an extension is not installed.
    """
    connection = loaded()
    admit(connection, endpoint_url, credentials, region)
    give_names(connection, tables)
    return connection


def give_names(connection: Any, tables: Tables) -> None:
    """Let a connection know tables by their names, as their metadata is now."""
    for (database, name), location in tables.items():
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{database}"')
        connection.execute(
            f'CREATE OR REPLACE VIEW "{database}"."{name}" AS SELECT * FROM iceberg_scan(\'{location}\')'
        )


def loaded() -> Any:
    """A connection to a DuckDB of its own, with the extensions that read tables.

    Raises:
        Failure: an extension is not installed.
    """
    connection = duckdb.connect()
    for name in _EXTENSIONS:
        connection.execute(f"INSTALL '{_extension(name)}'")
        connection.execute(f"LOAD {name}")
    return connection


def admit(connection: Any, endpoint_url: str | None, credentials: Any, region: str) -> None:
    """Give a connection the rights of credentials, as the secret `lake`."""
    secret = {
        "KEY_ID": credentials.access_key,
        "SECRET": credentials.secret_key,
        "SESSION_TOKEN": credentials.token or "",
        "REGION": region,
    }
    if endpoint_url:
        scheme, _, host = endpoint_url.rpartition("://")
        secret |= {"ENDPOINT": host, "URL_STYLE": "path", "USE_SSL": str(scheme != "http").lower()}
    options = ", ".join(f"{key} ${key}" for key in secret)
    connection.execute(f"CREATE SECRET lake (TYPE s3, {options})", secret)


def _extension(name: str) -> Path:
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    if found is None or found.origin is None:
        raise Failure(f"DuckDB's extension {name} is not installed: pip install duckdb-extension-{name}")
    return next(Path(found.origin).parent.rglob(f"{name}.duckdb_extension"))
