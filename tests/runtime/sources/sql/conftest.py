"""Every database that is asked in SQL, one after the other."""

from typing import Any

import pytest
from lake_ingest.lake.bucket import Bucket

from tests.runtime.sources.sql.spoken import Spoken


def _postgresql(request: pytest.FixtureRequest) -> Spoken:
    tables = request.getfixturevalue("tables")
    schema = tables.schema

    def sql(script: str) -> Any:
        return schema.sql(f"SET TimeZone TO UTC; {script}")

    return Spoken("postgresql", tables, sql, schema.session, schema.name, "timestamptz", "timestamp")


def _mysql(request: pytest.FixtureRequest) -> Spoken:
    tables = request.getfixturevalue("my_tables")
    database = tables.database
    return Spoken(
        "mysql", tables, database.sql, database.session, database.name, "timestamp(6) NULL", "datetime(6)"
    )


def _redshift(request: pytest.FixtureRequest) -> Spoken:
    mart = request.getfixturevalue("mart")
    return Spoken("redshift", mart, mart.sql, _no_session, mart.schema, "timestamptz", "timestamp")


def _no_session() -> Any:
    raise NotImplementedError("the Data API keeps nothing open")


_DATABASES = {"postgresql": _postgresql, "mysql": _mysql, "redshift": _redshift}


@pytest.fixture(params=_DATABASES)
def database(request: pytest.FixtureRequest, bucket: Bucket) -> Spoken:
    return _DATABASES[request.param](request)
