"""The tables: one DuckDB file that lives as long as the org."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sandbox.salesforce.schema.model import ObjectType, Schema


class Store:
    """The rows of the org. Readers take cursors of their own; writers go one at a time."""

    def __init__(self, schema: Schema, directory: Path, memory_limit: str = "700MB") -> None:
        self.schema = schema
        self.directory = directory
        self._connection = duckdb.connect(str(directory / "org.duckdb"))
        self._connection.execute(f"SET memory_limit = '{memory_limit}'")
        self._connection.execute(f"SET temp_directory = '{directory / 'spill'}'")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("PRAGMA disable_checkpoint_on_shutdown")  # nobody opens the file again
        self._writing = threading.Lock()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of the caller's own, to be closed by it."""
        return self._connection.cursor()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A transaction; readers see all of it or nothing."""
        with self._writing, self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            except BaseException:
                cursor.rollback()
                raise
            cursor.commit()

    @contextmanager
    def planning_plainly(self) -> Iterator[None]:
        """While the block lasts, DuckDB looks for no common parts of expressions: a third of the time that small tables take."""
        self._connection.execute("SET disabled_optimizers = 'common_subexpressions'")
        try:
            yield
        finally:
            self._connection.execute("RESET disabled_optimizers")

    def create(self, one: ObjectType, select: str | None = None, why: str = "the rows do not fit") -> None:
        """Make an object's table: empty, or from a query that gives its stored fields in order.

        Raises:
            ValueError: the rows cannot be read; `why` opens the message.
        """
        columns = ", ".join(f'"{field.name}" {field.sql_type}' for field in one.stored_fields)
        with self.writing() as cursor:
            cursor.execute(f'CREATE TABLE "{one.name}" ({columns})')
            if not select:
                return
            try:
                cursor.execute(f'INSERT INTO "{one.name}" {select}')
            except duckdb.Error as problem:
                raise ValueError(f"{why}: {problem}") from None

    def count(self, name: str) -> int:
        """How many rows an object has, deleted ones among them."""
        with self.cursor() as cursor:
            row = cursor.execute(f'SELECT count(*) FROM "{name}"').fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._connection.close()
