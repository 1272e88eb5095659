"""SQL over the tables of the sandbox's catalogue, by DuckDB, which knows nothing of this project.

It stands in for Athena. It reads the same metadata and objects; it knows no workgroup, no limit of scanned bytes and no rights of
readers, and its SQL differs from Athena's in details. Its extensions come from wheels: by name DuckDB would download them.
"""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

_EXTENSIONS = ("httpfs", "avro", "iceberg")


def metadata_locations(glue: Any) -> dict[tuple[str, str], str]:
    """Database and name of each Iceberg table in a Glue catalogue, and where its metadata lies."""
    found = {}
    for databases in glue.get_paginator("get_databases").paginate():
        for database in databases["DatabaseList"]:
            for tables in glue.get_paginator("get_tables").paginate(DatabaseName=database["Name"]):
                for table in tables["TableList"]:
                    location = table.get("Parameters", {}).get("metadata_location")
                    if location:
                        found[database["Name"], table["Name"]] = location
    return found


def lake_sql(tables: Mapping[tuple[str, str], str], endpoint_url: str, credentials: Any) -> Any:
    """A connection to DuckDB in which each table has its name: `finance.opportunity`.

    Args:
        tables: as `metadata_locations` gives them.
        endpoint_url: of S3.
        credentials: that may read it, with access_key, secret_key and token.
    """
    connection = duckdb.connect()
    for name in _EXTENSIONS:
        connection.execute(f"INSTALL '{_extension(name)}'")
        connection.execute(f"LOAD {name}")
    connection.execute(
        "CREATE SECRET (TYPE s3, KEY_ID $key, SECRET $secret, SESSION_TOKEN $token, REGION 'eu-west-1', ENDPOINT $endpoint,"
        " URL_STYLE 'path', USE_SSL false)",
        {
            "key": credentials.access_key,
            "secret": credentials.secret_key,
            "token": credentials.token or "",
            "endpoint": endpoint_url.removeprefix("http://"),
        },
    )
    for (database, name), location in tables.items():
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{database}"')
        connection.execute(f'CREATE VIEW "{database}"."{name}" AS SELECT * FROM iceberg_scan(\'{location}\')')
    return connection


def _extension(name: str) -> Path:
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    assert found is not None, f"the wheel duckdb-extension-{name} is not installed"
    assert found.origin is not None
    return next(Path(found.origin).parent.rglob(f"{name}.duckdb_extension"))
