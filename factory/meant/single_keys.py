"""What people write at keys of their own kind: a mail address at `notify`, a delimiter at `csv`, a date in `file_name`."""

import re

from factory.meant.marks import folded
from factory.meant.truth import truth

Found = tuple[str, str]  # what to write instead, "" to leave the key out; and why

_DELIMITERS = {
    ";": "';'",
    ",": "','",
    "|": "'|'",
    "\t": "tab",
    "tab": "tab",
    "semicolon": "';'",
    "pipe": "'|'",
    "comma": "','",
}
_EXCEL = ("excel", "xlsx", "xls", "ms-excel", "windows")
_DATE_PARTS = re.compile(r"[_-]?(\{+[^}]*\}+|%[YmdHMSjy]|\$\{?\w+\}?|<\w+>|\b(yyyy|mm|dd)+\b)", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}(:\d{2}|h(\d{2})?)|\d{1,2}\s?(am|pm)", re.IGNORECASE)


def single_key(key: str, value: object, text: str) -> Found | None:
    """What was probably meant by a value that only this key is given; None where nobody can tell."""
    reader = _READERS.get(key)
    return reader(value, text.strip()) if reader else None


def _notify(value: object, text: str) -> Found | None:
    if not isinstance(value, str) or truth(text):
        return None
    told = "The unit's `contact` is told; who else wants to hear subscribes to the unit's topic."
    return "true", told


def _deadline(_: object, text: str) -> Found | None:
    if not _TIME.fullmatch(text) or re.fullmatch(r"\d+h", text):
        return None
    return "", "It is a length after a publication, such as `26 hours`, and no time of day."


def _table(value: object, text: str) -> Found | None:
    if not isinstance(value, str) or truth(text):
        return None
    if folded(text) in ("current", "latest", "state", "scd1", "upsert", "merge"):
        return "{current: true}", ""
    return "true", "A table is Apache Iceberg, in the unit's database, and called as its spec is."


def _csv(value: object, text: str) -> Found | None:
    if not isinstance(value, str):
        return None
    if text.casefold() in _EXCEL:
        return "{delimiter: ';', bom: true}", ""
    found = _DELIMITERS.get(value if value == "\t" else value.strip().casefold())
    return (f"{{delimiter: {found}}}", "") if found else None


def _delimiter(value: object, _: str) -> Found | None:
    return ("tab", "") if value == "\t" else None


def _header(value: object, text: str) -> Found | None:
    if isinstance(value, bool) or truth(text):
        return "", "Delete it: every file has a header of names; `header: labels` writes labels instead."
    return None


def _null(value: object, _: str) -> Found | None:
    return ("", "Delete it: left out, nothing stands between the commas.") if value == "" else None


def _calendar(value: object, text: str) -> Found | None:
    if not isinstance(value, str) or re.fullmatch(r"[\d./-]+", text):
        return "", "Its days belong into `calendars` in group.yaml: write the calendar's name here."
    name = re.sub(r"[^a-z0-9_-]+", "_", text.casefold()).strip("_-")
    return (name, "") if re.match("[a-z]", name) else None


def _partition_by(value: object, _: str) -> Found | None:
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return value[0], "One field names the folders."
    return None


def _file_name(value: object, text: str) -> Found | None:
    if not isinstance(value, str):
        return None
    folder, _, name = text.replace("\\", "/").rpartition("/")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", _DATE_PARTS.sub("", name)).lstrip("._-")
    if not re.match(r"[A-Za-z0-9]+", plain) or plain.startswith("csv"):
        return None
    dated = "The date of the run is in the folder's name, `dt=<date>`." if _DATE_PARTS.search(name) else ""
    return plain, "The folder is `destination: {prefix: …}`." if folder else dated


def _between(value: object, text: str) -> Found | None:
    ends = (
        re.fullmatch(r"(-?[\d.]+)\s*(?:-|\.\.|to|and|,|;|–)\s*(-?[\d.]+)", text)
        if isinstance(value, str)
        else None
    )
    return (f"[{ends[1]}, {ends[2]}]", "") if ends else None


def _columns(value: object, _: str) -> Found | None:
    value = [value] if isinstance(value, str) else value
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        rules = ", ".join(f"{one}: {{not_null: true}}" for one in value)
        return f"{{{rules}}}", "A column has rules: not_null, unique, in, between, fresh."
    return None


_READERS = {
    "notify": _notify,
    "deadline": _deadline,
    "table": _table,
    "csv": _csv,
    "delimiter": _delimiter,
    "header": _header,
    "null": _null,
    "calendar": _calendar,
    "partition_by": _partition_by,
    "file_name": _file_name,
    "between": _between,
    "columns": _columns,
}
