"""What a reader noticed in a file, without a judgement: which rule it breaks is decided elsewhere."""

from dataclasses import dataclass
from enum import StrEnum

from factory.read.document import Document, KeyPath
from factory.read.span import Span


class Yaml(StrEnum):
    """What can be noticed in YAML itself."""

    SYNTAX = "syntax"
    TAB = "tab"
    ENCODING = "encoding"
    DUPLICATE_KEY = "duplicate key"
    AMBIGUOUS = "ambiguous"
    ALIAS = "alias or tag"
    UNQUOTED_CRON = "unquoted cron"
    CUT = "cut by a comment"
    STRUCTURE = "not one mapping"


@dataclass(frozen=True, slots=True)
class Surprise:
    """One thing that was noticed: its kind, its place, one plain sentence, what to do, and the name that was meant.

    `kind` is a member of the enumeration of the room that noticed it. `instead` is the YAML to write at the place, where one is known;
    `sure` says that it means the same for everybody.
    """

    kind: StrEnum
    file: str
    span: Span
    text: str
    cure: str = ""
    near: str = ""
    path: KeyPath = ()
    instead: str = ""
    sure: bool = False


def noticed(
    document: Document,
    kind: StrEnum,
    path: KeyPath,
    text: str,
    *,
    cure: str = "",
    near: str = "",
    on_key: bool = False,
    span: Span | None = None,
    instead: str = "",
    sure: bool = False,
) -> Surprise:
    """Something noticed at a key or value of a document."""
    where = span or (document.key_span(path) if on_key else document.value_span(path))
    return Surprise(kind, document.path, where, text, cure, near, path, instead, sure)
