"""Statements one after another, as the code for databases wants them; each is a transaction of its own."""

from typing import Any, Self

from lake_ingest.sources.redshift.statements import Statements


class Session:
    """A handful of questions."""

    def __init__(self, statements: Statements) -> None:
        """Ask nothing yet."""
        self._statements = statements
        self.asked = 0

    @property
    def database(self) -> str:
        """For people."""
        return f"database {self.database_name}"

    @property
    def database_name(self) -> str:
        """Its name alone."""
        return self._statements.access.database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The Data API keeps nothing open."""

    def rows(self, sql: str, doing: str) -> list[dict[str, Any]]:
        """All rows of a small answer.

        Raises:
            FatalError, RetriableError: the warehouse refused.
        """
        self.asked += 1
        statement = self._statements.run(sql, doing)
        return [
            dict(zip(names, row, strict=True))
            for names, rows in self._statements.pages(statement, doing)
            for row in rows
        ]

    def described(self, query: str, doing: str) -> list[dict[str, Any]]:
        """How the Data API describes the columns of a query, of which it gives no row.

        Raises:
            FatalError, RetriableError: the warehouse refused.
        """
        self.asked += 1
        statement = self._statements.run(f"SELECT * FROM (\n{query}\n) AS lake_query LIMIT 0", doing)
        return self._statements.described(statement, doing)

    def check(self, sql: str, doing: str) -> None:
        """Have a statement read and planned, and not run.

        Raises:
            FatalError, RetriableError: the warehouse refused.
        """
        self.asked += 1
        self._statements.run(f"EXPLAIN {sql}", doing)
