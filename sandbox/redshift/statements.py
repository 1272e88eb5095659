"""Statements under way, each in a thread and a transaction of its own."""

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from psycopg2.errors import QueryCanceled
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import TokenType

from sandbox.redshift.results import Answer
from sandbox.redshift.unload import StatementError, read_unload, unload
from sandbox.redshift.warehouse import Warehouse

_COUNT = "select pg_last_unload_count()"


@dataclass(frozen=True)
class _Counted:
    """A column of whole numbers, as psycopg2 describes one."""

    name: str
    type_code: int = 20
    precision: int | None = None
    scale: int | None = None


@dataclass
class Statement:
    """One request to run SQL: one statement, or several together.

    `answers` has one for each that has run; `stopped` is set by whoever cancels it.
    """

    sqls: Sequence[str]
    user: str
    together: bool
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    since: float = field(default_factory=time.time)
    status: str = "SUBMITTED"
    error: str = ""
    answers: list[Answer] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    connection: Any = None

    def described(self) -> dict[str, Any]:
        """In the words of DescribeStatement."""
        body: dict[str, Any] = {
            "Id": self.id,
            "Status": self.status,
            "CreatedAt": self.since,
            "UpdatedAt": time.time(),
        }
        body["HasResultSet"] = any(answer.columns for answer in self.answers)
        if self.error:
            body["Error"] = self.error
        if self.together:
            body["SubStatements"] = [
                {"Id": f"{self.id}:{number}", "QueryString": sql, "Status": self._status_of(number)}
                for number, sql in enumerate(self.sqls, 1)
            ]
        else:
            body["QueryString"] = self.sqls[0]
        return body

    def _status_of(self, number: int) -> str:
        return "FINISHED" if number <= len(self.answers) else self.status

    def run(self, warehouse: Warehouse) -> None:
        """All of it, in one transaction; its end is seen by `described`."""
        self.status = "STARTED"
        try:
            with warehouse.session(self.user) as self.connection:
                self._run_in(self.connection, warehouse)
            self.status = "FINISHED"
        except QueryCanceled:
            self.status = "ABORTED"
        except StatementError as error:
            self.status, self.error = "FAILED", str(error)
        except psycopg2.Error as error:
            self.status, self.error = "FAILED", f"ERROR: {_said(error)}"
        except Exception as error:  # noqa: BLE001 - a thread that ends without a word would leave it running for ever
            self.status, self.error = (
                "FAILED",
                f"ERROR: this stand-in could not go on: {type(error).__name__}: {error}",
            )

    def stop(self) -> None:
        """Cancel it."""
        self.stopped.set()
        if self.connection is not None and not self.connection.closed:
            self.connection.cancel()

    def _run_in(self, connection: Any, warehouse: Warehouse) -> None:
        unloaded = 0
        for sql in self.sqls:
            statement = read_unload(sql)
            if statement is not None:
                s3 = warehouse.s3(statement.role)
                if s3 is None:
                    raise StatementError(
                        f"ERROR: User arn:aws:redshift:eu-west-1:123456789012:dbuser:northwind/{self.user} is not authorized to assume IAM"
                        f" Role {statement.role}"
                    )
                unloaded = unload(statement, connection, s3, warehouse.slices, warehouse.file_rows)
                if warehouse.after_unload is not None:
                    warehouse.after_unload(s3, statement.bucket, statement.prefix)
                if self.stopped.wait(warehouse.unload_seconds):
                    raise QueryCanceled
                self.answers.append(Answer())
            elif sql.strip().rstrip(";").lower() == _COUNT:
                self.answers.append(Answer([_Counted("pg_last_unload_count")], [[str(unloaded)]]))
            else:
                self.answers.append(_answer(connection, sql))
        connection.commit()


def _answer(connection: Any, sql: str) -> Answer:
    if (
        TokenType.SEMICOLON
        in [token.token_type for token in Dialect.get_or_raise("redshift").tokenize(sql)][:-1]
    ):
        raise StatementError("ERROR: cannot insert multiple commands into a prepared statement")
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return Answer(cursor.description or (), cursor.fetchall() if cursor.description else ())


def _said(error: psycopg2.Error) -> str:
    return (error.diag.message_primary or str(error)).strip()
