"""JSON arrays and newline-delimited JSON, built column by column rather than value by value.

A row is its values with constant text between them, and Arrow joins these columns in compiled code; the rows of a batch
then lie behind one another in one buffer, which is written as it is. Numbers are written with their own digits, so that a
decimal loses none; text is escaped as RFC 8259 asks and otherwise left in UTF-8.
"""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake_ingest.rows.column import Column
from lake_ingest.rows.encode.compressed import TextSink
from lake_ingest.rows.text_array import text_array, text_scalar
from lake_ingest.rows.typed import text_of

_LITERAL_KINDS = ("boolean", "integer", "number", "float")
_FIRST_OF_NO_NUMBER = r"^-?[IN]"  # Infinity, NaN
_NULL, _QUOTE, _NOTHING = (text_scalar(text) for text in ("null", '"', ""))
_FIRST_PRINTABLE = 0x20
_SPECIAL = r'["\\\x00-\x1f]'
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class NdjsonEncoder:
    """One object a line; a file without rows is empty."""

    opening = b""
    before_a_row = ""
    after_a_row = "\n"
    closing = b""

    def __init__(self, columns: tuple[Column, ...], compression: str, sink: Any) -> None:
        """Write what stands before the first row."""
        self._columns = columns
        self._before = [
            f"{'{' if index == 0 else ','}{json.dumps(column.name, ensure_ascii=False)}:"
            for index, column in enumerate(columns)
        ]
        self._sink = TextSink(compression, sink)
        self._sink.write(self.opening)
        self._skipped = len(self.before_a_row)  # of the first row

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        if batch.num_rows:
            rows = self._joined(batch)
            self._sink.write(_text_of(rows)[self._skipped :])
            self._skipped = 0

    def close(self) -> None:
        """Complete the file."""
        self._sink.write(self.closing)
        self._sink.close()

    def _joined(self, batch: pa.RecordBatch) -> pa.Array:
        """One text a row."""
        pieces: list[pa.Array | str] = [self.before_a_row]
        for before, array, column in zip(self._before, batch.columns, self._columns, strict=True):
            pieces += [before, *_value(array, column)]
        pieces += ["}", self.after_a_row]
        return pc.binary_join_element_wise(*_merged(pieces), _NOTHING)


class JsonEncoder(NdjsonEncoder):
    """One array of objects, one object a line; a file without rows is an empty array."""

    opening = b"["
    before_a_row = ",\n"
    after_a_row = ""
    closing = b"]\n"


def _merged(pieces: list[pa.Array | str]) -> list[pa.Array | pa.Scalar]:
    """Constants that meet become one: to Arrow each costs as much as a value."""
    merged: list[pa.Array | str] = []
    for piece in pieces:
        if merged and isinstance(piece, str) and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return [text_scalar(piece) if isinstance(piece, str) else piece for piece in merged]


def _value(array: pa.Array, column: Column) -> tuple[pa.Array | str, ...]:
    """What stands after a member's name."""
    array = text_of(array, column)
    if column.written_as in _LITERAL_KINDS:
        if column.verbatim or column.written_as == "float":
            array = _quoted_unless_finite(array)
        return (pc.coalesce(array, _NULL) if array.null_count else array,)
    escaped = _escaped(array)
    if not array.null_count:
        return '"', escaped, '"'
    return (pc.coalesce(pc.binary_join_element_wise(_QUOTE, escaped, _QUOTE, _NOTHING), _NULL),)


def _quoted_unless_finite(array: pa.Array) -> pa.Array:
    """JSON has no number for NaN and the infinities; they are texts, as the readers of Spark and Jackson take them."""
    odd = pc.match_substring_regex(array, _FIRST_OF_NO_NUMBER)
    if not pc.any(odd, min_count=0).as_py():
        return array
    quoted = text_array(f'"{value}"' for value in array.filter(odd).to_pylist())
    return pc.replace_with_mask(array, odd, quoted)


def _escaped(array: pa.Array) -> pa.Array:
    """The text between the quotes. Most columns hold nothing to escape; one look at all their bytes shows it."""
    text = bytes(_text_of(array))
    if b'"' not in text and b"\\" not in text and _least(text) >= _FIRST_PRINTABLE:
        return array
    special = pc.match_substring_regex(array, _SPECIAL)
    values = [_ENCODER.encode(value)[1:-1] for value in array.filter(special).to_pylist()]
    return pc.replace_with_mask(array, special, text_array(values))


def _least(text: bytes | memoryview) -> int:
    """The lowest of its bytes, found by Arrow many at a time."""
    if not text:
        return _FIRST_PRINTABLE
    return int(pc.min(pa.Array.from_buffers(pa.uint8(), len(text), [None, pa.py_buffer(text)])).as_py())


def _text_of(array: pa.Array) -> memoryview:
    """All values behind one another, without a copy."""
    _, offsets, values = array.buffers()
    if values is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("i")
    return memoryview(values)[ends[array.offset] : ends[array.offset + len(array)]]
