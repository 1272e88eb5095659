"""Every database that is asked in SQL, one after the other."""

from typing import Any

import pytest
from lake_ingest.lake.bucket import Bucket

from tests.runtime.sources.sql.spoken import Spoken, in_mysql, in_postgresql


def _postgresql(request: pytest.FixtureRequest) -> Spoken:
    return in_postgresql(request.getfixturevalue("tables"))


def _mysql(request: pytest.FixtureRequest) -> Spoken:
    return in_mysql(request.getfixturevalue("my_tables"))


def _redshift(request: pytest.FixtureRequest) -> Spoken:
    mart = request.getfixturevalue("mart")
    return Spoken("redshift", mart, mart.sql, _no_session, mart.schema, "timestamptz", "timestamp")


def _no_session() -> Any:
    raise NotImplementedError("the Data API keeps nothing open")


_DATABASES = {"postgresql": _postgresql, "mysql": _mysql, "redshift": _redshift}


@pytest.fixture(params=("postgresql", "mysql"))
def connected(request: pytest.FixtureRequest, bucket: Bucket) -> Spoken:
    """Those that keep a connection."""
    return _DATABASES[request.param](request)


@pytest.fixture(params=_DATABASES)
def database(request: pytest.FixtureRequest, bucket: Bucket) -> Spoken:
    return _DATABASES[request.param](request)
