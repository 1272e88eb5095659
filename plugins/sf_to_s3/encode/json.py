"""JSON arrays and newline-delimited JSON, built column by column rather than value by value.

Every column becomes a column of `"name":value` texts, and these are joined row by row by Arrow: the work per value is
done in compiled code. Numbers are written with their own digits, so a decimal loses none; text is escaped as RFC 8259
asks and otherwise left in UTF-8.
"""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sf_to_s3.columns import Column
from sf_to_s3.encode.compressed import TextSink

_LITERAL_KINDS = ("boolean", "integer", "number")
_CONTROL = "[\\x00-\\x1f]"


class NdjsonEncoder:
    """One object a line; a file without rows is empty."""

    opening = b""
    between = "\n"
    closing = b"\n"
    closing_without_rows = b""

    def __init__(self, columns: tuple[Column, ...], compression: str, sink: Any) -> None:
        """Write what stands before the first row."""
        self._columns = columns
        self._sink = TextSink(compression, sink)
        self._sink.write(self.opening)
        self._empty = True

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        if not batch.num_rows:
            return
        rows = _objects(batch, self._columns)
        text = pc.binary_join(
            pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows), self.between
        )
        if not self._empty:
            self._sink.write(self.between.encode())
        self._sink.write(text[0].as_buffer())
        self._empty = False

    def close(self) -> None:
        """Complete the file."""
        self._sink.write(self.closing_without_rows if self._empty else self.closing)
        self._sink.close()


class JsonEncoder(NdjsonEncoder):
    """One array of objects, one object a line; a file without rows is an empty array."""

    opening = b"["
    between = ",\n"
    closing = b"]\n"
    closing_without_rows = b"]\n"


def _objects(batch: pa.RecordBatch, columns: tuple[Column, ...]) -> pa.Array:
    """One JSON text a row."""
    members = []
    for index, (array, column) in enumerate(zip(batch.columns, columns, strict=True)):
        name = json.dumps(column.name, ensure_ascii=False)
        before = pa.scalar(f"{'{' if index == 0 else ','}{name}:", pa.string())
        members += [before, _values(array, column)]
    return pc.binary_join_element_wise(*members, pa.scalar("}", pa.string()), "")


def _values(array: pa.Array, column: Column) -> pa.Array:
    if column.written_as in _LITERAL_KINDS:
        return pc.fill_null(array, "null")
    quoted = pc.binary_join_element_wise('"', _escaped(array), '"', "")
    return pc.fill_null(quoted, "null")


def _escaped(array: pa.Array) -> pa.Array:
    array = pc.replace_substring(pc.replace_substring(array, "\\", "\\\\"), '"', '\\"')
    rare = pc.match_substring_regex(array, _CONTROL)
    if not pc.any(rare).as_py():
        return array
    array = pc.replace_substring(pc.replace_substring(array, "\n", "\\n"), "\r", "\\r")
    array = pc.replace_substring(array, "\t", "\\t")
    if not pc.any(pc.match_substring_regex(array, _CONTROL)).as_py():
        return array
    return pa.array(
        [None if text is None else _escape_controls(text) for text in array.to_pylist()], pa.string()
    )


def _escape_controls(text: str) -> str:
    return "".join(character if character >= " " else f"\\u{ord(character):04x}" for character in text)
