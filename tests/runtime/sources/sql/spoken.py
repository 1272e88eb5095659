"""A database under the face that all of them have for a test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run

from tests.runtime.landing import DAY
from tests.runtime.mysql_tables import MyLanding
from tests.runtime.tables import TableLanding, published_texts


@dataclass(frozen=True)
class Spoken:
    """A database, and what it calls the things that all of them have.

    `sql` runs a script beside the table `deals`, `session` gives a cursor of the superuser's own; `schema` is where the table lies.
    `instant` and `clock` are the types of a moment, and of what a wall clock shows.
    """

    kind: str
    landing: Any
    sql: Callable[[str], Any]
    session: Callable[[], Any]
    schema: str
    instant: str
    clock: str

    @property
    def place(self) -> Any:
        """The schema of PostgreSQL, or the database of MySQL, in which the table lies."""
        return self.landing.schema if self.kind == "postgresql" else self.landing.database

    def plan(self, **spec: Any) -> Any:
        """The frozen plan of a run of the table."""
        run = open_run(self.landing.compiled(**spec), self.landing.run(DAY, "run", DAY))
        return make_plan(self.landing.source(), run)

    def read(self, plan: Any) -> Iterator[Any]:
        """The rows of a plan's first batch."""
        return self.landing.source().begin(plan.request(0), lambda _: None).batches()

    def ids(self, manifest: dict[str, Any], folder: Any) -> list[int]:
        """The ids of a publication, sorted."""
        return sorted(int(row["id"] or 0) for row in published_texts(self.landing.bucket, manifest, folder))


def in_postgresql(tables: TableLanding) -> Spoken:
    """A schema of PostgreSQL."""
    schema = tables.schema
    assert schema is not None

    def sql(script: str) -> Any:
        return schema.sql(f"SET TimeZone TO UTC; {script}")

    return Spoken("postgresql", tables, sql, schema.session, schema.name, "timestamptz", "timestamp")


def in_mysql(tables: MyLanding) -> Spoken:
    """A database of MySQL."""
    database = tables.database
    assert database is not None
    return Spoken(
        "mysql", tables, database.sql, database.session, database.name, "timestamp(6) NULL", "datetime(6)"
    )
