"""A schema of the stand-in, and whole runs of the engine that land its table."""

import uuid
from contextlib import closing
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import psycopg2
from lake_ingest.sources.registry import open_source
from lake_ingest.sources.source import Source

from sandbox.databases.postgresql import READER, SUPERUSER, PostgresqlServer
from sandbox.redshift.api import DataApi
from sandbox.redshift.warehouse import Warehouse
from tests.runtime.landing import Landing

ROLE = "arn:aws:iam::123456789012:role/warehouse-unload"
DATABASE = "warehouse"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:lake-reader"


def connection_to_a_warehouse(extra: dict[str, Any], **given: Any) -> Any:
    """An Airflow connection; a part of the extra that is None is left out."""
    usual = {
        "region_name": "eu-west-1",
        "cluster_identifier": "northwind",
        "database": DATABASE,
        "db_user": READER,
        "unload_bucket": "lake",
        "unload_prefix": "finance/_unload",
        "unload_role": ROLE,
        **extra,
    }
    named = {
        "conn_id": "warehouse",
        "host": None,
        "port": None,
        "schema": None,
        "login": "key",
        "password": "a secret key",
    }
    said = {name: value for name, value in usual.items() if value is not None}
    return SimpleNamespace(**{**named, **given}, extra_dejson=said)


@dataclass
class Mart(Landing):
    """The test's table is called `deals`; what is unloaded lies below `finance/_unload`."""

    api: DataApi | None = None
    url: str = ""
    server: PostgresqlServer | None = None
    schema: str = field(default_factory=lambda: f"t_{uuid.uuid4().hex[:10]}")
    extra: dict[str, Any] = field(default_factory=dict)
    exists: bool = False
    _opened: dict[str, Source] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.exists:
            return
        self._run(
            f"CREATE SCHEMA {self.schema}; GRANT USAGE ON SCHEMA {self.schema} TO {READER};"
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {self.schema} GRANT SELECT ON TABLES TO {READER};"
        )

    @property
    def warehouse(self) -> Warehouse:
        return self.api.warehouse

    def sql(self, script: str) -> None:
        self._run(f"SET search_path TO {self.schema}, redshift, public; SET TimeZone TO 'UTC';\n{script}")

    def _run(self, script: str) -> None:
        """As the superuser; to start psql takes longer than most scripts."""
        server = self.server
        made = psycopg2.connect(
            host=server.host, port=server.port, dbname=DATABASE, user=SUPERUSER, password=server.password
        )
        with closing(made) as connection, connection, connection.cursor() as cursor:
            cursor.execute(script)

    def connection(self, **given: Any) -> Any:
        extra = {
            "unload_bucket": self.bucket.name,
            "service_config": {
                "redshift-data": {"endpoint_url": self.url},
                "s3": {"endpoint_url": self.bucket.client.meta.endpoint_url},
            },
            **self.extra,
            **given.pop("extra", {}),
        }
        return connection_to_a_warehouse(extra, **given)

    def source(self, **given: Any) -> Source:
        """One for all steps of a run: to make its clients takes longer than a run does."""
        key = repr((self.extra, given))
        if key not in self._opened:
            self._opened[key] = open_source("redshift", self.connection(**given), {})
        return self._opened[key]

    def compiled(self, **spec: Any) -> dict[str, Any]:
        named = {"source": "redshift", "object": f"{self.schema}.deals", "format": "ndjson", **spec}
        if isinstance(named.get("fields"), list):
            named["fields"] = [{"name": one} if isinstance(one, str) else one for one in named["fields"]]
        return super().compiled(**named)

    def left_over(self) -> list[str]:
        """What UNLOAD has left in the bucket."""
        return self.bucket.keys("finance/_unload/")

    def asked(self, operation: str) -> list[dict[str, Any]]:
        """The requests of an operation so far."""
        return [body for name, body in self.warehouse.requests if name == operation]
