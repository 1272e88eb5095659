"""Rows of csv, json and ndjson files: columns of text, whatever they hold."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, open_csv

from lake_ingest.errors import FatalError
from lake_ingest.rows.text_array import text_array
from lake_ingest.spec.csv_dialect import DELIMITERS

_ROWS = 20_000
_BLOCKS = tuple(2**power for power in (20, 24, 28, 30))  # bytes; a row must fit into one
_FIRST_NAME = re.compile(r'"(?:[^"]|"")*"(.)')
_STRADDLES = "straddling"  # Arrow's word for one that does not


def read_csv(file: Path, compression: str, names: Sequence[str], null: str = "") -> Iterator[pa.RecordBatch]:
    """Record batches of text; nothing between two commas, or the text for it, is null; `""` is an empty text.

    Raises:
        FatalError: the file is not CSV, or lacks a column.
    """
    given = 0
    for block in _BLOCKS:
        try:
            for batch in _after(given, _csv_batches(file, compression, names, block, null)):
                given += batch.num_rows
                yield batch
        except pa.ArrowInvalid as error:
            if _STRADDLES not in str(error) or block == _BLOCKS[-1]:
                raise FatalError(f"{file.name} is not the CSV that was written: {error}") from None
        except (KeyError, pa.ArrowKeyError) as error:
            raise FatalError(f"{file.name} has no such column: {error}") from None
        else:
            return


def read_lines(file: Path, compression: str, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Record batches of text of json or ndjson files, of which either has one object a line.

    Raises:
        FatalError: a line is not a JSON object, or lacks a member.
    """
    objects = _objects(file, compression)
    while some := list(islice(objects, _ROWS)):
        try:
            arrays = [text_array(_text(one[name]) for one in some) for name in names]
        except (KeyError, TypeError) as error:
            raise FatalError(f"{file.name} has a row without {error}") from None
        yield _batch(arrays, names, len(some))


def _csv_batches(
    file: Path, compression: str, names: Sequence[str], block: int, null: str
) -> Iterator[pa.RecordBatch]:
    header, delimiter = _header(file, compression)
    with _opened(file, compression) as stream:
        reader = open_csv(
            stream,
            read_options=ReadOptions(use_threads=False, block_size=block),
            parse_options=ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=len(header) > 1
            ),
            convert_options=ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                null_values=["", null],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                check_utf8=True,
            ),
        )
        for batch in reader:
            yield _batch([batch.column(name) for name in names], names, batch.num_rows)


def _header(file: Path, compression: str) -> tuple[list[str], str]:
    """The names, and what stands between them: our names are quoted, so it is what follows the first closing quote."""
    with (
        _opened(file, compression) as stream,
        io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text,
    ):
        lines = iter(text)
        first = next(lines, "")
        match = _FIRST_NAME.match(first)
        delimiter = match[1] if match and match[1] in DELIMITERS.values() else ","
        return next(csv.reader(chain((first,), lines), delimiter=delimiter), []), delimiter


def _objects(file: Path, compression: str) -> Iterator[Any]:
    with (
        _opened(file, compression) as stream,
        io.TextIOWrapper(stream, encoding="utf-8", newline="\n") as text,
    ):
        for line in text:
            written = line.strip("[],\n")
            if written:
                try:
                    yield json.loads(written, parse_float=str, parse_int=str)
                except ValueError as error:
                    raise FatalError(f"{file.name} has a line that is not JSON: {error}") from None


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _opened(file: Path, compression: str) -> pa.NativeFile:
    return pa.input_stream(str(file), compression=None if compression == "none" else compression)


def _batch(arrays: list[pa.Array], names: Sequence[str], rows: int) -> pa.RecordBatch:
    """Arrow counts the rows of a batch by its columns; without any, by a column that nobody asked for."""
    if not names:
        return pa.RecordBatch.from_arrays([pa.nulls(rows)], names=[""])
    return pa.RecordBatch.from_arrays(arrays, names=list(names))


def _after(rows: int, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What follows the first so many rows."""
    for batch in batches:
        if rows < batch.num_rows:
            yield batch.slice(rows)
        rows = max(rows - batch.num_rows, 0)
