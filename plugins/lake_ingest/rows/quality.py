"""Counts of the values that break a column's rules, taken while the rows stream by.

Nothing is kept of a row, but for `unique`: of each value a digest of 16 bytes, in a database on disk, which is gone with the process.
"""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.rows.typed import text_of
from lake_ingest.spec.column_rules import ColumnRules

_NUMBERS = ("integer", "number", "float")
_LONGEST_EXAMPLE = 40  # characters


class Quality:
    """The account of one batch; `found` is its result."""

    def __init__(self, rules: Mapping[str, ColumnRules], columns: Sequence[Column], dataset: str) -> None:
        """Hold the rules against the columns.

        Args:
            rules: by the names of columns.
            columns: of the rows, as they are read.
            dataset: for errors.

        Raises:
            FatalError: there is no such column, or its kind cannot be compared.
        """
        places = {column.name: place for place, column in enumerate(columns)}
        for name in rules:
            if name not in places:
                raise FatalError(
                    f"{dataset} expects something of the column {name}, and reads no such column"
                )
        self._counts = [(places[name], _Count(columns[places[name]], rule)) for name, rule in rules.items()]

    def look(self, batch: pa.RecordBatch) -> None:
        """Count a batch of canonical rows, before anything in them is protected."""
        for place, count in self._counts:
            count.look(batch.column(place))

    def found(self) -> dict[str, dict[str, Any]]:
        """Of each column how many rows break each of its rules, an example of them, and its newest value; JSON values."""
        return {count.column.name: count.found for _, count in self._counts}


@dataclass
class _Count:
    """What one column has come to."""

    column: Column
    rules: ColumnRules
    found: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kind = self.column.kind
        if self.rules.between and kind not in (*_NUMBERS, "date"):
            raise FatalError(
                f"`between` compares numbers and dates, and {self.column.name} is of kind {kind}: delete the rule"
            )
        if self.rules.fresh and not (kind == "datetime" and self.column.zoned):
            raise FatalError(
                f"`fresh` needs a column of instants, and {self.column.name} is of kind {kind}: delete the rule"
            )
        self._allowed = self.rules.one_of and {_comparable(self.column, one) for one in self.rules.one_of}
        self._bounds = self.rules.between and tuple(
            _comparable(self.column, one) for one in self.rules.between
        )
        self._seen = _Seen() if self.rules.unique else None
        self.found = {
            rule: 0 for rule in ("not_null", "unique", "in", "between") if rule in self.rules.to_dict()
        }
        if self.rules.fresh:
            self.found["newest"] = None

    def look(self, array: pa.Array) -> None:
        if self.rules.not_null:
            self.found["not_null"] += array.null_count
        if not (self._allowed or self._bounds or self._seen or self.rules.fresh):
            return
        values = text_of(array, self.column).drop_null()
        if self._allowed is not None:
            self._few(values)
        if self._bounds is not None:
            low, high = self._bounds
            outside = [
                text for text in values.to_pylist() if not _lies(low, _comparable(self.column, text), high)
            ]
            self._broken("between", len(outside), outside[:1])
        if self._seen is not None:
            repeated = self._seen.take(values.to_pylist())
            self.found["unique"] += repeated
        if self.rules.fresh and len(values):
            newest = pc.max(values).as_py()
            self.found["newest"] = max(filter(None, (self.found["newest"], newest)))

    def _few(self, values: pa.Array) -> None:
        """Only distinct values are looked at one by one: a column with a list of values has few."""
        distinct = pc.unique(values).to_pylist()
        others = [text for text in distinct if _comparable(self.column, text) not in (self._allowed or ())]
        if others:
            many = pc.sum(pc.is_in(values, value_set=text_array(others))).as_py()
            self._broken("in", many, others)

    def _broken(self, rule: str, rows: int, examples: Sequence[str]) -> None:
        self.found[rule] += rows
        if rows and not self.column.protect:
            self.found.setdefault("such_as", {}).setdefault(rule, examples[0][:_LONGEST_EXAMPLE])


def _comparable(column: Column, text: str) -> Any:
    """A value as it is compared: numbers and dates by their value, all else by its canonical text."""
    try:
        if column.kind == "date":
            return date.fromisoformat(text)
        return Decimal(text) if column.kind in _NUMBERS else text
    except (ArithmeticError, ValueError):
        what = "date" if column.kind == "date" else "number"
        raise FatalError(f"{column.name} is a {what}, and a rule compares it with '{text}'") from None


def _lies(low: Any, value: Any, high: Any) -> bool:
    """Whether a value lies between two others; NaN, which may not be compared, lies between none."""
    return not (isinstance(value, Decimal) and value.is_nan()) and bool(low <= value <= high)


class _Seen:
    """Which values there have been, by their digests, in a file that nobody else can open."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE seen (value BLOB PRIMARY KEY) WITHOUT ROWID"
        )

    def take(self, texts: Sequence[str]) -> int:
        """Remember values; gives how many of them had been there before."""
        before = self._database.total_changes
        digests = ((hashlib.blake2b(text.encode(), digest_size=16).digest(),) for text in texts)
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?)", digests)
        self._database.execute("COMMIT")
        return len(texts) - (self._database.total_changes - before)
