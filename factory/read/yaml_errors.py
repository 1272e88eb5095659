"""What libyaml complains of, in plain words and at its place."""

import re

import yaml

from factory.read.document import Document
from factory.read.span import Span
from factory.read.surprise import Surprise, Yaml, noticed

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
    "found character that cannot start any token": ("this character cannot begin a value", "Put the value in quotes."),
    "control characters are not allowed": ("the file holds a control character", "Delete the character."),
}  # fmt: skip


def syntax_error(document: Document, error: yaml.YAMLError) -> Surprise:
    """The reader's complaint in plain words, at its place; an unquoted cron expression is told as what it is."""
    source = document.source
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (
        (mark.line + 1, mark.column + 1) if mark else _position(source.text, getattr(error, "position", 0))
    )
    if match := _CRON_LINE.match(source.line(line)):
        span = Span(line, match.start("cron") + 1, line, match.end("cron") + 1)
        return noticed(
            document, Yaml.UNQUOTED_CRON, (), "the cron expression has no quotes, so YAML takes its `*` as an alias",
            cure=f'Write "{match["cron"]}".', span=span,
        )  # fmt: skip
    span = source.clamp(Span(line, column, line, column + 1))
    if "\t" in source.line(line)[:column] and not source.line(line)[:column].strip():
        return noticed(
            document, Yaml.TAB, (), "a tab indents this line", cure="Indent with spaces.", span=span
        )
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "this is not YAML"
    message, cure = _PLAIN_WORDS.get(reason, (reason, "Correct the YAML."))
    return noticed(document, Yaml.SYNTAX, (), message, cure=cure, span=span)


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
