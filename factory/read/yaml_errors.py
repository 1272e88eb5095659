"""What libyaml complains of, in plain words and at its place."""

import re

import yaml

from factory.read.document import Document
from factory.read.file_text import SourceText
from factory.read.habits import conflict, habit
from factory.read.span import Span
from factory.read.surprise import Surprise, Yaml, noticed

_TAB_WIDTH = 2
_CRON_LINE = re.compile(r"^\s*(?:- +)?[\w-]+\s*:\s+(?P<cron>\*\S*(?:\s+[\d*/,\-A-Za-z]+){4})\s*(?:#.*)?$")
_PLAIN_WORDS = {
    "mapping values are not allowed in this context": (
        "a colon stands where the value has already begun", "Put text that has `: ` in quotes, or correct the indentation."),
    "did not find expected key": ("a `key: value` line is expected here", "Correct the indentation of this line or of those before it."),
    "could not find expected ':'": ("this line has no colon after its key", "Write `key: value`."),
    "found unexpected end of stream": ("the file ends inside a quoted text", "Close the quote."),
    "did not find expected ',' or ']'": ("a list in brackets has no comma or closing bracket here", "Write `[a, b]`."),
    "did not find expected ',' or '}'": ("a mapping in braces has no comma or closing brace here", "Write `{a: 1, b: 2}`."),
    "did not find expected '-' indicator": ("a list item is expected here", "Begin each item with `- `, at the same indentation."),
    "block sequence entries are not allowed in this context": ("a list begins on the line of its key", "Begin the list on a line of its own."),
    "did not find expected node content": ("a value or a closing bracket is expected here", "Write `[a, b]` or `{a: 1, b: 2}`."),
    "found character that cannot start any token": ("this character cannot begin a value", "Put the value in quotes."),
    "control characters are not allowed": ("the file holds a control character", "Delete the character."),
}  # fmt: skip


_NEVER_CLOSED = {
    "did not find expected ',' or ']'": ("a list in brackets is never closed", "Write `[a, b]`."),
    "did not find expected ',' or '}'": ("a mapping in braces is never closed", "Write `{a: 1, b: 2}`."),
    "found unexpected end of stream": ("a quoted text is never closed", "Close the quote."),
}  # fmt: skip
_CONTENT = re.compile(
    r"\s*[^\s#\]}]"
)  # what no bracket would hold at the indentation of the line that it opens in


def syntax_error(document: Document, error: yaml.YAMLError) -> Surprise:
    """The reader's complaint in plain words, at its place; an unquoted cron expression is named as what it is."""
    source = document.source
    if settled := conflict(source):
        return noticed(document, Yaml.SYNTAX, (), settled.text, cure=settled.cure, span=settled.span)
    unclosed = _unclosed(source, error)
    line, column = unclosed or source.place(_offset(source.text, error))
    if match := _CRON_LINE.match(source.line(line)):
        span = Span(line, match.start("cron") + 1, line, match.end("cron") + 1)
        return noticed(
            document, Yaml.UNQUOTED_CRON, (), "the cron expression has no quotes, so YAML takes its `*` as an alias",
            span=span, instead=f'"{match["cron"]}"', sure=True,
        )  # fmt: skip
    span = source.clamp(Span(line, column, line, column + 1))
    if "\t" in source.line(line)[:column] and not source.line(line)[:column].strip():
        return noticed(
            document, Yaml.TAB, (), "a tab indents this line", cure="Indent with spaces.", span=span,
            instead=" " * _TAB_WIDTH, sure=True,
        )  # fmt: skip
    if unclosed is None and (found := habit(source, _suspects(source, error, line), column)):
        kind = Yaml.ENCODING if "(U+" in found.text else Yaml.SYNTAX
        return noticed(
            document,
            kind,
            (),
            found.text,
            cure=found.cure,
            span=source.clamp(found.span),
            instead=found.instead,
            sure=True,
        )
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "this is not YAML"
    words = _NEVER_CLOSED if unclosed else _PLAIN_WORDS
    message, cure = words.get(reason, (reason, "Correct the YAML."))
    return noticed(document, Yaml.SYNTAX, (), message, cure=cure, span=span)


def _suspects(source: SourceText, error: yaml.YAMLError, line: int) -> tuple[int, ...]:
    """The lines that may be at fault: where the reader began what it could not end, and where it stopped."""
    begun = getattr(error, "context_mark", None)
    simple = "simple key" in (getattr(error, "context", None) or "")
    first = (source.place(begun.index)[0],) if begun is not None and simple else ()
    if (getattr(error, "problem", None) or "").startswith("mapping values"):
        first = (max(line - 1, 1),)  # it may have been taken for the beginning of a key
    return (*first, line)


def _unclosed(source: SourceText, error: yaml.YAMLError) -> tuple[int, int] | None:
    """The place of the bracket or quote that the reader still waited to be closed, lines after it; None for other errors."""
    opened, found = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    if opened is None or found is None or getattr(error, "problem", None) not in _NEVER_CLOSED:
        return None
    first, last = source.place(opened.index), source.place(found.index)
    if not source.text[found.index :].strip():
        return first
    following = [source.line(number) for number in range(first[0] + 1, last[0] + 1)]
    is_other_bracket = bool(following) and source.text[found.index] in "]}"
    goes_on = any(
        _indent(line) <= _indent(source.line(first[0])) for line in following if _CONTENT.match(line)
    )
    return first if is_other_bracket or goes_on else None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _offset(text: str, error: yaml.YAMLError) -> int:
    """Where the reader stopped, in characters; a comma that is missing at a line's end is missing there, not on the next line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:  # of what is not text at all it counts the bytes
        return len(text.encode()[: getattr(error, "position", 0)].decode(errors="ignore"))
    offset: int = mark.index
    if "expected ','" in (getattr(error, "problem", None) or ""):
        before = text[:offset].rstrip(" ")
        return len(before.rstrip()) if before.endswith(("\n", "\r")) else offset
    return offset
