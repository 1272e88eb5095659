"""The JSON schema library's complaints in plain words, with what was probably meant."""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from factory.meant.choices import choice
from factory.meant.keys import word
from factory.meant.lengths import length
from factory.meant.marks import unquoted
from factory.meant.value import Meant, meant
from factory.meant.windows import window
from factory.meant.wrappings import plain
from factory.near import near, nearest
from factory.read.composer import Composer
from factory.read.document import Document, KeyPath
from factory.read.file_text import SourceText
from factory.read.surprise import Surprise, noticed

_TYPE_WORDS = {
    "object": "a mapping", "array": "a list", "string": "text", "boolean": "true or false", "integer": "a whole number",
    "number": "a number", "null": "null",
}  # fmt: skip


_SHORT = 3  # letters: any such word is like some other
_FEW = 5  # keys or choices that are listed in full

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


Takes = Callable[[KeyPath, object], bool]


def misfits(document: Document, error: Any, takes: Takes) -> Iterator[Surprise]:
    """What one error of jsonschema stands for; it may name several keys.

    `takes` says whether the whole document's schema takes another value at a place: a cure that fails is worse than none.
    """
    path: KeyPath = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties" | "required" if _is_list_in_braces(error):
            yield _wrong_type(document, path, error, takes, ["array"])
        case "additionalProperties":
            yield from _unknown_keys(document, path, error)
        case "required":
            for key in error.validator_value:
                if key not in error.instance:
                    yield _missing(document, path, key, error)
        case "type":
            yield _wrong_type(document, path, error, takes)
        case "enum" if "type" not in error.schema or _is_text(error.instance, error.schema["type"]):
            yield _not_a_choice(document, path, error, takes)
        case "enum":
            return  # its type is wrong already
        case _:
            yield _malformed(document, path, error, takes)


def _is_list_in_braces(error: Any) -> bool:
    """Whether a mapping, of none of whose keys there is a value, stands where a list may stand: `{Id, Name}`."""
    return "array" in error.schema.get("type", ()) and all(one is None for one in error.instance.values())


def _is_text(value: object, kinds: str | list[str]) -> bool:
    """Whether a value is text where text is taken; any other is of a wrong type already."""
    return isinstance(value, str) and "string" in kinds


def _unknown_keys(document: Document, path: KeyPath, error: Any) -> Iterator[Surprise]:
    known = error.schema["properties"]
    for key in error.instance:
        if key == NOT_CARRIED_KEY and not path:
            yield from _not_carried(document, error.instance[key])
        elif key not in known:
            yield _unknown_key(document, (*path, key), known, error.instance)


def _unknown_key(document: Document, path: KeyPath, known: Any, beside: Any) -> Surprise:
    """A key that is not one: misspelt, in another word, one level too high, or a need that is met otherwise."""
    key = str(path[-1])
    free = [name for name in known if name not in beside]
    close = near(unquoted(key).replace("-", "_"), free)
    other = word(key, tuple(known))
    if other and _folded(close) != _folded(unquoted(key)):
        close = ""  # a word that is known is no misspelt key
    inside = next(
        (name for name, one in known.items() if key in one.get("else", one).get("properties", {})), ""
    )
    split = _split_number(document, path, beside)
    message, cure, instead, sure, guess = f"`{key}` is not a key here", "", "", False, ""
    if split:
        message = f"the comma cuts `{split}` in two"
        cure = _joined(split, known)
    elif "protect" in known and (cured := _of_field(key, beside[key])):
        cure = cured
    elif advice := _of_mapping(key, known, beside):
        cure = advice
    elif (
        inside
        and not close
        and not (other and isinstance(beside[key], list))
        and (beside.get(inside) is None or isinstance(beside[inside], dict))
    ):
        cure = f"It belongs inside `{inside}`: indent it below that key."
    elif other and other.advice and (not close or len(key) <= _SHORT):
        cure = other.advice
    elif other and other.key and not close:
        cure, instead = (
            ("", other.key) if other.key in free else (f"`{other.key}` says it already: delete this key.", "")
        )
    elif close:
        instead, sure = close, _folded(close) == _folded(unquoted(key))
        guess = "" if sure else close
    elif len(known) <= _FEW:
        cure = f"The keys are {_listed(known)}."
    else:
        cure = f"The nearest keys are {_listed(nearest(key, known))}; `factory explain {'spec' if 'window' in known else 'unit'}` lists all."
    return noticed(
        document, Misfit.UNKNOWN_KEY, path, message, near=guess, cure=cure, on_key=True,
        instead=instead, sure=sure,
    )  # fmt: skip


def _not_carried(document: Document, items: Any) -> Iterator[Surprise]:
    many = [str(item) for item in items] if isinstance(items, list) and items else [str(items)]
    for index, item in enumerate(many):
        place: KeyPath = (NOT_CARRIED_KEY, index) if isinstance(items, list) and items else (NOT_CARRIED_KEY,)
        cure = "Settle it, then delete this line, and the key with the last of them."
        yield noticed(document, Misfit.NOT_CARRIED, place, item.rstrip("."), cure=cure)


def _missing(document: Document, path: KeyPath, key: str, error: Any) -> Surprise:
    about = error.schema["properties"][key]["description"].partition(". ")[0].rstrip(".") + "."
    where = f" in `{path[-1]}`" if path else ""
    return noticed(
        document, Misfit.MISSING_KEY, path, f"`{key}` is missing{where}", cure=f"Add `{key}:`. {about}", on_key=True,
    )  # fmt: skip


def _wrong_type(
    document: Document, path: KeyPath, error: Any, takes: Takes, kinds: list[str] | None = None
) -> Surprise:
    written = kinds or error.validator_value
    wanted = written if isinstance(written, list) else [written]
    words = " or ".join(_TYPE_WORDS[name] for name in wanted if name != "null" or len(wanted) == 1)
    name = key_name(path)
    if error.instance is None:
        about = f"Write {words} behind the colon, or delete the line."
        return noticed(document, Misfit.WRONG_TYPE, path, f"`{name}` has no value", cure=about)
    found = _meant(document, path, error, takes)
    choices = [str(choice) for choice in error.schema.get("enum", ())]
    cure = f"Write {_listed(choices, 'or') if choices else words + _example(error.schema)}."
    message = f"`{name}` takes {words}, not {_kind(error.instance)}"
    return _with(document, Misfit.WRONG_TYPE, path, message, found, cure)


def _not_a_choice(document: Document, path: KeyPath, error: Any, takes: Takes) -> Surprise:
    choices = [str(choice) for choice in error.validator_value]
    message = f"{_quoted(error.instance)} is not a value of `{key_name(path)}`"
    found = _meant(document, path, error, takes)
    written = unquoted(str(error.instance))
    close = near(written, choices)
    if len(written.split()) != len(close.split()) or re.search(r"\d", written):
        close = ""  # as many words, or it is no slip of the pen
    if found is None and "fiscal" in written.casefold():
        cure = "The fiscal year is not known here: write `{from: …, through: …}` with its first day and its last."
        return noticed(document, Misfit.NOT_A_CHOICE, path, message, cure=cure)
    if found is None and close:
        return noticed(document, Misfit.NOT_A_CHOICE, path, message, near=close, instead=close,
            cure=f"Write {_listed(choices, 'or')}.",
        )  # fmt: skip
    return _with(document, Misfit.NOT_A_CHOICE, path, message, found, f"Write {_listed(choices, 'or')}.")


def _meant(document: Document, path: KeyPath, error: Any, takes: Takes) -> Meant | None:
    """What was probably meant by a value, and not the value that was refused."""
    raw = document.value_text(path)
    found = meant(key_name(path), error.instance, raw, error.schema)
    refused = found and found.text and (found.text == raw or not _taken(found.text, path, takes))
    return None if refused else found


def _taken(text: str, path: KeyPath, takes: Takes) -> bool:
    """Whether the schema takes what is to be written."""
    composer = Composer(SourceText("", f"value: {text}\n"))
    value = composer.compose().mapping.get("value")
    return not composer.surprises and takes(path, value)


def _with(
    document: Document, kind: Misfit, path: KeyPath, message: str, found: Meant | None, cure: str
) -> Surprise:
    """A complaint with what was meant, or else with its general cure."""
    if found is None:
        return noticed(document, kind, path, message, cure=cure)
    return noticed(document, kind, path, message, cure=found.because, instead=found.text, sure=found.sure)


def _example(takes: Any) -> str:
    examples = [one for one in takes.get("examples", []) if not isinstance(one, dict | list)]
    return (
        f", such as `{str(examples[0]).lower() if isinstance(examples[0], bool) else examples[0]}`"
        if examples
        else ""
    )


def _malformed(document: Document, path: KeyPath, error: Any, takes: Takes) -> Surprise:
    shown, limit, name = _quoted(error.instance), error.validator_value, key_name(path)
    cure = ""
    found: Meant | None = None
    match error.validator:
        case "pattern":
            message, cure = (
                f"{shown} cannot be the value of `{name}`",
                error.schema.get("patternErrorMessage", ""),
            )
            found = _meant(document, path, error, takes)
            if path[-1:] and isinstance(path[-1], int) and " - " in error.instance:
                message = "two items are read as one, for the second `-` is indented further than the first"
                cure = "Begin each item's `-` in the same column."
            if error.parent is not None and error.parent.validator == "propertyNames":
                message, cure = (
                    f"{shown} cannot be a key of `{name}`",
                    error.schema.get("patternErrorMessage", ""),
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
            found = _meant(document, path, error, takes)
        case "uniqueItems":
            twice = next((item for item in error.instance if error.instance.count(item) > 1), "")
            message, cure = f"`{name}` names {_quoted(twice)} twice", "Keep one of the two."
            if document.value_text(path).startswith("[") and all(
                isinstance(one, str) for one in error.instance
            ):
                found = Meant(f"[{', '.join(map(plain, dict.fromkeys(error.instance)))}]", sure=True)
        case _:
            message = f"{shown} cannot be the value of `{name}`"
    return _with(document, Misfit.MALFORMED, path, message, found, cure)


def _folded(key: str) -> str:
    return re.sub(r"[\s_-]", "", key.casefold())


def _of_mapping(key: str, known: Any, beside: Any) -> str:
    """What to write where a mapping is no list of fields, or no window; "" elsewhere."""
    if "except" in known and not {"all", "except"} & beside.keys():
        return _of_fields(beside)
    return _of_window(key, beside) if "last" in known else ""


def _of_fields(written: Any) -> str:
    """What to write where fields are keys, as a schema or another tool's catalogue has them: `{Id: string, Name: true}`."""
    names = [name for name, value in written.items() if value is not False]
    listed = all(re.fullmatch(r"[A-Za-z][\w.]*", name) for name in names)
    lower = all(name.islower() for name in names)  # a word of a language, not a field
    return f"Write a list: `fields: [{', '.join(names)}]`." if listed and names and not lower else ""


def _of_window(key: str, beside: Any) -> str:
    """What to write where a window has the unit of its length, or its mode, as a key."""
    value = beside[key]
    size = length(f"{value} {key}") or (length(f"{beside.get('last')} {value}") if key == "unit" else None)
    if size:
        return f"Write `window: {{last: {size}}}`."
    if (
        key == "between"
        and isinstance(value, list)
        and (pair := meant("window", value, "", {"type": ["object"]}))
    ):
        return f"Write `window: {pair.text}`."
    whole = window(str(value)) if isinstance(value, str) and len(beside) == 1 else None
    return f"Write `window: {whole}`." if whole else ""


def _split_number(document: Document, path: KeyPath, beside: Any) -> str:
    """The decimal number that a comma cut into a value and a key, as in `{max_drop: 0,2}`; "" for other keys."""
    span = document.key_span(path)
    match = re.search(r"(\d+(?:,\d{3})*),\s*$", document.source.line(span.line)[: span.column - 1])
    return f"{match[1]},{path[-1]}" if match and str(path[-1]).isdigit() and beside[path[-1]] is None else ""


def _joined(split: str, known: Any) -> str:
    """What to write for a number that a comma cut in two: thousands where whole numbers stand, else a decimal."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+", split) and any(
        one.get("type") == "integer" for one in known.values()
    ):
        return f"Write `{split.replace(',', '')}`: a number has no commas between its thousands."
    return f"Write `{split.replace(',', '.')}`: a decimal point, not a comma."


def _of_field(key: str, value: object) -> str:
    """What to write where a field's name, or its protection, stands as a key: `{Email: hash}`, `{name: Email, mask: true}`."""
    protection = choice("protect", str(value), ("hash", "mask", "drop"))
    if (
        protection
        and isinstance(value, str)
        and word(key, ("name", "protect", "reason")) is None
        and key not in ("Name", "protect")
    ):
        return f"Write `{{name: {key}, protect: {protection[0]}}}`."
    if protection and key == "Name":
        return f"Write `{{name: Name, protect: {protection[0]}}}`."
    own = choice("protect", key, ("hash", "mask", "drop"))
    return f"Write `protect: {own[0]}`." if own and value is True else ""


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
