"""The JSON schema library's complaints in plain words, with what was probably meant."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from factory.near import near
from factory.read.document import Document, KeyPath
from factory.read.surprise import Surprise, noticed

_TYPE_WORDS = {
    "object": "a mapping", "array": "a list", "string": "text", "boolean": "true or false", "integer": "a whole number",
    "number": "a number", "null": "null",
}  # fmt: skip


# What `factory import-dag` could not carry over stands under this key; it is in no schema, so that no editor offers it.
NOT_CARRIED_KEY = "not_carried"


class Misfit(StrEnum):
    """How a key or value departs from its schema."""

    UNKNOWN_KEY = "unknown key"
    MISSING_KEY = "missing key"
    WRONG_TYPE = "wrong type"
    NOT_A_CHOICE = "not a choice"
    MALFORMED = "malformed"
    TEMPLATE = "template"
    NOT_CARRIED = "not carried"


def misfits(document: Document, error: Any) -> Iterator[Surprise]:
    """What one error of jsonschema stands for; it may name several keys."""
    path: KeyPath = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties":
            yield from _unknown_keys(document, path, error)
        case "required":
            for key in error.validator_value:
                if key not in error.instance:
                    yield _missing(document, path, key, error)
        case "type":
            yield _wrong_type(document, path, error)
        case "enum":
            yield _not_a_choice(document, path, error)
        case _:
            yield _malformed(document, path, error)


def _unknown_keys(document: Document, path: KeyPath, error: Any) -> Iterator[Surprise]:
    known = error.schema["properties"]
    for key in error.instance:
        if key == NOT_CARRIED_KEY and not path:
            yield from _not_carried(document, error.instance[key])
        elif key not in known:
            free = [name for name in known if name not in error.instance]
            yield noticed(
                document, Misfit.UNKNOWN_KEY, (*path, key), f"`{key}` is not a key here", near=near(key, free) or near(key, known),
                cure=f"The keys are {_listed(known)}.", on_key=True,
            )  # fmt: skip


def _not_carried(document: Document, items: Any) -> Iterator[Surprise]:
    many = [str(item) for item in items] if isinstance(items, list) and items else [str(items)]
    for index, item in enumerate(many):
        place: KeyPath = (NOT_CARRIED_KEY, index) if isinstance(items, list) and items else (NOT_CARRIED_KEY,)
        cure = "Settle it, then delete this line, and the key with the last of them."
        yield noticed(document, Misfit.NOT_CARRIED, place, item.rstrip("."), cure=cure)


def _missing(document: Document, path: KeyPath, key: str, error: Any) -> Surprise:
    about = error.schema["properties"][key]["description"]
    where = f" in `{path[-1]}`" if path else ""
    return noticed(
        document, Misfit.MISSING_KEY, path, f"`{key}` is missing{where}", cure=f"Add `{key}:`. {about}", on_key=True,
    )  # fmt: skip


def _wrong_type(document: Document, path: KeyPath, error: Any) -> Surprise:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    words = " or ".join(_TYPE_WORDS[name] for name in wanted)
    cure = f"Write {words}."
    if error.instance is None:
        return noticed(document, Misfit.WRONG_TYPE, path, f"`{key_name(path)}` has no value", cure=cure)
    if "string" in wanted and isinstance(error.instance, int | float):
        span = document.value_span(path)
        cure = (
            f'Write it in quotes: "{document.source.line(span.line)[span.column - 1 : span.end_column - 1]}".'
        )
    if wanted == ["boolean"] and isinstance(error.instance, str):
        cure = f"Write {'true' if error.instance.lower() in ('yes', 'y', 'on', 'true', '1') else 'false'}."
    return noticed(
        document,
        Misfit.WRONG_TYPE,
        path,
        f"`{key_name(path)}` takes {words}, not {_kind(error.instance)}",
        cure=cure,
    )


def _not_a_choice(document: Document, path: KeyPath, error: Any) -> Surprise:
    choices = [str(choice) for choice in error.validator_value]
    return noticed(
        document, Misfit.NOT_A_CHOICE, path, f"{_quoted(error.instance)} is not a value of `{key_name(path)}`",
        near=near(str(error.instance), choices), cure=f"Write {_listed(choices, 'or')}.",
    )  # fmt: skip


def _malformed(document: Document, path: KeyPath, error: Any) -> Surprise:
    shown, limit, name = _quoted(error.instance), error.validator_value, key_name(path)
    cure = ""
    match error.validator:
        case "pattern":
            message, cure = (
                f"{shown} cannot be the value of `{name}`",
                error.schema.get("patternErrorMessage", ""),
            )
            if error.parent is not None and error.parent.validator == "propertyNames":
                message, cure = (
                    f"{shown} is not the id of a rule",
                    "Rules have ids such as `ING503`; `factory explain` lists them.",
                )
        case "minLength" | "minItems" | "minProperties":
            message = f"`{name}` is too short" if error.instance else f"`{name}` is empty"
            cure = f"Write at least {limit}." if limit > 1 else "Give it a value, or leave it out."
        case "maxItems" | "maxLength":
            message, cure = f"`{name}` is too long", f"At most {limit} are taken."
        case "minimum":
            message, cure = f"{shown} is too small for `{name}`", f"Write {limit} or more."
        case "maximum":
            message, cure = f"{shown} is too large for `{name}`", f"Write {limit} or less."
        case "uniqueItems":
            twice = next((item for item in error.instance if error.instance.count(item) > 1), "")
            message, cure = f"`{name}` names {_quoted(twice)} twice", "Keep one of the two."
        case _:
            message = f"{shown} cannot be the value of `{name}`"
    return noticed(document, Misfit.MALFORMED, path, message, cure=cure)


def key_name(path: KeyPath) -> str:
    """The key that a value belongs to, for a sentence."""
    return next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return (
        "nothing"
        if value is None
        else f"the {'text' if isinstance(value, str) else 'number'} {_quoted(value)}"
    )


def _quoted(value: object) -> str:
    text = str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def _listed(names: Any, word: str = "and") -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"
