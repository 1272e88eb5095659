"""Places inside a scalar: where a stretch of its value stands in the file, whatever its quoting and folding."""

from factory.read.document import Document, KeyPath
from factory.read.file_text import LINE_BREAK
from factory.read.span import Span


def inner_span(document: Document, path: KeyPath, value: str, start: int, end: int) -> Span:
    """The place of `value[start:end]`, of a scalar's value, in the file.

    The value's visible characters stand in the file in the same order, so counting them finds the place; what lies
    between them (quotes, indentation, folds) is passed over.
    """
    whole = document.value_span(path)
    lines = document.source.lines[whole.line - 1 : whole.end_line]
    row, column = (1, 0) if document.places.styles.get(path) in ("|", ">") else (0, whole.column - 1)
    first: tuple[int, int] | None = None
    last = (row, column)
    for index, character in enumerate(value[:end]):
        if character.isspace() or LINE_BREAK.match(character):
            continue
        found = _next(lines, row, column, character)
        if found is None:
            return whole
        row, column = found[0], found[1] + 1
        last = found
        if index >= start and first is None:
            first = found
    begin = first or last
    return document.source.clamp(Span(whole.line + begin[0], begin[1] + 1, whole.line + last[0], last[1] + 2))


def _next(lines: list[str], row: int, column: int, character: str) -> tuple[int, int] | None:
    while row < len(lines):
        position = lines[row].find(character, column)
        if position >= 0:
            return row, position
        row, column = row + 1, 0
    return None
