"""ING0xx: what YAML itself gets wrong, or reads otherwise than it looks."""

import re

import yaml

from factory.read.document import Document, KeyPath
from factory.read.span import START, Span
from factory.rules.problem import Problem
from factory.rules.rule import Rule

_RIGHT = """\
object: Account
window: full
schedule: "0 5 * * *"
"""

SYNTAX = Rule(
    "ING001", "yaml-syntax", "The file is not YAML.",
    "Nothing in the file can be read before its YAML is in order: mostly a missing quote, a missing space after a"
    " colon or a wrong indentation.",
    wrong='object: Account\nwindow: full\ndescription: "accounts of the group\n', right=_RIGHT, fixed=True,
)  # fmt: skip
TAB = Rule(
    "ING002", "tab", "A tab indents a line.",
    "YAML forbids tabs in indentation, since editors show them in different widths.",
    wrong="object: Account\nwindow:\n\tlast: 6 months\n",
    right='object: Account\nwindow:\n  last: 6 months\nschedule: "0 5 * * *"\n', fixed=True,
)  # fmt: skip
ENCODING = Rule(
    "ING003", "encoding", "The file has a byte-order mark, or is not UTF-8.",
    "Some readers take the mark for a part of the first key. Windows editors write it; save as UTF-8 without it.",
    wrong="\ufeff" + _RIGHT, right=_RIGHT, fixed=True,
)  # fmt: skip
DUPLICATE_KEY = Rule(
    "ING004", "duplicate-key", "A key stands twice in one mapping.",
    "Most YAML readers keep the last value silently, so one of the two lines has no effect.",
    wrong="object: Account\nwindow: full\nformat: csv\nformat: parquet\n", right=_RIGHT, fixed=True,
)  # fmt: skip
AMBIGUOUS = Rule(
    "ING005", "ambiguous-value", "YAML readers disagree on what the value is.",
    "YAML 1.1 takes NO as false, 12:30 as 750 and 010 as 8; YAML 1.2 does not. Quotes make it text for everyone.",
    wrong="object: Account\nwindow: full\nowner: NO\n", right='object: Account\nwindow: full\nowner: "NO"\n',
)  # fmt: skip
ALIAS = Rule(
    "ING006", "alias-or-tag", "An anchor, an alias or a tag is used.",
    "Aliases can make a small file expand to gigabytes, and tags can name code. Shared values belong in `defaults` of"
    " unit.yaml or group.yaml.",
    wrong="object: Account\nwindow: full\nowner: &me Ann\ndescription: *me\n", right=_RIGHT, fixed=True,
)  # fmt: skip
UNQUOTED_CRON = Rule(
    "ING007", "unquoted-cron", "A cron expression begins with `*` and has no quotes.",
    "In YAML a leading `*` begins an alias.",
    wrong="object: Account\nwindow: full\nschedule: */5 * * * *\n", right=_RIGHT, fixed=True,
)  # fmt: skip
STRUCTURE = Rule(
    "ING008", "not-one-mapping", "The file is not one mapping of keys to values.",
    "A file holds one YAML document with `key: value` lines.",
    wrong="- object: Account\n- window: full\n", right=_RIGHT, fixed=True,
)  # fmt: skip

RULES = (SYNTAX, TAB, ENCODING, DUPLICATE_KEY, AMBIGUOUS, ALIAS, UNQUOTED_CRON, STRUCTURE)

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


def syntax_problem(document: Document, error: yaml.YAMLError) -> Problem:
    """The reader's complaint in plain words, at its place; an unquoted cron expression is told as what it is."""
    source = document.source
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (
        (mark.line + 1, mark.column + 1) if mark else _position(source.text, getattr(error, "position", 0))
    )
    if match := _CRON_LINE.match(source.line(line)):
        span = Span(line, match.start("cron") + 1, line, match.end("cron") + 1)
        return UNQUOTED_CRON.at(
            document, (), "the cron expression has no quotes, so YAML takes its `*` as an alias",
            cure=f'Write "{match["cron"]}".', span=span,
        )  # fmt: skip
    span = source.clamp(Span(line, column, line, column + 1))
    if "\t" in source.line(line)[:column] and not source.line(line)[:column].strip():
        return TAB.at(document, (), "a tab indents this line", cure="Indent with spaces.", span=span)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "this is not YAML"
    message, cure = _PLAIN_WORDS.get(reason, (reason, "Correct the YAML."))
    return SYNTAX.at(document, (), message, cure=cure, span=span)


def ambiguous_problem(document: Document, path: KeyPath, word: str, reason: str) -> Problem:
    """An unquoted word on which YAML readers disagree."""
    return AMBIGUOUS.at(
        document, path, reason, cure=f'Write "{word}" for text, or true, false or a plain number.'
    )


def unreadable_problem(path: str, message: str, span: Span) -> Problem:
    """A file of which there is no text to show."""
    return Problem(path, span, ENCODING.id, message, "Save the file as UTF-8 text.")


def mark_problem(document: Document) -> Problem:
    """A byte-order mark at the beginning of the file."""
    cure = "Save the file as UTF-8 without it; `factory fmt` does so."
    return ENCODING.at(document, (), "the file begins with a byte-order mark", cure=cure, span=START)


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
