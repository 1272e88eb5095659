"""Schemas of a real PostgreSQL server, one for each test, and whole runs that read from them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from adbc_driver_postgresql import dbapi
from lake_ingest.lake.bucket import Bucket
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.typed import text_of
from lake_ingest.sources.registry import open_source
from lake_ingest.sources.source import Source

from sandbox.databases.postgresql import READER, SUPERUSER, PostgresqlServer
from tests.runtime.landing import Landing

DATABASE = "postgres"


@dataclass
class Schema:
    """A schema whose tables the lake's user may read, now and later."""

    server: PostgresqlServer
    name: str = field(default_factory=lambda: f"t_{uuid.uuid4().hex[:10]}")
    exists: bool = False

    def __post_init__(self) -> None:
        if self.exists:
            return
        self.server.sql(
            f"CREATE SCHEMA {self.name}; GRANT USAGE ON SCHEMA {self.name} TO {READER};"
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {self.name} GRANT SELECT ON TABLES TO {READER};"
        )

    def sql(self, script: str) -> str:
        """Run a script in the schema; gives what psql prints."""
        return self.server.sql(f"SET search_path TO {self.name}, public;\n{script}")

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A cursor of the superuser's own connection, which keeps its transactions open."""
        uri = f"host={self.server.host} port={self.server.port} dbname={DATABASE} user={SUPERUSER} password='{self.server.password}'"
        with dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO {self.name}")
            yield cursor

    def connection(self, **given: Any) -> Any:
        """As Airflow has it."""
        extra = given.pop("extra", {})
        return SimpleNamespace(
            **{
                "conn_id": "test_db",
                "host": self.server.host,
                "port": self.server.port,
                "schema": DATABASE,
                "login": READER,
                "password": self.server.password,
                **given,
            },
            extra_dejson=extra,
        )

    def source(self, **given: Any) -> Source:
        """The source behind a connection."""
        return open_source("postgresql", self.connection(**given), {})


@dataclass
class TableLanding(Landing):
    """Runs of a table; `land` gives the manifest. The test's table is called `deals`."""

    org: Any
    bucket: Bucket
    schema: Schema | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def source(self) -> Any:
        assert self.schema is not None
        return self.schema.source(extra=self.extra)

    def compiled(self, **spec: Any) -> dict[str, Any]:
        assert self.schema is not None
        named = {"source": "postgresql", "object": f"{self.schema.name}.deals", **spec}
        if isinstance(named.get("fields"), list):
            named["fields"] = [{"name": one} if isinstance(one, str) else one for one in named["fields"]]
        return super().compiled(**named)


def published_texts(bucket: Bucket, manifest: dict[str, Any], folder: Any) -> list[dict[str, str | None]]:
    """Every row of a publication as texts, read by the engine's own reader."""
    from lake_ingest.lake.manifest import Manifest  # noqa: PLC0415

    columns = Manifest.from_dict(manifest).schema
    names = [column.name for column in columns]
    rows: list[dict[str, str | None]] = []
    for number, batch in enumerate(manifest["batches"]):
        file = folder / f"{number}"
        bucket.download(batch["key"], file)
        for found in read_rows(file, manifest["format"], manifest["compression"], names):
            texts = [
                text_of(array, column).to_pylist()
                for array, column in zip(found.columns, columns, strict=True)
            ]
            rows += [dict(zip(names, row, strict=True)) for row in zip(*texts, strict=True)]
    return rows
