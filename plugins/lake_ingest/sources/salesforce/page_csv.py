"""The CSV of a result page, inflated and parsed into text columns block by block."""

import csv as python_csv
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from isal import igzip, isal_zlib
from pyarrow import csv

from lake_ingest.errors import FatalError, IngestionError, RetriableError
from lake_ingest.sources.salesforce.pages import Page
from lake_ingest.sources.salesforce.soql import is_field_path

BLOCK_BYTES = 512 * 1024  # what is parsed at a time; a row must fit
_SHAPE = re.compile(r"Expected \d+ columns, got \d+")
LARGEST_BLOCK_BYTES = 2**30
_HEADER_BYTES = 64 * 1024


# isal's stubs take its exception for a value
_DAMAGED: tuple[type[Exception], ...] = (EOFError, OSError, isal_zlib.error)  # type: ignore[assignment]


class LongRowError(Exception):
    """A row is longer than the block; the page has to be read with a larger one."""


class PageText:
    """The text of a page, decompressed, without NUL bytes; they are counted."""

    closed = False

    def __init__(self, page: Page) -> None:
        """Begin at the page's start."""
        self.nul_bytes = 0
        page.body.seek(0)
        # isal inflates at more than twice zlib's speed, and lets other threads run meanwhile
        self._raw: Any = igzip.open(page.body) if page.gzipped else page.body  # type: ignore[no-untyped-call]
        self._ahead = b""
        self._end = b""

    @property
    def ends_open(self) -> bool:
        """Whether the text, read to its end, stops within a quoted cell, as after a cut."""
        return self._end not in (b'"', b"\n")

    def first_line(self) -> bytes:
        """The header, without its line end; it is read again by `read`."""
        while b"\n" not in self._ahead:
            piece = self._clean(_HEADER_BYTES)
            if not piece:
                self._ahead += b"\n"  # a header alone may lack its line end
                break
            self._ahead += piece
        return self._ahead.partition(b"\n")[0].rstrip(b"\r")

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end only: Arrow takes what it gets for a whole block.

        Raises:
            RetriableError: the compressed body is cut or damaged.
        """
        piece, self._ahead = self._ahead or self._clean(size), b""
        if len(piece) == size:
            return piece  # as nearly always; what follows copies
        pieces, wanted = [piece], size - len(piece)
        while wanted > 0 and (piece := self._clean(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        whole = b"".join(pieces)
        self._ahead = whole[size:]
        return whole[:size]

    def close(self) -> None:
        """Do nothing; the page is closed by its owner."""

    def readable(self) -> bool:
        """Arrow asks."""
        return True

    def _clean(self, size: int) -> bytes:
        while True:
            piece = self._read(size)
            self._end = piece[-1:] or self._end
            if b"\0" not in piece:
                return piece
            self.nul_bytes += piece.count(b"\0")
            piece = piece.replace(b"\0", b"")
            if piece:
                return piece

    def _read(self, size: int) -> bytes:
        try:
            piece: bytes = self._raw.read(size)
        except _DAMAGED as error:
            raise RetriableError(f"its gzip is damaged: {type(error).__name__}") from None
        return piece


def parse_csv(
    text: PageText, names: Sequence[str], block_bytes: int = BLOCK_BYTES
) -> Iterator[pa.RecordBatch]:
    """Parse a page: a header of these names in any case, then cells that may hold line ends; an empty cell is null.

    Raises:
        FatalError: the header names other columns than were selected.
        RetriableError: the text is not a CSV of these columns, as after a cut.
        LongRowError: a row does not fit into a block.
    """
    line = text.first_line()
    if not line.strip():
        return  # what some orgs send for no rows
    header = next(python_csv.reader([line.decode("utf-8", "replace")]), [])
    if [name.lower() for name in header] != [name.lower() for name in names]:
        raise _strange(header, names)
    try:
        yield from _reader(text, list(names), block_bytes)
        if line.startswith(b'"') and text.ends_open:
            raise RetriableError("a page of results ends within a cell")
    except pa.ArrowInvalid as error:
        if "straddling" in str(error) and block_bytes < LARGEST_BLOCK_BYTES:
            raise LongRowError from None
        reason = _SHAPE.search(str(error))  # what follows in the error quotes the row
        raise RetriableError(
            f"a page of results is not a CSV of {len(names)} columns ({reason[0] if reason else 'it cannot be parsed'})"
        ) from None


def _strange(header: Sequence[str], names: Sequence[str]) -> IngestionError:
    """The error for another header than was expected: one that is cut may come whole the next time, other columns will not."""
    told = f"a page of results does not have the columns {', '.join(names)[:300]}"
    given = [name.lower() for name in header]
    whole = len(given) == len(names) and all(is_field_path(name) for name in header)
    missing = [name for name in names if name.lower() not in given]
    if whole and missing and not missing[-1].lower().startswith(given[-1]):
        return FatalError(f"{told}: it lacks {', '.join(missing)[:300]}, which the query selects")
    return RetriableError(told)


def _reader(text: PageText, names: list[str], block_bytes: int) -> csv.CSVStreamingReader:
    return csv.open_csv(
        pa.PythonFile(text, mode="r"),
        read_options=csv.ReadOptions(
            block_size=block_bytes, column_names=names, skip_rows=1, use_threads=False
        ),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
        ),
    )
