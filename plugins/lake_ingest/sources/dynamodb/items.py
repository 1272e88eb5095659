"""Items as Arrow record batches, typed as the spec declares them."""

import base64
import logging
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.rows.typed import arrow_type
from lake_ingest.sources.dynamodb.columns import NO_ATTRIBUTE
from lake_ingest.sources.dynamodb.values import (
    OtherTypeError,
    Value,
    column_texts,
    date_text,
    datetime_text,
    object_text,
)

log = logging.getLogger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REPLICATION = "aws:rep:"  # attributes that old global tables write themselves


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its attributes; of a deleted one, those of its key alone. `written` is in microseconds since 1970."""

    attributes: Mapping[str, Value]
    deleted: bool = False
    written: int | None = None


class ItemReader:
    """Puts items into the columns of a run."""

    def __init__(
        self, table: str, columns: Sequence[Column], named: frozenset[str] | None, *, strict: bool
    ) -> None:
        """Read nothing yet.

        Args:
            table: for messages.
            columns: of the run.
            named: attributes that are no surprise: those that the spec names; None where all others are left out on purpose.
            strict: whether any other is an error, where no column takes it.
        """
        self._table = table
        self._columns = tuple(columns)
        self._named = named or frozenset()
        self._strict = strict
        self._looks = named is not None and not any(_is_of_others(column) for column in columns)
        self._texts = [self._column_texts(column) for column in self._columns]
        self._seen: set[str] = set()

    def batch(self, items: Sequence[Item], where: str) -> pa.RecordBatch:
        """The rows of some items.

        Raises:
            FatalError: a value is not of its declared type, or an attribute is not named and the spec says drift: fail.
        """
        if self._looks:
            self._look_at_names(items, where)
        arrays = [
            self._typed(texts(items), column, where)
            for texts, column in zip(self._texts, self._columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in self._columns])

    def tell(self) -> None:
        """Say in the log which attributes no column has."""
        if self._seen:
            log.warning(
                "Items of %s have attributes that the spec does not name, which were left out: %s. Name them in fields, or write"
                " other_attributes",
                self._table,
                ", ".join(sorted(self._seen)),
            )

    def _look_at_names(self, items: Iterable[Item], where: str) -> None:
        for item in items:
            if item.attributes.keys() <= self._named:
                continue
            found = {
                name for name in item.attributes.keys() - self._named if not name.startswith(_REPLICATION)
            }
            if found and self._strict:
                raise FatalError(
                    f"an item of {self._table} has an attribute that the spec does not name, and the spec says drift: fail:"
                    f" {', '.join(sorted(found))} ({where}). Nothing was published; name it in fields, or write other_attributes."
                )
            self._seen |= found

    def _column_texts(self, column: Column) -> "Callable[[Sequence[Item]], list[str | None]]":
        if column.path != NO_ATTRIBUTE:
            return self._attribute_texts(column)
        if column.kind == "boolean":
            return lambda items: ["true" if item.deleted else "false" for item in items]
        if column.kind == "datetime":
            return lambda items: [None if item.written is None else _stamp(item.written) for item in items]
        return lambda items: [self._others(item) for item in items]

    def _attribute_texts(self, column: Column) -> "Callable[[Sequence[Item]], list[str | None]]":
        path, kind = column.path, column.kind

        def texts(items: Sequence[Item]) -> list[str | None]:
            try:
                return column_texts([item.attributes.get(path) for item in items], kind)
            except OtherTypeError as error:
                raise self._other_type(column, error) from None

        return texts

    def _other_type(self, column: Column, error: OtherTypeError) -> FatalError:
        return FatalError(
            f"attribute {column.path} of {self._table} is declared {column.source_type or column.kind}, and an item holds {error};"
            f" write type: {_SUGGESTED.get(str(error), 'json')} for it, or type: json, which takes any value"
        )

    def _others(self, item: Item) -> str | None:
        """Deleted items have their key alone, so nothing is known of the others."""
        if item.deleted:
            return None
        return object_text(
            {
                name: value
                for name, value in item.attributes.items()
                if name not in self._named and not name.startswith(_REPLICATION)
            }
        )

    def _typed(self, texts: list[str | None], column: Column, where: str) -> pa.Array:
        if column.kind == "binary":
            return _binary(texts)
        try:
            made = text_array(texts)
        except UnicodeEncodeError:
            raise FatalError(
                f"column {column.name} of {self._table} holds text that is not Unicode ({where})"
            ) from None
        wanted = arrow_type(replace(column, protect=None))
        if made.type == wanted:
            return made
        try:
            return pc.cast(made, wanted)
        except pa.ArrowInvalid:
            return self._one_by_one(texts, wanted, column, where)

    def _one_by_one(
        self, texts: list[str | None], wanted: pa.DataType, column: Column, where: str
    ) -> pa.Array:
        """What Arrow does not read all at once: moments in other forms of ISO 8601, or a number that does not fit."""
        read = _MOMENTS.get(column.kind)
        try:
            canonical = texts if read is None else [None if text is None else read(text) for text in texts]
            return pc.cast(text_array(canonical), wanted)
        except OtherTypeError as error:
            raise self._other_type(column, error) from None
        except pa.ArrowInvalid:
            raise FatalError(
                f"attribute {column.path} of {self._table} is declared {column.source_type}, and an item holds a value that does not"
                f" fit ({where}). Write a wider type, or one that takes any: number, or text for a date."
            ) from None


_MOMENTS = {"date": date_text, "datetime": datetime_text}
_SUGGESTED = {"S": "text", "N": "number", "BOOL": "boolean", "B": "binary", "S of another form": "text"}


def _is_of_others(column: Column) -> bool:
    return column.path == NO_ATTRIBUTE and column.kind == "json"


def _stamp(micros: int) -> str:
    return f"{_EPOCH + timedelta(microseconds=micros):%Y-%m-%dT%H:%M:%S.%f}Z"


def _binary(texts: Sequence[str | None]) -> pa.Array:
    """Of base64; built from its buffers, since `pyarrow.array` loads pandas."""
    values = [None if text is None else base64.b64decode(text) for text in texts]
    offsets, valid, end = array("i", [0]), bytearray((len(values) + 7) // 8), 0
    for place, value in enumerate(values):
        if value is not None:
            end += len(value)
            valid[place >> 3] |= 1 << (place & 7)
        offsets.append(end)
    data = b"".join(value for value in values if value)
    buffers: list[Any] = [pa.py_buffer(bytes(valid)), pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.binary(), len(values), buffers)
