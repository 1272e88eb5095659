"""What a test or a sample does to the stand-in: its users and roles, how long statements take, its faults."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from psycopg2.extensions import new_type, register_type

_TEXT_OF_ALL = (
    16,
    17,
    20,
    21,
    23,
    25,
    700,
    701,
    1042,
    1043,
    1082,
    1083,
    1114,
    1184,
    1266,
    1700,
    3802,
)  # oids of pg_type
_RAW = new_type(_TEXT_OF_ALL, "RAW", lambda value, _: value)


@dataclass(frozen=True)
class Fault:
    """An answer in place of an operation's own: the Data API's name of the error, how many are passed over first, how often it strikes."""

    operation: str
    code: str
    skip: int = 0
    times: int = 1


@dataclass
class Warehouse:
    """A cluster, or a workgroup, over a database of a PostgreSQL server.

    Attributes:
        host, port, database: of the server.
        password: of its users.
        users: those that may log in; the first is the one that an IAM identity is mapped to.
        secrets: users by the ARN of their secret.
        cluster, workgroup: the names by which it is asked.
        s3: gives a client of S3 in the name of a role of the warehouse; None where the role is not attached.
        slices: each of which writes files of its own.
        file_rows: of a file, at the most.
        page_rows: of a page of a small answer.
        unload_seconds: how long an UNLOAD takes at least.
        after_unload: what happens to what was unloaded, before the statement ends: the client, the bucket, the folder's keys.
    """

    host: str
    port: int
    database: str
    password: str = field(repr=False)
    users: tuple[str, ...]
    s3: Callable[[str], Any]
    secrets: dict[str, str] = field(default_factory=dict)
    cluster: str = "northwind"
    workgroup: str = "northwind-wg"
    slices: int = 2
    file_rows: int = 50_000
    page_rows: int = 1000
    unload_seconds: float = 0.0
    after_unload: Callable[[Any, str, str], None] | None = None
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def session(self, user: str) -> Iterator[Any]:
        """A connection of a user, whose values are the server's own texts."""
        options = "-c search_path=redshift,pg_catalog,public -c standard_conforming_strings=off -c escape_string_warning=off -c TimeZone=UTC"
        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            dbname=self.database,
            user=user,
            password=self.password,
            options=options,
        )
        register_type(_RAW, connection)
        try:
            yield connection
        finally:
            connection.close()

    def fault(self, operation: str, code: str, *, skip: int = 0, times: int = 1) -> None:
        """Let an operation, such as `DescribeStatement`, answer with an error, such as `InternalServerException`."""
        with self._lock:
            self._faults.append(Fault(operation, code, skip, times))

    def calm(self) -> None:
        """As it was made: no fault, no delay."""
        with self._lock:
            self._faults.clear()
        self.unload_seconds, self.after_unload = 0.0, None
        self.slices, self.file_rows, self.page_rows = 2, 50_000, 1000

    def struck(self, operation: str, body: dict[str, Any]) -> str | None:
        """The error that strikes a request; each is remembered."""
        with self._lock:
            self.requests.append((operation, body))
            for place, fault in enumerate(self._faults):
                if fault.operation != operation:
                    continue
                if fault.skip:
                    self._faults[place] = Fault(operation, fault.code, fault.skip - 1, fault.times)
                elif fault.times > 1:
                    self._faults[place] = Fault(operation, fault.code, 0, fault.times - 1)
                else:
                    del self._faults[place]
                return None if fault.skip else fault.code
        return None
