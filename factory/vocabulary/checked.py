"""Documents held against the JSON schemas, complaints turned into problems."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from factory.read.document import Document, KeyPath
from factory.rules import keys as rules
from factory.rules.problem import Problem
from factory.vocabulary.complaint import key_name, problems_of
from factory.vocabulary.schemas import schema


@dataclass(frozen=True)
class Checked:
    """A document and what the schema says of it.

    `broken` names the keys whose values are not to be used (`format`, or `defaults.format`), so that no other rule
    complains of them again.
    """

    document: Document
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()


@cache
def _validator(kind: str) -> Draft7Validator:
    return Draft7Validator(schema(kind))


def check(document: Document, kind: str) -> Checked:
    """Every way in which a document departs from its schema."""
    if not isinstance(document.data, dict):
        return Checked(document)
    found = [
        (error, problem)
        for error in _validator(kind).iter_errors(document.data)
        for problem in problems_of(document, error)
    ]
    broken = {_top(tuple(error.absolute_path)) for error, _ in found}
    meant = {
        _top((*error.absolute_path, problem.near))
        for error, problem in found
        if problem.rule == rules.UNKNOWN_KEY.id
    }
    told = (problem for error, problem in found if not _is_told(error, problem, meant))
    return Checked(
        document, tuple(dict.fromkeys((*told, *_templates(document)))), frozenset(broken | meant) - {""}
    )


def _top(path: KeyPath) -> str:
    return ".".join(str(part) for part in path[: 2 if path[:1] == ("defaults",) else 1])


def _is_told(error: Any, problem: Problem, meant: set[str]) -> bool:
    """Whether the missing key is there, only misspelt."""
    missing = problem.message.split("`")[1]
    return problem.rule == rules.MISSING_KEY.id and _top((*error.absolute_path, missing)) in meant


def _templates(document: Document) -> Iterator[Problem]:
    if "{{" not in document.source.text and "{%" not in document.source.text:
        return
    for path in document.styles:
        value = _value_at(document.data, path)
        if (
            isinstance(value, str)
            and ("{{" in value or "{%" in value)
            and path[-1:] != ("bucket",)
            and path[:1] != ("buckets",)
        ):
            yield rules.TEMPLATE.at(
                document, path, f"`{key_name(path)}` holds a template", cure="Write the value itself."
            )


def _value_at(data: Any, path: KeyPath) -> object:
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):  # the path belongs to the first of two equal keys
            return None
    return data
