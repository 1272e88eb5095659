"""Databases of a real MariaDB server, one for each test, and whole runs that read from them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from lake_ingest.lake.bucket import Bucket
from lake_ingest.sources.registry import open_source
from lake_ingest.sources.source import Source

from sandbox.databases.mariadb import READER, MariadbServer
from tests.runtime.landing import Landing


@dataclass
class MyDatabase:
    """A database whose tables the lake's user may read, now and later."""

    server: MariadbServer
    name: str = field(default_factory=lambda: f"t_{uuid.uuid4().hex[:10]}")
    exists: bool = False

    def __post_init__(self) -> None:
        if self.exists:
            return
        self.server.sql(
            f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4; GRANT SELECT ON {self.name}.* TO '{READER}'@'127.0.0.1'"
        )

    def sql(self, script: str) -> list[tuple[Any, ...]]:
        """Run a script in the database; gives the rows of its last statement."""
        return self.server.sql(f"SET time_zone = '+00:00';{script}", self.name)

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A cursor of the superuser's own connection, which keeps its transactions open."""
        with self.server.connected(self.name) as connection, connection.cursor() as cursor:
            yield cursor

    def connection(self, **given: Any) -> Any:
        """As Airflow has it."""
        extra = given.pop("extra", {})
        return SimpleNamespace(
            **{
                "conn_id": "test_db",
                "host": self.server.host,
                "port": self.server.port,
                "schema": None,
                "login": READER,
                "password": self.server.password,
                **given,
            },
            extra_dejson=extra,
        )

    def source(self, **given: Any) -> Source:
        """The source behind a connection."""
        return open_source("mysql", self.connection(**given), {})


@dataclass
class MyLanding(Landing):
    """Runs of a table; `land` gives the manifest. The test's table is called `deals`."""

    org: Any
    bucket: Bucket
    database: MyDatabase | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def source(self) -> Any:
        assert self.database is not None
        return self.database.source(extra=self.extra)

    def compiled(self, **spec: Any) -> dict[str, Any]:
        assert self.database is not None
        named = {"source": "mysql", "object": f"{self.database.name}.deals", **spec}
        if isinstance(named.get("fields"), list):
            named["fields"] = [{"name": one} if isinstance(one, str) else one for one in named["fields"]]
        return super().compiled(**named)
