"""Lines that are not YAML, by the habits that people bring from elsewhere: what is at fault, and the line as it is meant."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from factory.meant.marks import cure_of, first_unseen, named
from factory.read.file_text import SourceText
from factory.read.span import Span

_CONFLICT = re.compile(r"(<{7}|={7}|>{7})(?: .*)?$")
_ITEM = r"(?P<lead>\s*(?:- +)?)"
_TIGHT = re.compile(_ITEM + r"(?P<key>[A-Za-z_]\w*):(?P<value>[^\s:/].*)")
_ASSIGNED = re.compile(_ITEM + r"(?P<key>[A-Za-z_]\w*)\s*(?::=|=>|==?|->)\s*(?P<value>\S.*)")
_PAIR = re.compile(_ITEM + r"(?P<key>[\w-]+)\s*:\s+(?P<value>\S.*?)\s*$")
_RESERVED = "@`%*&!|>[]{},?-"


@dataclass(frozen=True, slots=True)
class Habit:
    """What is at fault with a line; `instead` is the YAML to write at the span, where one is known."""

    span: Span
    text: str
    cure: str = ""
    instead: str = ""


def conflict(source: SourceText) -> Habit | None:
    """The mark of a merge that Git left to be settled by hand."""
    for number, line in enumerate(source.lines, 1):
        if _CONFLICT.match(line) and any(other.startswith("<<<<<<<") for other in source.lines):
            span = Span(number, 1, number, len(line) + 1)
            return Habit(
                span,
                "a merge conflict is not settled",
                "Keep one of the two sides, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`.",
            )
    return None


def habit(source: SourceText, numbers: Iterable[int], column: int) -> Habit | None:
    """What is at fault with the first of some lines that shows a habit; `column` is where the reader stopped in the last of them."""
    *earlier, last = numbers
    for number in dict.fromkeys((*earlier, last)):
        line = source.line(number)
        if found := _unseen(number, line) or _assigned(number, line):
            return found
    return _unquoted(last, source.line(last)) or _indented(source, last, column)


def _unseen(number: int, line: str) -> Habit | None:
    place = first_unseen(line)
    if place < 0:
        return None
    span = Span(number, place + 1, number, place + 2)
    instead = " " if "space" in cure_of(line[place]) else ""
    return Habit(
        span,
        f"{named(line[place])} stands here, and YAML does not take it for a space",
        cure_of(line[place]),
        instead,
    )


def _assigned(number: int, line: str) -> Habit | None:
    for pattern, fault in (
        (_TIGHT, "no space follows the colon"),
        (_ASSIGNED, "a key is followed by a colon, not by `=`"),
    ):
        if match := pattern.fullmatch(line.rstrip()):
            span = Span(number, match.start("key") + 1, number, match.end("value") + 1)
            return Habit(span, fault, "", f"{match['key']}: {match['value']}")
    return None


def _unquoted(number: int, line: str) -> Habit | None:
    match = _PAIR.fullmatch(line)
    if match is None:
        return None
    value = match["value"]
    span = Span(number, match.start("value") + 1, number, match.end("value") + 1)
    inner = value[1:-1]
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" and value[0] in inner:
        quote = "an apostrophe" if value[0] == "'" else "a quote"
        return Habit(
            span,
            f"{quote} inside the text ends it too early",
            "",
            json.dumps(inner.replace('\\"', '"'), ensure_ascii=False),
        )
    if value[0] in "'\"":
        rest = value.find(value[0], 1) + 1
        if rest and value[rest:].strip() and not value[rest:].lstrip().startswith("#"):
            return Habit(
                span, "text follows behind the closing quote", "", "'" + value.replace("'", "''") + "'"
            )
        return None
    text = re.split(r"\s+#", value)[0]
    span = Span(number, match.start("value") + 1, number, match.start("value") + len(text) + 1)
    if value[0] in "@`%" or (value[0] in "*&!" and " " in value):
        return Habit(
            span,
            f"a value that begins with `{value[0]}` has to stand in quotes",
            "",
            json.dumps(text, ensure_ascii=False),
        )
    if re.search(r":(\s|$)", text) and value[0] not in "[{":
        return Habit(
            span,
            "a text that has a colon and a space in it has to stand in quotes",
            "",
            json.dumps(text, ensure_ascii=False),
        )
    return None


def _indented(source: SourceText, number: int, column: int) -> Habit | None:
    """A line that lies deeper than the line before it, which has its value already."""
    line = source.line(number)
    before = next(
        (source.line(other) for other in range(number - 1, 0, -1) if source.line(other).strip()), ""
    )
    depth, above = _depth(line), _depth(before)
    if (
        depth <= above
        or column <= depth
        or not _PAIR.fullmatch(before)
        or not re.match(r" *[\w-]+\s*:", line)
    ):
        return None
    key = before.strip().split(":")[0]
    span = Span(number, 1, number, depth + 1)
    return Habit(
        span,
        f"this line is indented below `{key}`, which has its value already",
        f"Begin it in the same column as `{key}`.",
    )


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
