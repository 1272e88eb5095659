"""SOQL cut into tokens, so that what stands inside a text in quotes is never taken for a keyword."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lake_ingest.sources.salesforce.soql.refusal import SoqlError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>'(?:[^'\\]|\\.)*')
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)(?![\w:.-]))
  | (?P<date>\d{4}-\d\d-\d\d(?![\w:.-]))
  | (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?Z?(?![\w:.-]))
  | (?P<moment>\d{4}-\d\d-\d\d[\w:.+-]*)
  | (?P<currency>[A-Za-z]{3}\d+\.\d+(?!\w))
  | (?P<literal>[A-Za-z]\w*:\d+(?!\w))
  | (?P<word>[A-Za-z]\w*)
  | (?P<comment>--|//|/\*|\#)
  | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w:]))
  | (?P<sign><=|>=|<>|!=|[=<>(),.])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|.|$)", re.DOTALL)
_ESCAPES = frozenset("nNrRtTbBfF\"'\\%_")
_UNKNOWN = {
    "'": "the text that begins here has no closing quote",
    '"': "SOQL puts a text between single quotes",
    ";": "a query is one SELECT, without `;`",
    ":": "a bind variable such as `:name` has no value here",
    "{": "nothing fills in `{…}` here; write the value itself",
    "}": "nothing fills in `{…}` here; write the value itself",
    "*": "SOQL has no `*`; name the fields",
    "[": "a query stands here without brackets",
    "]": "a query stands here without brackets",
}
END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query and its place. `kind` is the name of its group in the pattern, or `end`."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, and one that marks its end.

    Raises:
        SoqlError: something is not a token of SOQL.
    """
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unknown(text, position)
        position = match.end()
        token = Token(str(match.lastgroup), match[0], match.start(), match.end())
        if token.kind == "comment":
            raise SoqlError("SOQL has no comments; write `# …` beside the key", token.start, token.end)
        if token.kind == "moment":
            reason = f"`{token.text}` is not a date-time of SOQL; write 2026-01-31T06:00:00Z, or a date alone"
            raise SoqlError(reason, token.start, token.end)
        if token.kind == "text":
            _check_escapes(token)
        if token.kind != "space":
            yield token
    end = len(text.rstrip())
    yield Token(END, "", max(0, end - 1), end)


def _check_escapes(token: Token) -> None:
    for escape in _ESCAPE.finditer(token.text):
        if len(escape[0]) == 2 and escape[0][1] not in _ESCAPES:
            start = token.start + escape.start()
            reason = f"`{escape[0]}` is not an escape of SOQL; a backslash is written `\\\\`"
            raise SoqlError(reason, start, start + 2)


def _unknown(text: str, position: int) -> SoqlError:
    character = text[position]
    shown = f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
    reason = _UNKNOWN.get(character, f"{shown} is not expected here")
    return SoqlError(reason, position, position + 1)
