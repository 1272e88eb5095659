"""The text of a file, and the lines a YAML reader sees in it."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from factory.read.span import Span

# YAML 1.1 breaks lines at these (libyaml does so too); str.splitlines knows more breaks, which would shift positions.
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class SourceText:
    """A file as text, without the byte-order mark it may have begun with; `path` is how the user names it."""

    path: str
    text: str
    marked: bool = False

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their breaks; at least one."""
        return LINE_BREAK.split(self.text)

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
        UnreadableTextError: the bytes are no UTF-8, or more than MAX_BYTES.
        OSError: the file cannot be read.
    """
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        raise UnreadableTextError(f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = LINE_BREAK.split(raw[: error.start].decode("utf-8"))
        raise UnreadableTextError("the file is not UTF-8 text", len(before), len(before[-1]) + 1) from error
    return SourceText(shown, text.removeprefix("\ufeff"), marked=text.startswith("\ufeff"))
