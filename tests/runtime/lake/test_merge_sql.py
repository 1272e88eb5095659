"""The statements of a merge give the source's truth, whatever happens between the source and the merge.

They run here in DuckDB over tables of its own, which takes a hundredth of the time that Iceberg takes; test_current_state runs them there.
"""

import functools
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest
import sqlglot
from lake_ingest.lake.merge_sql import Merge, bring_rows, take_out
from lake_ingest.spec.lake_table import LakeTable

TABLE = LakeTable("fin", "deals", current=True)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SEEDS = range(int(os.environ.get("HISTORIES", "3")))
DAY = 100  # ticks; each thing that happens takes one
STAMPS = '"_logical_date" TIMESTAMPTZ, "_as_of" TIMESTAMPTZ'


@functools.cache
def in_duckdb(sql: str) -> str:
    return sqlglot.transpile(sql, read="athena", write="duckdb")[0]


def moment(tick: int) -> datetime:
    return EPOCH + timedelta(minutes=tick)


class KilledError(Exception):
    """A task that ends between two statements."""


@dataclass
class Row:
    stamp: int
    value: int
    deleted: bool = False


@dataclass
class Story:
    """A source that changes, runs that read it, and merges that come when they come.

    `late` is how long a transaction stays open at most: its rows have the stamp of its beginning. `sliding`: the cursor is no stamp, as a
    closing date, and each window reaches three days back. `logged`: as DynamoDB, a window shows its rows as they were at its end,
    whenever it is read.
    """

    chance: random.Random
    late: int = 0
    sliding: bool = False
    logged: bool = False
    now: int = DAY
    source: dict[int, Row] = field(default_factory=dict)
    past: list[tuple[int, int, Row | None]] = field(default_factory=list)
    pending: list[tuple[str, int]] = field(default_factory=list)
    read_at: dict[int, int] = field(default_factory=dict)
    unseen: set[int] = field(default_factory=set)  # keys whose last change no run has read
    standing: dict[int, int] = field(
        default_factory=dict
    )  # the days whose publication shows all rows, and as of when
    as_of: dict[int, int] = field(default_factory=dict)
    whole: int | None = None
    compared: int | None = None

    def __post_init__(self) -> None:
        self.lake = duckdb.connect()
        self.lake.execute(
            f'CREATE SCHEMA fin; CREATE TABLE fin.deals ("Id" INT, "Value" INT, "IsDeleted" BOOLEAN, {STAMPS});'
            f'CREATE TABLE fin.deals_current ("Id" INT, "Value" INT, "IsDeleted" BOOLEAN, {STAMPS});'
            f'CREATE TABLE fin.deals_gone ("Id" INT, {STAMPS}); CREATE TABLE fin.deals_keys ("Id" INT);'
        )

    @property
    def today(self) -> int:
        return self.now // DAY

    def change(self) -> None:
        key = self.chance.randint(1, 12)
        was = self.source.get(key)
        stamp = was.stamp if was and self.sliding else self.now - self.chance.randint(0, self.late)
        self._set(key, Row(stamp, self.now, bool(was) and self.chance.random() < 0.2))

    def purge(self) -> None:
        if self.source:
            self._set(self.chance.choice(list(self.source)), None)

    def _set(self, key: int, row: Row | None) -> None:
        self.past.append((self.now, key, row))
        self.unseen.add(key)
        if row is None:
            self.unseen.discard(key)
            del self.source[key]
        else:
            self.source[key] = row

    def run(self, day: int) -> None:
        """A day that was read whole is so again."""
        if day in self.standing:
            self.refresh(day)
            return
        start, end = self._window(day)
        if self.logged:
            shown = self._as_it_was(end)
            rows = {
                key: row
                for key, row in shown.items()
                if any(start <= t < end and k == key for t, k, _ in self.past)
            }
            as_of = end
        else:
            rows = {key: row for key, row in self.source.items() if start <= row.stamp < end}
            as_of = self.now
            self.unseen -= rows.keys()
        self._publish(day, rows, as_of)
        self.read_at[day] = self.now

    def _window(self, day: int) -> tuple[int, int]:
        return (day - 3 * self.sliding) * DAY - self.late, (day + 1) * DAY

    def _as_it_was(self, instant: int) -> dict[int, Row]:
        found: dict[int, Row] = {}
        for at, key, row in self.past:
            if at < instant:
                found[key] = row or Row(at, 0, deleted=True)
        return found

    def refresh(self, day: int) -> None:
        self._publish(day, dict(self.source), self.now)
        self.unseen.clear()
        self.standing[day] = self.now

    def _publish(self, day: int, rows: dict[int, Row], as_of: int) -> None:
        self.lake.execute("DELETE FROM fin.deals WHERE _logical_date = ?", [moment(day * DAY)])
        values = [
            (key, row.value, row.deleted, moment(day * DAY), moment(as_of)) for key, row in rows.items()
        ]
        self._insert("deals", values)
        self.as_of[day] = as_of
        self.pending.append(("rows", day))

    def compare(self) -> None:
        self.lake.execute("DELETE FROM fin.deals_keys")
        self._insert("deals_keys", [(key,) for key in self.source])
        self.compared = self.now
        self.pending.append(("keys", self.today))

    def _insert(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            marks = f"({', '.join('?' * len(rows[0]))})"
            values = [value for row in rows for value in row]
            self.lake.execute(f"INSERT INTO fin.{table} VALUES {', '.join([marks] * len(rows))}", values)

    def merge(self) -> None:
        """One that waits, out of turn; sometimes it is killed after a few of its statements, and waits again."""
        if not self.pending:
            return
        what, day = self.pending.pop(self.chance.randrange(len(self.pending)))
        read = self.standing.get(day)
        try:
            if what == "rows":
                self._do(bring_rows, day)
                if read and read == self.standing.get(day):
                    self.whole = max(self.whole or 0, read)
            self._do(take_out, day, is_late=what == "keys" or self.as_of[day] < (self.compared or 0))
        except KilledError:
            self.pending.append((what, day))

    def _do(self, part: Callable[[Merge], list[str]], day: int, *, is_late: bool = False) -> None:
        merge = Merge(
            TABLE,
            ["Id", "Value", "IsDeleted"],
            ["Id"],
            moment(day * DAY),
            deleted="IsDeleted",
            has_gone=True,
            whole=moment(self.whole) if self.whole else None,
            compared=moment(self.compared) if self.compared and is_late else None,
        )
        for sql in part(merge):
            if self.chance.random() < 0.1:
                raise KilledError
            self.lake.execute(in_duckdb(sql))

    def settle(self, *, by_comparison: bool) -> None:
        """Every change is read once, in windows of any date; every merge is done, and deletions are looked for."""
        self.now = (self.today + 1) * DAY + self.late
        days = range(self.today)
        if self.logged:
            for day in (day for day in days if day not in self.read_at):
                self.run(day)
        while self.unseen and not self.logged:
            stamp = self.source[self.chance.choice(sorted(self.unseen))].stamp
            self.run(
                self.chance.choice(
                    [day for day in days if self._window(day)[0] <= stamp < self._window(day)[1]]
                )
            )
            self.now += 1
        while self.pending:
            self.merge()
        if by_comparison:
            self.compare()
        elif not self.logged:
            self.refresh(self.today)
        while self.pending:
            self.merge()

    def state(self) -> dict[int, int]:
        found = self.lake.execute("SELECT Id, Value FROM fin.deals_current").fetchall()
        assert len(found) == len(dict(found)), "a key twice"
        return dict(found)

    @property
    def truth(self) -> dict[int, int]:
        return {key: row.value for key, row in self.source.items() if not row.deleted}


def told(seed: int, **kind: Any) -> Story:
    story = Story(random.Random(seed), **kind)
    for _ in range(40):
        story.now += story.chance.choice([1, 1, 20, DAY // 2])
        match story.chance.choice(
            ["change"] * 5 + ["purge", "run", "run", "rerun", "refresh", "compare", "merge", "merge"]
        ):
            case "change":
                story.change()
            case "purge":
                story.purge()
            case "run" if story.today > 1:
                story.run(story.today - 1)
            case "rerun" if story.today > 1:
                story.run(story.chance.randrange(story.today))
            case "refresh" if not story.logged:
                story.refresh(story.today)
            case "compare" if not story.logged:
                story.compare()
            case "merge":
                story.merge()
    return story


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [{}, {"late": 30}, {"sliding": True}, {"logged": True}])
def test_a_random_history_ends_in_the_truth(seed: int, kind: dict[str, Any]) -> None:
    story = told(seed, **kind)
    story.settle(by_comparison=seed % 2 == 0 and not story.logged)
    assert story.state() == story.truth
