"""Values that stand in a list or a mapping where they should stand alone, and values written in one line."""

import json
import re
from collections.abc import Sequence

from factory.meant.lengths import is_unit

_PLAIN = re.compile(r"[A-Za-z_][\w.-]*(?: [\w.-]+)*|\d+ [a-z]+")
_RESERVED = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])


def unwrapped(value: object, kinds: Sequence[str]) -> object:
    """The one value in a list or mapping of a kind that is not taken; the value itself where there is none.

    `{months: 6}` and `[6, months]` become `6 months`, `{hour: 5, minute: 30}` becomes `5:30`, `{csv: …}` becomes `csv`.
    """
    if isinstance(value, list) and "array" not in kinds:
        if len(value) == 1:
            return unwrapped(value[0], kinds)
        if len(value) == 2 and isinstance(value[0], int) and is_unit(str(value[1])):
            return f"{value[0]} {value[1]}"
    if isinstance(value, dict) and "object" not in kinds and value:
        return _of_mapping(value)
    return value


def _of_mapping(value: dict[object, object]) -> object:
    if set(value) <= {"hour", "minute"} and all(isinstance(one, int) for one in value.values()):
        return f"{value.get('hour', 0)}:{value.get('minute', 0):02}"
    if len(value) == 1:
        key, inner = next(iter(value.items()))
        if isinstance(inner, int) and not isinstance(inner, bool) and is_unit(str(key)):
            return f"{inner} {key}"
        if isinstance(inner, str | int | float):
            return inner
        return key if inner is None or isinstance(inner, dict) else value
    counts = [one for one in value.values() if isinstance(one, int) and not isinstance(one, bool)]
    units = [one for one in value.values() if isinstance(one, str) and is_unit(one)]
    return f"{counts[0]} {units[0]}" if len(value) == 2 and counts and units else value


def flow(value: object) -> str:
    """A value as YAML in one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {flow(one)}' for key, one in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return plain(value) if isinstance(value, str) else json.dumps(value)


def plain(text: str) -> str:
    """A text as YAML: in quotes where it would be read as something else."""
    bare = _PLAIN.fullmatch(text) and text.casefold() not in _RESERVED
    return text if bare else json.dumps(text, ensure_ascii=False)
