"""Schedules as people write them, and as other schedulers do."""

import re

from factory.meant.lengths import length
from factory.meant.marks import unquoted

_PRESETS = {
    "hour": "@hourly",
    "day": "@daily",
    "week": "@weekly",
    "month": "@monthly",
    "quarter": "@quarterly",
    "year": "@yearly",
}
_NAMES = {
    "midnight": "@daily", "nightly": "@daily", "every night": "@daily", "annually": "@yearly", "every day": "@daily", "tous les jours": "@daily",
    "chaque jour": "@daily", "jeden tag": "@daily", "elke dag": "@daily", "twice a day": "0 */12 * * *", "twice daily": "0 */12 * * *",
}  # fmt: skip
_BY_HAND = frozenset(
    [
        "none",
        "null",
        "never",
        "manual",
        "manually",
        "once",
        "by",
        "hand",
        "no",
        "off",
        "false",
        "on",
        "demand",
        "adhoc",
        "ad-hoc",
        "jamais",
        "nie",
        "@once",
    ]
)
_WEEKDAYS = (
    "sunday sundays sun dimanche sonntag zondag domingo domenica", "monday mondays mon lundi montag maandag lunes lunedì",
    "tuesday tuesdays tue tues mardi dienstag dinsdag martes martedì", "wednesday wednesdays wed mercredi mittwoch woensdag miércoles mercoledì",
    "thursday thursdays thu thur thurs jeudi donnerstag donderdag jueves giovedì", "friday fridays fri vendredi freitag vrijdag viernes venerdì",
    "saturday saturdays sat samedi samstag zaterdag sábado sabato",
)  # fmt: skip
_WEEKDAY = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_ORDINALS = {
    "first": 1,
    "1st": 1,
    "premier": 1,
    "erster": 1,
    "ersten": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
}
_FILLERS = frozenset(
    [
        "every",
        "each",
        "on",
        "the",
        "of",
        "at",
        "day",
        "days",
        "month",
        "le",
        "du",
        "les",
        "tous",
        "toutes",
        "jours",
        "chaque",
        "jour",
        "jeden",
        "tag",
        "am",
        "elke",
        "dag",
        "daily",
        "mois",
        "nightly",
        "morning",
        "in",
        "to",
        "and",
        "through",
        "und",
        "et",
        "an",
        "um",
        "om",
        "à",
        "cron",
        "schedule",
        "run",
    ]
)
_CLOCK = re.compile(
    r"(?:\b(?:at|à|a|um|om)\s+|@\s*)?\b(?P<hour>\d{1,2})(?:(?:[:.h](?P<minute>\d{2}))(?::\d{2})?|h)?\s*(?P<half>am|pm|a\.m\.|p\.m\.)?\s*(?:uhr|uur|o'clock|utc|hrs?)?(?!\w)"
)
_EVERY = re.compile(
    r"(?:@every\s+|rate\(|every\s+|each\s+|toutes?\s+les\s+|alle\s+|elke\s+)?(?P<n>\d+)\s*(?P<unit>[a-zµ]+)\)?"
)
_AWS = re.compile(r"cron\((.+)\)")


def schedule(text: str) -> str | None:
    """A preset or a cron expression of five fields; "" where no schedule was meant; None where the text is none."""
    word = re.sub(r"\s+", " ", unquoted(text).casefold()).strip()
    if word in _BY_HAND:
        return ""
    if match := _AWS.fullmatch(word):
        word = match[1]
    return _fields(word) or _preset(word.lstrip("@").replace("_", " ")) or _every(word) or _at(word)


def _fields(word: str) -> str | None:
    """An expression with seconds or a year, as Quartz and AWS have it, or hours and minutes one too far."""
    fields = word.upper().split()
    if not all(
        re.fullmatch(r"[\d*/,\-#LWA-Z?]+", field) and re.match(r"[\d*L?]|[A-Z]{3}", field) for field in fields
    ):
        return None
    foreign = len(fields) in (6, 7)
    if foreign:
        fields = fields[:5] if _has_year(fields) else fields[1:6]
    fields = ["*" if field == "?" else field for field in fields]
    if len(fields) != 5 or not any(field[0].isdigit() or field[0] == "*" for field in fields[:2]):
        return None
    if foreign:  # their weeks begin with Sunday as 1
        fields[4] = re.sub(r"(?<![#/\d])[1-7](?!\d)", lambda one: str(int(one[0]) - 1), fields[4])
    if fields[1] == "24":
        fields[1] = "0"
    if fields[0] == "60":
        fields[0] = "0"
    return " ".join(fields)


def _has_year(fields: list[str]) -> bool:
    """Whether six fields end with a year, as those of AWS do, instead of beginning with seconds, as those of Quartz."""
    if len(fields) != 6:
        return False
    return "?" in (fields[2], fields[4]) or (
        "?" not in fields and bool(re.fullmatch(r"(19|20)\d{2}", fields[5]))
    )


def _preset(word: str) -> str | None:
    if word in _NAMES:
        return _NAMES[word]
    one = length(word)
    count, _, unit = (one or "").partition(" ")
    return _PRESETS.get(unit) if count == "1" else None


def _every(word: str) -> str | None:
    match = _EVERY.fullmatch(word)
    one = length(f"{match['n']} {match['unit']}", "minute") if match else None
    if one is None or (
        match
        and match["unit"] in ("h", "uhr", "am", "pm")
        and not word.startswith(("every", "each", "@every", "rate", "alle", "toute"))
    ):
        return None
    count, _, unit = one.partition(" ")
    number, unit = int(count), unit.removesuffix("s")
    if unit == "minute" and 60 % number == 0:
        return f"*/{number} * * * *" if number < 60 else "@hourly"
    if unit == "hour" and 24 % number == 0:
        return f"0 */{number} * * *" if number < 24 else "@daily"
    if unit == "month" and 12 % number == 0:
        return f"0 0 1 */{number} *" if number < 12 else "@yearly"
    return {(7, "day"): "@weekly", (1, "day"): "@daily", (1, "week"): "@weekly"}.get((number, unit))


def _at(word: str) -> str | None:
    """A time of day, and the days on which it counts."""
    days = "* * *"
    clock, rest = _time(word)
    words = [one for one in re.findall(r"[^\W_]+", rest) if one not in _FILLERS]
    ordinals = [_ORDINALS[one] for one in words if one in _ORDINALS]
    weekdays = [_WEEKDAY[one] for one in words if one in _WEEKDAY]
    known = len(ordinals) + len(weekdays)
    if words and words[0] == "last" and len(words) == 1:
        days = "L * *"
    elif any(one in ("weekday", "weekdays", "workday", "workdays", "working", "business") for one in words):
        days = "* * 1-5"
        known = len(words)
    elif weekdays and ordinals and known == len(words):
        days = f"* * {weekdays[0]}#{ordinals[0]}"
    elif weekdays and known == len(words):
        joined = "-".join if " to " in rest or "-" in rest else ",".join
        days = f"* * {joined(str(one) for one in weekdays)}"
    elif ordinals and known == len(words):
        days = f"{ordinals[0]} * *"
    elif words in (["weekly"], ["monthly"]):
        days = "* * 0" if words == ["weekly"] else "1 * *"
    elif words:
        return None
    if clock is None:
        return None if days == "* * *" else f"0 5 {days}"
    return f"{clock[1]} {clock[0]} {days}"


def _time(word: str) -> tuple[tuple[int, int] | None, str]:
    """The hour and minute, and what else the text says."""
    if "noon" in word or "midday" in word:
        return (12, 0), re.sub("noon|midday", "", word)
    if "midnight" in word:
        return (0, 0), word.replace("midnight", "")
    for match in _CLOCK.finditer(word):
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        half = (match["half"] or "").replace(".", "")
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        if hour <= 24 and minute < 60:
            return (hour % 24, minute), word[: match.start()] + " " + word[match.end() :]
    return None, word
