"""Documents checked against the JSON schemas; what departs from them is noted."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from factory.read.document import Document, KeyPath
from factory.read.surprise import Surprise, noticed
from factory.vocabulary.complaint import NOT_CARRIED_KEY, Misfit, key_name, misfits
from factory.vocabulary.schemas import schema_of_lint

if TYPE_CHECKING:
    from jsonschema import Draft7Validator


@dataclass(frozen=True)
class Checked:
    """A document and what the schema says of it.

    `broken` names the keys whose values are not to be used (`format`, or `defaults.format`), so that no other rule
    complains of them again.
    """

    document: Document
    surprises: tuple[Surprise, ...] = ()
    broken: frozenset[str] = frozenset()

    @property
    def usable(self) -> dict[str, Any]:
        """The keys whose values may be used."""
        return {key: value for key, value in self.document.mapping.items() if key not in self.broken}


@cache
def _validator(kind: str) -> "Draft7Validator":
    from jsonschema import Draft7Validator  # noqa: PLC0415 - loading it takes longer than to check a file, and most files conform

    return Draft7Validator(schema_of_lint(kind))


@cache
def _gate(kind: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(schema_of_lint(kind))


def _conforms(document: Document, kind: str) -> bool:
    """Whether nothing departs from the schema: most files of a tree, of which this needs a hundredth of the other's time."""
    try:
        return _gate(kind).is_valid(document.data)
    except ValueError:  # a value that JSON has not, such as .nan
        return False


def check(document: Document, kind: str) -> Checked:
    """Every way in which a document departs from its schema."""
    if not isinstance(document.data, dict):
        return Checked(document)
    if _conforms(document, kind):
        return Checked(document, tuple(_templates(document)))
    validator = _validator(kind)

    def takes(path: KeyPath, value: object) -> bool:
        errors = validator.iter_errors(_replaced(document.data, path, value))
        return not any(tuple(error.absolute_path)[: len(path)] == path for error in errors)

    found = [
        (error, misfit)
        for error in validator.iter_errors(document.data)
        for misfit in misfits(document, error, takes)
    ]
    broken = {_top(tuple(error.absolute_path)) for error, _ in found}
    meant = {
        _top((*error.absolute_path, misfit.instead))
        for error, misfit in found
        if misfit.kind == Misfit.UNKNOWN_KEY
    }
    homeless = {misfit.cure for _, misfit in found if misfit.kind == Misfit.UNKNOWN_KEY}
    found = [(error, misfit) for error, misfit in found if not _waits(misfit, homeless)]
    told = (misfit for error, misfit in found if not _is_told(error, misfit, meant))
    return Checked(
        document, tuple(dict.fromkeys((*told, *_templates(document)))), frozenset(broken | meant) - {""}
    )


def _replaced(data: Any, path: KeyPath, value: object) -> Any:
    """Data with another value at a place."""
    if not path:
        return value
    part, *rest = path
    if isinstance(data, list):
        return [
            _replaced(one, tuple(rest), value) if place == part else one for place, one in enumerate(data)
        ]
    return {**data, part: _replaced(data[part], tuple(rest), value)}


def _top(path: KeyPath) -> str:
    return ".".join(str(part) for part in path[: 2 if path[:1] == ("defaults",) else 1])


def _waits(misfit: Surprise, cures: set[str]) -> bool:
    """Whether a key has no value because what belongs into it stands beside it."""
    is_empty = misfit.kind == Misfit.WRONG_TYPE and misfit.text.endswith("has no value")
    return is_empty and any(cure.startswith(f"It belongs inside `{misfit.path[-1]}`") for cure in cures)


def _is_told(error: Any, misfit: Surprise, meant: set[str]) -> bool:
    """Whether the missing key is there, only misspelt."""
    if misfit.kind != Misfit.MISSING_KEY:
        return False
    return _top((*error.absolute_path, misfit.text.split("`")[1])) in meant


def _templates(document: Document) -> Iterator[Surprise]:
    if "{{" not in document.source.text and "{%" not in document.source.text:
        return
    for path in document.places.styles:
        value = _value_at(document.data, path)
        if (
            isinstance(value, str)
            and ("{{" in value or "{%" in value)
            and path[-1:] != ("bucket",)
            and path[:1] not in (("buckets",), (NOT_CARRIED_KEY,))
        ):
            yield noticed(
                document,
                Misfit.TEMPLATE,
                path,
                f"`{key_name(path)}` holds a template",
                cure="`window` bounds the rows of a run. Write any other value itself."
                if path[0] in ("query", "filter", "window")
                else "Write the value itself.",
            )


def _value_at(data: Any, path: KeyPath) -> object:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):  # the path belongs to the first of two equal keys
            return None
    return data
