"""What an unquoted word means: YAML 1.2's core schema, without the surprises of YAML 1.1."""

import re

from factory.meant.numbers import looks_grouped

_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]{1,3})?")
_YAML_11_BOOLEANS = frozenset(
    ["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N"]
)
_SEXAGESIMAL = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?")
_OTHER_BASE = re.compile(r"[-+]?(0[0-9_]+|0[xX][0-9a-fA-F_]+|0o[0-7]+|0b[01_]+|[0-9]+(_[0-9]+)+)")


def plain(word: str) -> object:
    """The value of an unquoted word: null, boolean, integer, float or text."""
    if word in _WORDS:
        return _WORDS[word]
    first = word[0]
    if first.isdigit() or first in "+-.":
        if _INTEGER.fullmatch(word):
            return int(word)
        if _FLOAT.fullmatch(word):
            return float(word)
    return word


def trap(word: str) -> str:
    """How YAML readers disagree about an unquoted word, or "" where they agree (YAML 1.1 against 1.2)."""
    if word in _YAML_11_BOOLEANS:
        return f"some YAML readers take {word} as {'true' if word[0] in 'yY' or word.lower() == 'on' else 'false'}, others as text"
    if word[0].isdigit() or word[0] in "+-":
        if _SEXAGESIMAL.fullmatch(word):
            return f"some YAML readers take {word} as a number to the base of 60, others as text"
        if _OTHER_BASE.fullmatch(word):
            return f"YAML readers disagree on the number that {word} is"
        if looks_grouped(word) is not None:
            return (
                f"YAML reads {word} as {float(word):g}"
                if word.count(".") == 1
                else f"YAML reads {word} as text"
            )
    return ""
