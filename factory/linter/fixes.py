"""Files with what their problems say to write instead."""

from collections.abc import Iterable

from factory.read.file_text import LINE_BREAK, SourceText
from factory.rules.problem import Problem


def fixed(source: SourceText, problems: Iterable[Problem], *, unsafe: bool) -> tuple[str, int]:
    """The text of a file with its fixes, without a byte-order mark, and how many fixes there are.

    Args:
        source: the file.
        problems: what is wrong with it; of two that overlap, the first is fixed.
        unsafe: also write what was probably meant; else only what means the same for everybody.
    """
    breaks = [match.end() for match in LINE_BREAK.finditer(source.text)]
    starts = [0, *breaks]
    edits: list[tuple[int, int, str]] = []
    for one in sorted(problems):
        if not one.instead or not (one.sure or unsafe):
            continue
        span = source.clamp(one.span)
        start, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
        if end > start and all(end <= first or start >= last for first, last, _ in edits):
            edits.append((start, end, one.instead))
    text = source.text
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    return text, len(edits) + source.marked
