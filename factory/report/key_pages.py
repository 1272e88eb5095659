"""Keys for people: what each means, what it takes, its default."""

import textwrap
from collections.abc import Iterator
from typing import Any

from factory.vocabulary.schemas import schema

FILES = {"spec": "ingestion", "unit": "unit", "group": "group"}
_WIDTH = 100


def keys_of(file: str) -> str:
    """The keys of a kind of file, one a line."""
    properties = schema(FILES[file])["properties"]
    return "".join(f"{key:<20} {_first_sentence(one)}\n" for key, one in properties.items())


def key_text(name: str) -> str:
    """A key such as `window` or `expect.max_drop`, in every kind of file that has it; "" where none has."""
    return "\n".join(text for file in FILES for text in _in_file(file, name))


def key_names() -> list[str]:
    """Every key, inner ones with the key around them."""
    return [name for kind in FILES.values() for name, _ in _walk(schema(kind))]


def _in_file(file: str, name: str) -> Iterator[str]:
    for key, one in _walk(schema(FILES[file])):
        if key == name and not (file == "group" and key in schema("unit")["properties"]):
            yield _page(f"{key} (in a {file})" if file != "spec" else key, one)


def _walk(part: dict[str, Any], before: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, one in part.get("properties", {}).items():
        yield before + key, one
        if key != "defaults":
            yield from _walk(one.get("else", one), f"{before}{key}.")


def _page(title: str, one: dict[str, Any]) -> str:
    lines = [title, "", *textwrap.wrap(one.get("description", ""), _WIDTH), ""]
    choices = one.get("enum") or one.get("then", {}).get("enum")
    if choices:
        lines.append(f"Takes: {', '.join(map(str, choices))}")
    if inner := (one.get("else", one).get("properties") or {}):
        lines.append(f"Holds: {', '.join(inner)}")
    if "minimum" in one and "maximum" in one:
        lines.append(f"From {one['minimum']} to {one['maximum']}.")
    if "default" in one:
        lines.append(f"Default: {_yaml(one['default'])}")
    lines += [
        f"Example: {title.split(' ', maxsplit=1)[0].rsplit('.', maxsplit=1)[-1]}: {_yaml(example)}"
        for example in one.get("examples", [])
    ]
    return "\n".join(lines).rstrip() + "\n"


def _yaml(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "none"}[value]
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_yaml(one)}' for key, one in value.items())}}}"
    text = str(value)
    return (
        f'"{text}"'
        if (isinstance(value, str) and text[:1] in "@*{0123456789" and " " in text) or text[:1] == "@"
        else text
    )


def _first_sentence(one: dict[str, Any]) -> str:
    return str(one.get("description", "")).partition(". ")[0].rstrip(".") + "."
