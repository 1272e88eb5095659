"""The value that was probably meant, by the key it stands at and what that key takes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from factory.meant.choices import choice
from factory.meant.days import day_of, points
from factory.meant.lengths import length
from factory.meant.marks import unquoted
from factory.meant.numbers import share, whole
from factory.meant.schedules import schedule
from factory.meant.single_keys import single_key
from factory.meant.truth import truth
from factory.meant.windows import ended, span, window
from factory.meant.wrappings import flow, plain, unwrapped

_BARE_UNIT = {
    "last": "month",
    "batch_size": "month",
    "overlap": "minute",
    "compare_ids": "day",
    "refresh": "day",
}
_DAYS = frozenset(
    (7, 14, 28, 30, 31, 45, 60, 90, 91, 92, 100, 120, 180, 182, 183, 365, 366, 730)
)  # hardly months
_DATED = re.compile(
    r"\{+.*?(?:date|ds|run|year|month|day|yyyy).*?\}+|%[YmdHj]|\$\{?(?:date|year|month|day|ds)|<date>|\bdt=",
    re.IGNORECASE,
)
_RENAMED = re.compile(r"([A-Za-z][\w.]*)\s+(?:as|AS|As|=>|->)\s+['\"]?([A-Za-z_][\w ]*)['\"]?")
_NONE = ("none", "no", "never", "off", "aucun", "keine", "geen", "ninguno", "nessuno")
_ROWS = re.compile(
    r"(\d[\d_., ']*?) ?(k|m|)[- ]?(?:rows?|records?|lines?|zeilen|lignes|rijen|filas|righe)", re.IGNORECASE
)
_THOUSANDS = {"": 1, "k": 1_000, "m": 1_000_000}
_MOST_MONTHS = 240  # a larger number without a unit counts something else
_EVERY_FIELD = (
    "*", "all", "any", "every", "everything", "tous", "tout", "alle", "all fields", "select *", "fields(all)", "fields(standard)", "todos", "tutti",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meant:
    """What to write instead, as YAML; "" to leave the key out. `sure`: it means the same for everybody; `because` says what else it needs."""

    text: str
    because: str = ""
    sure: bool = False


def meant(key: str, value: object, raw: str, takes: Mapping[str, Any]) -> Meant | None:
    """What was probably meant by a value that its key does not take; None where nobody can tell.

    Args:
        key: the key, the last name of its path.
        value: the value as YAML reads it.
        raw: the value as it stands in the file.
        takes: the key's part of the schema.
    """
    kinds = takes.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if key != "filter" and (inner := unwrapped(value, kinds)) != value:
        return _of_inner(key, inner, takes)
    text = unquoted(raw if isinstance(value, int | float) or value is None else str(value))
    found = _of_key(key, value, text, takes)
    if found is None and "enum" in takes and isinstance(value, str | int):
        one = choice(key, text, map(str, takes["enum"]))
        found = Meant(*one, sure=unquoted(str(value)).casefold() == one[0].casefold()) if one else None
    for kind in kinds if found is None else ():
        found = found or _of_kind(kind, key, value, text, takes)
    return found


def _of_inner(key: str, inner: object, takes: Mapping[str, Any]) -> Meant | None:
    """What is meant by a value that stands in a list or mapping which its key does not take."""
    written = flow(inner)
    found = meant(key, inner, written, takes) if not isinstance(inner, dict) else None
    return found or Meant(written)


def _of_key(key: str, value: object, text: str, takes: Mapping[str, Any]) -> Meant | None:
    if one := single_key(key, value, text):
        return Meant(*one)
    if key == "window":
        return _window(value, text)
    if key in ("compare_ids", "refresh") and value is True:
        return Meant("7 days")
    if key == "schedule" and isinstance(value, list):
        return _firings(value)
    if key == "schedule" and isinstance(value, str | int | float):
        return _fires(value, text)
    if isinstance(value, list) and "enum" in takes and len(value) > 1 and value[0] in takes["enum"]:
        return Meant(str(value[0]), f"One file has one `{key}`: write another file for the others.")
    if "(minute|hour|day" in str(takes.get("pattern", "")) and isinstance(value, str | int | float):
        return _length(key, value, text)
    if key in ("from", "before", "through", "to", "start", "end") and isinstance(value, str | int):
        return day_or_moment(key, text)
    return _of_place(key, value, text)


_LEFT_OUT = re.compile(r"[-!^~]\s*([A-Za-z][\w.]*)")  # as globs and query languages leave something out
_NEVER = frozenset(
    (
        "never",
        "none",
        "no",
        "off",
        "auto",
        "all",
        "open",
        "null",
        "jamais",
        "nie",
        "nooit",
        "nunca",
        "mai",
        "forever",
        "∞",
        "-",
    )
)


def _of_place(key: str, value: object, text: str) -> Meant | None:
    if key == "fields" and isinstance(value, str) and (renamed := _RENAMED.fullmatch(text)):
        return Meant(f"{{name: {renamed[1]}, as: {re.sub(r'[^A-Za-z0-9_]+', '_', renamed[2])}}}")
    if key == "fields" and isinstance(value, str) and (without := _LEFT_OUT.fullmatch(text)):
        return Meant("", f"To read all fields but it, write `fields: {{all: true, except: [{without[1]}]}}`.")
    if key == "fields" and isinstance(value, str) and text in _EVERY_FIELD:
        return Meant("", "Leave `fields` out: every field is read.")
    if key == "filter" and isinstance(value, list | dict) and (condition := _condition(value)):
        return Meant(json.dumps(condition, ensure_ascii=False))
    if key == "prefix" and isinstance(value, str):
        return _prefix(text)
    if key == "destination" and isinstance(value, str):
        return _destination(text)
    if key == "object" and isinstance(value, str) and re.fullmatch(r"\w+(\s*[,;]\s*\w+)+", text):
        return _of_place(key, re.split(r"\s*[,;]\s*", text), text)
    if (
        key == "object"
        and isinstance(value, str)
        and (match := re.search(r"\bfrom\s+(\w+)", text, re.IGNORECASE))
    ):
        return Meant(match[1], "A whole SELECT is written as `query`.")
    if key == "object" and isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        rest = ", ".join(map(str, value[1:]))
        return Meant(
            value[0], f"One file reads one object{f': write another file for {rest}' if rest else ''}."
        )
    return None


def _condition(value: object) -> str:
    """A condition of one that is written as a list or as a mapping of fields to values; "" where it is neither."""
    if isinstance(value, list):
        parts = [one if isinstance(one, str) else _condition(one) for one in value]
        return (
            " AND ".join(f"({one})" if re.search(r"\bOR\b", one) else one for one in parts)
            if all(parts)
            else ""
        )
    if not isinstance(value, dict):
        return ""
    if {"field", "value"} <= set(value):
        sign = next((str(value[key]) for key in ("op", "operator", "comparison") if key in value), "=")
        return f"{value['field']} {sign} {_literal(value['value'])}"
    parts = [
        f"{field} IN ({', '.join(map(_literal, one))})"
        if isinstance(one, list)
        else f"{field} = {_literal(one)}"
        for field, one in value.items()
        if not isinstance(one, dict)
    ]
    return " AND ".join(parts) if len(parts) == len(value) else ""


def _literal(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    return json.dumps(value)


def _window(value: object, text: str) -> Meant | None:
    if isinstance(value, list) and len(value) == 2:
        ends = [points(str(one)) for one in value]
        return Meant(ended(ends[0][0], ends[1][0])) if all(ends) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    one = window(text) or (window(f"{text} days") if isinstance(value, int) else None)
    return Meant(one) if one else None


def _fires(value: str | float, text: str) -> Meant | None:
    if isinstance(value, bool):
        return (
            Meant("", "Delete the line: without a schedule the DAG runs by hand only.") if not value else None
        )
    if isinstance(value, int) and value in _SECONDS:
        return Meant(json.dumps(_SECONDS[value]), "A schedule is no count of seconds.")
    one = schedule(text)
    return Meant(json.dumps(one.text), one.because) if one and one.text else None


_SECONDS = {900: "*/15 * * * *", 1800: "*/30 * * * *", 3600: "@hourly", 7200: "0 */2 * * *", 21600: "0 */6 * * *", 43200: "0 */12 * * *", 86400: "@daily", 604800: "@weekly"}  # fmt: skip


def _firings(values: list[object]) -> Meant | None:
    """Several schedules in one, where they differ in their hours only."""
    found = [schedule(str(one)) for one in values]
    parts = [one.text.split() for one in found if one and len(one.text.split()) == 5]
    if len(parts) < len(values) or not parts:
        return None
    if len({(one[0], *one[2:]) for one in parts}) > 1:
        return Meant(
            json.dumps(" ".join(parts[0])), "One file has one schedule: write another file for the others."
        )
    hours = ",".join(dict.fromkeys(one[1] for one in parts))
    return Meant(json.dumps(" ".join([parts[0][0], hours, *parts[0][2:]])))


def _length(key: str, value: object, text: str) -> Meant | None:
    if key == "batch_size" and (rows := _ROWS.fullmatch(text.strip())):
        return Meant(f"{int(re.sub(r'[^0-9]', '', rows[1])) * _THOUSANDS[rows[2].lower()]} rows")
    if text.strip().casefold() in _NEVER:
        return Meant("", f"Leave `{key}` out.")
    count = whole(text)
    if count is not None and key == "batch_size" and count > _MOST_MONTHS:
        because = f"A batch is a stretch of time. A full read of a table is cut by rows: `{count} rows`."
        return Meant("1 month", because)
    bare = "day" if count in _DAYS else _BARE_UNIT.get(key, "day")
    one = length(text, bare)
    if one is None:
        return None
    because = (
        ""
        if count is None or not isinstance(value, int)
        else "A length has a unit: minutes, hours, days, weeks, months, quarters, years."
    )
    return Meant(one, because)


def dated(found: tuple[str, ...], *, quoted: bool = False) -> Meant | None:
    """A day or moment of those that a text may mean."""
    if not found:
        return None
    because = f"If the month comes first, write `{found[1]}`." if len(found) > 1 else ""
    return Meant(json.dumps(found[0]) if quoted else found[0], because)


def day_or_moment(key: str, text: str) -> Meant | None:
    """A day of the schedule, or one end of a window: a day, a moment, or the first or the last day of a period."""
    if key == "end" and text.strip().casefold() in _NEVER:
        return Meant("", "Leave `end` out: without it the schedule has no end.")
    if key in ("start", "end"):
        return dated(day_of(text), quoted=True)
    if period := span(text):
        return Meant(str(period[1] - timedelta(days=1) if key == "through" else period[0]))
    return dated(day_of(text) if key == "through" and day_of(text) else points(text))


def _prefix(text: str) -> Meant | None:
    if ".." in text.split("/"):
        return Meant(
            "", "A spec stays inside its unit's folder; leave `destination` out, or name a folder below it."
        )
    path = re.sub(r"^s3a?://[^/]+/?", "", text.replace("\\", "/"))
    if _DATED.search(path):
        path = "/".join(part for part in path.split("/") if not _DATED.search(part))
        because = "The date of the run is added by itself, as `dt=<date>`."
        return Meant(path, because) if path else Meant("", f"Leave it out. {because}")
    clean = "/".join(
        re.sub(r"[^A-Za-z0-9_=.-]+", "_", part).lstrip("=.-") for part in path.split("/") if part.strip(" .")
    )
    return Meant(clean, "The unit's own folder is put before it.") if clean else None


def _destination(text: str) -> Meant | None:
    match = re.fullmatch(r"s3a?://([^/]+)/?(.*)", text)
    path = _prefix(match[2] if match else text)
    prefix = f"prefix: {path.text}" if path and path.text else ""
    parts = [part for part in (f"bucket: {match[1]}" if match else "", prefix) if part]
    return Meant(f"{{{', '.join(parts)}}}") if parts else None


def _of_kind(kind: str, key: str, value: object, text: str, takes: Mapping[str, Any]) -> Meant | None:
    match kind:
        case "boolean" if isinstance(value, str | int | float):
            one = truth(text)
            return Meant(one, sure=True) if one else None
        case "integer" if isinstance(value, str | float):
            number = 0 if text.casefold() in _NONE else whole(text)
            sure = bool(re.fullmatch(r"[\d\s.,'’_]+", text))
            return Meant(str(number), sure=sure) if number is not None and _fits(number, takes) else None
        case "number" if isinstance(value, str | int | float):
            part = share(text)
            return (
                Meant(
                    f"{part:g}",
                    "It is a share: 1 is all, 0.2 a fifth."
                    if not isinstance(value, str) or "%" in value
                    else "",
                )
                if part is not None
                else None
            )
        case "array":
            return _list(key, value, text)
        case "object" if isinstance(value, str | int):
            return _mapping(text, takes)
        case "string":
            return _text(key, value, text)
    return None


def _fits(number: int, takes: Mapping[str, Any]) -> bool:
    return bool(takes.get("minimum", number) <= number <= takes.get("maximum", number))


def _list(key: str, value: object, text: str) -> Meant | None:
    if key == "fields" and re.sub(r"\s+from\s.*$", "", text.casefold().strip("[]\"'")) in _EVERY_FIELD:
        return Meant("", "Leave `fields` out: every field is read.")
    if isinstance(value, dict):
        names = [str(one) for one in value]
        return Meant(f"[{', '.join(map(plain, names))}]") if names else None
    if key == "fields" and re.match(r"select\s|fields\(", text, re.IGNORECASE):
        text = re.sub(r"^select\s+|\s+from\s.*$", "", text, flags=re.IGNORECASE | re.DOTALL)
    if (
        re.match(r"[-•·+–*]\s?\w", text) and "," not in text
    ):  # items whose dash has no space behind it, or is none
        parts = [part for part in re.split(r"(?:^|\s)[-•·+–*]\s*", text) if part]
        return Meant(f"[{', '.join(map(plain, parts))}]", "An item begins with `- `, a dash and a space.")
    text = text.strip("[](){}")
    parts = [part.strip().strip("'\"") for part in re.split(r"[,;|\n]", text) if part.strip()]
    if len(parts) == 1 and key == "fields":
        parts = parts[0].split()
    return Meant(f"[{', '.join(map(plain, parts))}]", sure=True) if parts else None


def _mapping(text: str, takes: Mapping[str, Any]) -> Meant | None:
    if pair := re.fullmatch(r"(\w+)\s*[:=]\s*(.+)", text):
        inner = takes.get("properties", {}).get(pair[1])
        if inner is not None:
            return Meant(f"{{{pair[1]}: {pair[2]}}}")
    if takes.get("properties", {}).get(text, {}).get("type") == "boolean":
        return Meant(f"{{{text}: true}}")
    numbers = [name for name, one in takes.get("properties", {}).items() if one.get("type") == "integer"]
    count = whole(text)
    return Meant(f"{{{numbers[0]}: {count}}}") if numbers and count is not None else None


def _text(key: str, value: object, text: str) -> Meant | None:
    if key == "timezone":
        return None
    if isinstance(value, int | float) and (
        not isinstance(value, bool) or key in ("owner", "description", "tags")
    ):
        return Meant(json.dumps(text, ensure_ascii=False), sure=True)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        joined = ", ".join(value)
        return Meant(plain(joined))
    return None
