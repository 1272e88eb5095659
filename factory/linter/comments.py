"""Comments by which an author takes responsibility: `# factory: ignore[ING217] the auditors ask for it`.

A comment counts for its own line, or, standing alone, for the next line that is not a comment.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from factory.near import near
from factory.read.document import Document
from factory.read.span import Span
from factory.rules.ignoring import NO_REASON, NOT_CHANGEABLE, UNUSED
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule

_MARK = "factory: ignore"
_COMMENT = re.compile(r"(?:^|\s)#\s*factory: ignore(?:\[(?P<ids>[^\]]*)\])?:?\s*(?P<reason>.*)$")


@dataclass(frozen=True)
class Suppression:
    """One comment: the rules it names, and the line of code it counts for; `span` is the comment's place."""

    ids: tuple[str, ...]
    reason: str
    line: int
    span: Span


def suppress(
    problems: Iterable[Problem], documents: Mapping[str, Document], rules: Mapping[str, Rule]
) -> list[Problem]:
    """The problems that no comment takes away, and what is wrong with the comments themselves."""
    comments = {
        path: tuple(found) for path, document in documents.items() if (found := list(comments_of(document)))
    }
    used: set[tuple[str, Suppression, str]] = set()
    kept = [
        problem
        for problem in problems
        if not _is_suppressed(problem, comments.get(problem.path, ()), rules, used)
    ]
    for path, ours in comments.items():
        kept += [problem for one in ours for problem in _judged(documents[path], one, rules, used)]
    return kept


def _is_suppressed(
    problem: Problem,
    found: Sequence[Suppression],
    rules: Mapping[str, Rule],
    used: set[tuple[str, Suppression, str]],
) -> bool:
    for one in found:
        if one.line == problem.span.line and problem.rule in one.ids and not rules[problem.rule].fixed:
            used.add((problem.path, one, problem.rule))
            return problem.severity == Severity.OFF or bool(one.reason)
    return False


def comments_of(document: Document) -> Iterator[Suppression]:
    """Every comment of a file that ignores a rule."""
    if _MARK not in document.source.text:
        return
    lines = document.source.lines
    for number, text in enumerate(lines, 1):
        match = _COMMENT.search(text)
        if not match or _in_scalar(document, number, text.index("#", match.start())):
            continue
        alone = not text[: text.index("#", match.start())].strip()
        line = _next_line(lines, number) if alone else number
        ids = tuple(part.strip() for part in (match["ids"] or "").split(",") if part.strip())
        span = Span(number, text.index("#", match.start()) + 1, number, len(text) + 1)
        yield Suppression(ids, match["reason"].strip(), line, span)


def _judged(
    document: Document, one: Suppression, rules: Mapping[str, Rule], used: set[tuple[str, Suppression, str]]
) -> Iterator[Problem]:
    cure = "Write `# factory: ignore[ING217] why it is right here`."
    if not one.ids:
        yield NOT_CHANGEABLE.at(document, (), "the comment names no rule", cure=cure, span=one.span)
    elif not one.reason:
        yield NO_REASON.at(document, (), "the comment gives no reason", cure=cure, span=one.span)
    for rule in one.ids:
        if rule not in rules:
            message = f"the rule {rule} does not exist"
            yield NOT_CHANGEABLE.at(document, (), message, near=near(rule, rules), cure="", span=one.span)
        elif rules[rule].fixed:
            message = f"the rule {rule} cannot be ignored: it guards others, or the compiler"
            yield NOT_CHANGEABLE.at(document, (), message, cure="Correct the problem instead.", span=one.span)
        elif (document.path, one, rule) not in used:
            message = f"nothing on this line breaks {rule}"
            yield UNUSED.at(document, (), message, cure="Delete the comment.", span=one.span)


def _in_scalar(document: Document, line: int, column: int) -> bool:
    here = (line, column + 1)
    return any(
        (span.line, span.column) < here < (span.end_line, span.end_column)
        for path, span in document.places.values.items()
        if path in document.places.styles
    )


def _next_line(lines: Sequence[str], number: int) -> int:
    for following in range(number, len(lines)):
        if lines[following].strip() and not lines[following].lstrip().startswith("#"):
            return following + 1
    return number
