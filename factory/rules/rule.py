"""What a rule is: an id that never changes its meaning, and the text that teaches it."""

from dataclasses import dataclass

from factory.read.document import Document, KeyPath
from factory.read.span import Span
from factory.read.surprise import Surprise
from factory.rules.problem import Problem, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the linter.

    `wrong` and `right` are whole files of the kind that `example` names; the test suite lints both. A `fixed` rule
    guards other people, or the compiler: a unit can neither lower its severity nor ignore it.
    """

    id: str
    name: str
    summary: str
    why: str
    wrong: str
    right: str
    severity: Severity = Severity.ERROR
    fixed: bool = False
    example: str = "example.yaml"

    def at(
        self,
        document: Document,
        path: KeyPath,
        message: str,
        *,
        cure: str = "",
        near: str = "",
        on_key: bool = False,
        span: Span | None = None,
        instead: str = "",
        sure: bool = False,
    ) -> Problem:
        """A problem at a key or value of a document, in this rule's name."""
        where = span or (document.key_span(path) if on_key else document.value_span(path))
        return Problem(
            document.path, where, self.id, message, cure, near, json_path(path), self.severity, instead, sure
        )

    def on(self, surprise: Surprise) -> Problem:
        """A problem of what a reader noticed, in this rule's name."""
        one = surprise
        key = json_path(one.path)
        return Problem(
            one.file,
            one.span,
            self.id,
            one.text,
            one.cure,
            one.near,
            key,
            self.severity,
            one.instead,
            one.sure,
        )


def json_path(path: KeyPath) -> str:
    """The place of a value in JSONPath notation: `$.fields[2].name`."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
