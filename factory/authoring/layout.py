"""The usual form of a spec file: keys in the order of the schema, spaces tidied, every comment and value as it was.

The file is cut into one block of lines for each key, the comments above a key belonging to it, and the blocks are put
in order. What stands inside a value that spans lines is not touched.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from factory.read.composer import Composer
from factory.read.document import Document
from factory.read.file_text import SourceText
from factory.read.surprise import Yaml


class NotYamlError(ValueError):
    """A file that is not one YAML mapping, so that its form cannot be changed safely."""


@dataclass(frozen=True)
class _Block:
    """The lines of one key, comments above it included; "" is the file's head."""

    key: str
    lines: tuple[str, ...]


def layout(source: SourceText, order: Sequence[str]) -> str:
    r"""The text in its usual form, with `\n` at line ends; laying it out again changes nothing.

    Raises:
        NotYamlError: the text is not one YAML mapping.
    """
    document = _read(source)
    held = _held_lines(document)
    lines = [
        line if number in held else _tidied(document, number, line)
        for number, line in enumerate(source.lines, 1)
    ]
    blocks = _blocks(document, lines)
    rank = {key: index for index, key in enumerate(order)}
    head = [block for block in blocks if not block.key]
    keys = sorted((block for block in blocks if block.key), key=lambda block: rank.get(block.key, len(rank)))
    text = "\n".join(line for block in (*head, *keys) for line in block.lines).rstrip("\n") + "\n"
    return text if _says_the_same(document, text) else source.text


def _blocks(document: Document, lines: Sequence[str]) -> list[_Block]:
    """Cut at the lines of the top-level keys, or rather at the comments that stand directly above them."""
    starts = {document.places.keys[key].line: key[0] for key in document.places.keys if len(key) == 1}
    if any(document.places.keys[(key,)].column != 1 for key in starts.values()):
        return [_Block("", tuple(lines))]  # `{object: Account}`: there are no lines to order
    cuts: list[tuple[int, str]] = []
    for line, key in sorted(starts.items()):
        first = line
        while first > 1 and lines[first - 2].startswith("#") and "$schema" not in lines[first - 2]:
            first -= 1
        cuts.append((first, str(key)))
    ends = [first for first, _ in cuts[1:]] + [len(lines) + 1]
    head = tuple(lines[: cuts[0][0] - 1]) if cuts else tuple(lines)
    bodies = [
        _Block(key, _trimmed(lines[first - 1 : end - 1]))
        for (first, key), end in zip(cuts, ends, strict=True)
    ]
    return [_Block("", head), *bodies]


def _trimmed(lines: Sequence[str]) -> tuple[str, ...]:
    """Without blank lines at the end, where they part this key from the next of the old order."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return tuple(kept)


def _tidied(document: Document, number: int, line: str) -> str:
    """One space after the colon of each key of the line, none at its end."""
    for path, key in sorted(document.places.keys.items(), key=lambda item: -item[1].column):
        value = document.places.values.get(path)
        if key.line == key.end_line == number and value and value.line == number:
            between = line[key.end_column - 1 : value.column - 1]
            is_written = (value.line, value.column) != (value.end_line, value.end_column)
            if is_written and between.strip() == ":":
                line = f"{line[: key.end_column - 1]}: {line[value.column - 1 :]}"
    return line.rstrip()


def _held_lines(document: Document) -> set[int]:
    """Lines in which a scalar goes on from another line, or into one: their spaces may mean something."""
    held: set[int] = set()
    for path in document.places.styles:
        span = document.places.values[path]
        if span.end_line > span.line:
            held.update(range(span.line, span.end_line + (span.end_column > 1)))
    return held


def _says_the_same(document: Document, text: str) -> bool:
    after = _read(SourceText(document.path, text))
    return after.data == document.data and _comments(after.source.text) == _comments(document.source.text)


def _comments(text: str) -> Counter[str]:
    return Counter(line[line.index("#") :].rstrip() for line in text.splitlines() if "#" in line)


def _read(source: SourceText) -> Document:
    composer = Composer(source)
    document = composer.compose()
    if not isinstance(document.data, dict) or any(
        one.kind == Yaml.DUPLICATE_KEY for one in composer.surprises
    ):
        raise NotYamlError(f"{source.path} has problems; `factory lint` lists them, correct them first")
    return document
