"""REST query cursors: what `nextRecordsUrl` leads to."""

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sandbox.salesforce.data.record_id import lengthen
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.results.spool import Spool, spool
from sandbox.salesforce.soql.dialect import Statement

ID_LENGTH: Final = 18
KEY_LENGTH: Final = 20  # id of the query, number of the subquery; a parent's id follows
LIFETIME: Final = timedelta(days=2)  # Salesforce Developer Limits Quick Reference, "query cursors"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who opened a cursor, and in which session."""

    user: str
    session: str


@dataclass(slots=True)
class QueryCursor:
    """A finished query; pages are slices of its spool. It is read to its end once its last page was asked for."""

    id: str
    spool: Spool
    opened: datetime
    owner: Owner
    read_to_its_end: bool = False


class Cursors:
    """The open cursors of the org; their rows lie below `directory`."""

    def __init__(self, store: Store, directory: Path) -> None:
        self._store = store
        self._directory = directory
        self._open: dict[str, QueryCursor] = {}
        self._parents: dict[str, tuple[Statement, datetime]] = {}
        self._lock = threading.Lock()

    def open(self, statement: Statement, now: datetime, owner: Owner) -> QueryCursor:
        """Run a statement to its end and keep the rows; expired cursors give up theirs."""
        self._expire(now)
        if statement.children:
            with self._lock:
                self._parents[statement.query_id] = (statement, now)
        return self._run(statement.query_id or new_query_id(), statement, now, owner)

    def _run(self, identity: str, statement: Statement, now: datetime, owner: Owner) -> QueryCursor:
        with self._store.cursor() as cursor:
            rows = spool(cursor, statement.sql, statement.bindings, self._directory / f"{identity}.rows")
        opened = QueryCursor(identity, rows, now, owner)
        with self._lock:
            self._open[identity] = opened
        return opened

    def find(self, identity: str, now: datetime, owner: Owner) -> QueryCursor | None:
        """The cursor of that id, unless it has expired; that of further children is opened when it is asked for."""
        self._expire(now)
        with self._lock:
            found = self._open.get(identity)
            statement, _ = self._parents.get(identity[:ID_LENGTH], (None, None))
        key, parent = identity[:KEY_LENGTH], identity[KEY_LENGTH:]
        if found is None and statement is not None and key in statement.children and parent.isalnum():
            return self._run(identity, statement.of_children(key, parent), now, owner)
        return found

    def _expire(self, now: datetime) -> None:
        with self._lock:
            expired = [one for one in self._open.values() if now - one.opened > LIFETIME]
            self._parents = {key: one for key, one in self._parents.items() if now - one[1] <= LIFETIME}
        for one in expired:
            self.close(one)

    def release_beyond(self, most: int, user: str) -> None:
        """Close a user's oldest cursors until `most` are open; those that were read to their end do not count."""
        with self._lock:
            mine = [one for one in self._open.values() if one.owner.user == user and not one.read_to_its_end]
        for one in mine[: max(0, len(mine) - most)]:
            self.close(one)

    def close_session(self, session: str) -> None:
        """Close the cursors that a session opened."""
        with self._lock:
            opened = [one for one in self._open.values() if one.owner.session == session]
        for one in opened:
            self.close(one)

    def lose(self, identity: str) -> None:
        """Close the cursor of that id, and let none be opened for further children of its records."""
        with self._lock:
            found = self._open.get(identity)
            self._parents.pop(identity[:ID_LENGTH], None)
        if found:
            self.close(found)

    def close(self, cursor: QueryCursor) -> None:
        """Forget a cursor and its rows."""
        with self._lock:
            self._open.pop(cursor.id, None)
        cursor.spool.delete()


def new_query_id() -> str:
    """An id for a query that is to run."""
    return lengthen("01g" + "".join(secrets.choice("0123456789ABCDEFabcdef") for _ in range(12)))
