"""A problem: what is wrong, where, and what to do about it."""

from dataclasses import dataclass, field
from enum import StrEnum

from factory.read.span import Span


class Severity(StrEnum):
    """How much a problem matters; only errors keep a tree from being compiled."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding of the linter.

    `path` is the file as the user named it, `key` the place inside it (`$.window.last`), `message` one plain sentence,
    `cure` what to do, `near` the name that was probably meant. `instead` is the YAML to write at the span, where one is known; `sure` says
    that it means the same for everybody.
    """

    path: str
    span: Span
    rule: str
    message: str
    cure: str = ""
    near: str = ""
    key: str = field(default="$", compare=False)
    severity: Severity = field(default=Severity.ERROR, compare=False)
    instead: str = field(default="", compare=False)
    sure: bool = field(default=False, compare=False)

    @property
    def advice(self) -> str:
        """The cure, led by what to write, or by the name that was probably meant, which is a guess."""
        write = f"Write `{self.instead}`." if self.instead.strip() and not self.near else ""
        meant = f"Did you mean `{self.near}`?" if self.near else ""
        return " ".join(part for part in (write, meant, self.cure) if part)
