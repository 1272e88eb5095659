"""The life of the org: rows are written, changed, deleted, and sometimes committed late."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.salesforce.clock import Clock
from sandbox.salesforce.data.canonical import convert
from sandbox.salesforce.data.record_id import CAPACITY, record_id
from sandbox.salesforce.data.sql import quoted
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.schema.model import (
    Field,
    ObjectType,
    Schema,
)

Row = Mapping[str, Any]
STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
ROWS_A_STATEMENT = 50  # each statement is planned, and a longer one longer


class Life:
    """Writes to the org. Stamps are the clock's, in whole seconds, unless a row says otherwise."""

    def __init__(self, schema: Schema, store: Store, clock: Clock, user_id: str) -> None:
        self._schema = schema
        self._store = store
        self._clock = clock
        self._user_id = user_id
        self._next: dict[str, int] = {}
        self._transactions: dict[str, tuple[ObjectType, list[dict[str, Any]], datetime]] = {}
        self._lock = threading.Lock()

    def insert(self, name: str, rows: Sequence[Row]) -> list[str]:
        """Add rows; returns their ids.

        Raises:
            KeyError: no such object or field.
            ValueError: a value that its field cannot hold.
        """
        one = self._object(name)
        complete = [self._complete(one, row, self._clock.stamp()) for row in rows]
        self._write(one, complete)
        return [row["Id"] for row in complete]

    def commit_late(self, name: str, rows: Sequence[Row], stamp: datetime) -> list[str]:
        """Add rows that carry an older stamp: what a long transaction leaves when it ends."""
        one = self._object(name)
        complete = [self._complete(one, row, stamp.replace(microsecond=0, tzinfo=None)) for row in rows]
        self._write(one, complete)
        return [row["Id"] for row in complete]

    def begin(self, name: str, rows: Sequence[Row]) -> str:
        """Open a transaction: its rows are stamped now and seen only after `commit`; returns its id."""
        one, now = self._object(name), self._clock.stamp()
        complete = [self._complete(one, row, now) for row in rows]
        with self._lock:
            identity = f"transaction-{len(self._transactions) + 1}-{complete[0]['Id'] if complete else ''}"
            self._transactions[identity] = (one, complete, now)
        return identity

    def commit(self, transaction: str) -> list[str]:
        """End a transaction; returns the ids of its rows."""
        with self._lock:
            one, rows, _ = self._transactions.pop(transaction)
        self._write(one, rows)
        return [row["Id"] for row in rows]

    def covered_until(self) -> datetime:
        """Up to when changes are known for sure: the start of the oldest open transaction, else now."""
        with self._lock:
            return min([self._clock.stamp(), *(begun for _, _, begun in self._transactions.values())])

    def update(self, name: str, ids: Sequence[str], changes: Row) -> int:
        """Change rows and their stamps; returns how many there were."""
        one, now = self._object(name), self._clock.stamp()
        values = {
            field.name: convert(field, changes[key]) for key, field in self._fields(one, changes).items()
        }
        stamps = {"LastModifiedDate": now, "SystemModstamp": now, "LastModifiedById": self._user_id}
        values = {name: value for name, value in stamps.items() if one.field(name)} | values
        return self._set(one, ids, values)

    def delete(self, name: str, ids: Sequence[str]) -> int:
        """Move rows to the recycle bin; this changes their SystemModstamp, where they have one."""
        return self._bin(self._object(name), ids, deleted=True)

    def undelete(self, name: str, ids: Sequence[str]) -> int:
        """Bring rows back from the recycle bin."""
        return self._bin(self._object(name), ids, deleted=False)

    def _bin(self, one: ObjectType, ids: Sequence[str], *, deleted: bool) -> int:
        stamp = {"SystemModstamp": self._clock.stamp()} if one.field("SystemModstamp") else {}
        return self._set(one, ids, {"IsDeleted": deleted, **stamp})

    def hard_delete(self, name: str, ids: Sequence[str]) -> int:
        """Remove rows without a trace."""
        one = self._object(name)
        with self._store.writing() as cursor:
            gone = cursor.execute(
                f'DELETE FROM {quoted(one.name)} WHERE "Id" IN (SELECT unnest($ids)) RETURNING "Id"',
                {"ids": list(ids)},
            ).fetchall()
        return len(gone)

    def _set(self, one: ObjectType, ids: Sequence[str], values: Mapping[str, Any]) -> int:
        assignments = ", ".join(f"{quoted(name)} = $v{place}" for place, name in enumerate(values))
        bindings = {f"v{place}": value for place, value in enumerate(values.values())} | {"ids": list(ids)}
        with self._store.writing() as cursor:
            changed = cursor.execute(
                f'UPDATE {quoted(one.name)} SET {assignments} WHERE "Id" IN (SELECT unnest($ids)) RETURNING "Id"',
                bindings,
            ).fetchall()
        return len(changed)

    def _object(self, name: str) -> ObjectType:
        one = self._schema.object(name)
        if one is None:
            raise KeyError(f"no object is called {name}")
        return one

    def _fields(self, one: ObjectType, row: Row) -> dict[str, Field]:
        found = {}
        for key in row:
            field = one.field(key)
            if field is None or not field.stored:
                raise KeyError(f"{one.name} has no field {key} that can be written")
            found[key] = field
        return found

    def _complete(self, one: ObjectType, row: Row, stamp: datetime) -> dict[str, Any]:
        given = {field.name: convert(field, row[key]) for key, field in self._fields(one, row).items()}
        index = self._take_index(one)
        defaults: dict[str, Any] = {
            "Id": record_id(one.key_prefix, index),
            "IsDeleted": False,
            "CreatedById": self._user_id,
            "LastModifiedById": self._user_id,
            "OwnerId": self._user_id,
            **dict.fromkeys(STAMPS, stamp),
        }
        numbers = {field.name: f"{index + 1:08}" for field in one.stored_fields if field.auto_number}
        flags = {field.name: False for field in one.stored_fields if field.type == "boolean"}
        defaults = flags | defaults | numbers | given
        return {field.name: defaults.get(field.name) for field in one.stored_fields}

    def _take_index(self, one: ObjectType) -> int:
        """Ids of new rows count down from the end of the range, which the generator fills from the start."""
        with self._lock:
            index = self._next.get(one.name, CAPACITY - 1)
            self._next[one.name] = index - 1
        return index

    def _write(self, one: ObjectType, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        marks = f"({', '.join(['?'] * len(one.stored_fields))})"
        with self._store.writing() as cursor:
            for start in range(0, len(rows), ROWS_A_STATEMENT):
                some = rows[start : start + ROWS_A_STATEMENT]
                values = [value for row in some for value in row.values()]
                cursor.execute(
                    f"INSERT INTO {quoted(one.name)} VALUES {', '.join([marks] * len(some))}", values
                )
