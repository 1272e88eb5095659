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
_OF_JSON = re.compile(_ITEM + r"(?P<pair>\"?[A-Za-z_]\w*\"?\s*:\s+[^\s\[{].*),")
_BULLET = re.compile(r"\s*(?P<mark>[*•·–—+]) +(?P<item>\S.*)")
_PAIR = re.compile(_ITEM + r"(?P<key>[\w-]+)\s*:\s+(?P<value>\S.*?)\s*$")


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
    if match := _OF_JSON.fullmatch(line.rstrip()):
        span = Span(number, match.start("pair") + 1, number, len(line.rstrip()) + 1)
        return Habit(span, "a comma ends the line, as in JSON", "", match["pair"])
    if match := _BULLET.fullmatch(line.rstrip()):
        span = Span(number, match.start("mark") + 1, number, match.end("mark") + 1)
        return Habit(span, f"an item of a list begins with `-`, not with `{match['mark']}`", "", "-")
    for pattern, fault in (
        (_TIGHT, "no space follows the colon"),
        (_ASSIGNED, "a key is followed by a colon, not by `=`"),
    ):
        if match := pattern.fullmatch(line.rstrip()):
            span = Span(number, match.start("key") + 1, number, match.end("value") + 1)
            return Habit(span, fault, "", f"{match['key']}: {match['value']}")
    return None


def _unquoted(number: int, line: str) -> Habit | None:
    """A text that needs quotes, or other ones."""
    match = _PAIR.fullmatch(line)
    if match is None:
        return None
    value, first = match["value"], match.start("value") + 1
    if value[0] in "'\"":
        found, length = _badly_quoted(value), len(value)
    else:
        text = re.split(r"\s+#", value)[0]
        fault, length = _bare(text), len(text)
        found = (fault, json.dumps(text, ensure_ascii=False)) if fault else None
    return Habit(Span(number, first, number, first + length), found[0], "", found[1]) if found else None


def _badly_quoted(value: str) -> tuple[str, str] | None:
    """What is wrong with a text in quotes, and the text as it is meant."""
    quote, inner = value[0], value[1:-1]
    if len(value) > 1 and value[-1] == quote and quote in inner.replace('\\"', ""):
        name = "an apostrophe" if quote == "'" else "a quote"
        meant = json.dumps(inner.replace('\\"', '"'), ensure_ascii=False)
        return f"{name} inside the text ends it too early", meant
    rest = value[value.find(quote, 1) + 1 :].strip()
    if value.find(quote, 1) > 0 and rest and not rest.startswith("#"):
        return "text follows behind the closing quote", "'" + value.replace("'", "''") + "'"
    if quote == '"' == value[-1] and "\\" in inner and "'" not in inner:
        return "a backslash in double quotes begins an escape", f"'{inner}'"
    return None


def _bare(text: str) -> str:
    """Why a text cannot stand without quotes; "" where it can."""
    closing = {"[": "]", "{": "}"}.get(text[0], "")
    if closing:
        return (
            f"text follows behind the `{closing}`" if closing in text and not text.endswith(closing) else ""
        )
    marked = text[0] in "*&" and not re.fullmatch(r"[*&][\w-]+", text)  # no alias, no anchor
    if text[0] in "@`%" or marked or (text[0] in "*&!|>?-" and " " in text):
        shown = "a backquote" if text[0] == "`" else f"`{text[0]}`"
        return f"a value that begins with {shown} has to stand in quotes"
    if re.search(r":(\s|$)", text):
        return "a text that has a colon and a space in it has to stand in quotes"
    return ""


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
