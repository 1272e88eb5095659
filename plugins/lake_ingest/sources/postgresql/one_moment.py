"""One moment of a database, seen by several connections: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION.

One connection exports its snapshot, and keeps its transaction open; the others take it over. Two things are not part of a snapshot,
and are seen to: TRUNCATE and a rewrite of the table empty it for everybody, so a further connection locks the table before the moment;
and a snapshot has a name on one server only, so each connection says what it sees, and that is compared.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.postgresql.connection import Access
from lake_ingest.sources.postgresql.literal import text
from lake_ingest.sources.postgresql.session import BEGINNING, Session

_SEEN = "pg_catalog.txid_current_snapshot()::text AS seen"  # of every version of PostgreSQL
_GONE = (
    "The connection that holds the moment of the run has ended, or the host leads to several servers; write the host of one server, and no"
    " reader endpoint."
)


@contextmanager
def one_moment(access: Access, lock: Callable[[Session], None]) -> Iterator[Callable[[], Session]]:
    """A maker of sessions that all see the moment at which the block was entered; what they do is cancelled when the block fails.

    The moment may last as long as the connection lets a statement take, since the server cannot clean up after changes meanwhile.

    Args:
        access: to the database.
        lock: has a session lock what will be read, until its transaction ends.

    Raises:
        FatalError, RetriableError: the server refused.
    """
    ends = time.monotonic() + access.statement_timeout.seconds
    with Session(access) as holder:
        lock(holder)
        with Session(access, _begin) as exporter:
            said = exporter.rows(
                f"SELECT pg_catalog.pg_export_snapshot() AS id, {_SEEN}", "export its snapshot"
            )
            begin = _taking_over(access, said[0]["id"], said[0]["seen"])
            taken: list[Session] = []

            def session() -> Session:
                taken.append(Session(access, begin, _left(access, ends)))
                return taken[-1]

            try:
                yield session
            except BaseException:
                for one in taken:
                    one.cancel()
                raise


def _begin(session: Session) -> None:
    session.run("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", BEGINNING)


def _taking_over(access: Access, snapshot: str, seen: str) -> Callable[[Session], None]:
    """What begins a transaction that sees a snapshot."""

    def begin(session: Session) -> None:
        _begin(session)
        try:
            session.run(f"SET TRANSACTION SNAPSHOT {text(snapshot)}", "take over the moment of the run")
        except FatalError as error:
            raise RetriableError(f"{error}. {_GONE}") from None
        if session.rows(f"SELECT {_SEEN}", "compare moments")[0]["seen"] != seen:
            raise RetriableError(
                f"PostgreSQL at {access.place} shows another moment than that of the run. {_GONE}"
            )

    return begin


def _left(access: Access, ends: float) -> int:
    """Seconds that a statement may take."""
    left = int(ends - time.monotonic())
    if left < 1:
        raise RetriableError(
            f"PostgreSQL at {access.place} was read at one moment for {access.statement_timeout}, which is as long as a statement may take;"
            " raise statement_timeout in the connection's extra, or have the run read less"
        )
    return left
