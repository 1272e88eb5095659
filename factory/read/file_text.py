"""The text of a file, and the lines an editor shows of it."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from factory.read.span import Span

# As editors break lines. YAML 1.1, and libyaml with it, breaks at U+0085, U+2028 and U+2029 too, str.splitlines at more: counted
# their way, every position behind one would be a line too far.
LINE_BREAK = re.compile("\r\n|[\n\r]")
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class SourceText:
    """A file as text, without the byte-order marks it may have begun with; `path` is how the user names it."""

    path: str
    text: str
    marked: bool = False

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their breaks; at least one."""
        return LINE_BREAK.split(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in LINE_BREAK.finditer(self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column, both from 1, of a character by its number from 0."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The stretch between two characters by their numbers from 0, the end exclusive."""
        return Span(*self.place(start), *self.place(end))

    def line(self, number: int) -> str:
        """A line by its number from 1; empty outside the file."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def clamp(self, span: Span) -> Span:
        """The span, cut to what the file has."""
        last = len(self.lines)
        line, end_line = min(max(span.line, 1), last), min(max(span.end_line, 1), last)
        column = min(max(span.column, 1), len(self.line(line)) + 1)
        end_column = min(max(span.end_column, 1), len(self.line(end_line)) + 1)
        if (end_line, end_column) < (line, column):
            return Span(line, column, line, column)
        return Span(line, column, end_line, end_column)


class UnreadableTextError(ValueError):
    """A file that is not text; `line` and `column` count from 1."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.line, self.column = line, column


def read(path: Path, shown: str) -> SourceText:
    """Read a UTF-8 file.

    Raises:
        UnreadableTextError: the bytes are not UTF-8, or more than MAX_BYTES.
        OSError: the file cannot be read.
    """
    return decoded(path.read_bytes(), shown)


def decoded(raw: bytes, shown: str) -> SourceText:
    """The bytes of a file as UTF-8 text.

    Raises:
        UnreadableTextError: they are no UTF-8, or more than MAX_BYTES.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableTextError(f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = LINE_BREAK.split(raw[: error.start].decode("utf-8"))
        raise UnreadableTextError("the file is not UTF-8 text", len(before), len(before[-1]) + 1) from error
    return SourceText(shown, text.lstrip("\ufeff"), marked=text.startswith("\ufeff"))
