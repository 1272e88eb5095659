"""Schedules as people write them, and as other schedulers do."""

import re
from dataclasses import dataclass

from factory.meant import foreign_cron
from factory.meant.clocks import Clock, clocks
from factory.meant.days import month_number
from factory.meant.lengths import is_unit, length
from factory.meant.marks import folded, unquoted
from factory.meant.numbers import whole
from factory.meant.weekdays import weekday
from factory.meant.wordlist import words
from factory.meant.zones import zone


@dataclass(frozen=True, slots=True)
class Fires:
    """A preset or a cron expression of five fields; "" where no schedule was meant. `because` says what else it needs."""

    text: str
    because: str = ""


_PRESETS = {
    "hour": "@hourly", "day": "@daily", "week": "@weekly", "month": "@monthly", "quarter": "@quarterly", "year": "@yearly",
}  # fmt: skip
_NAMES = {
    **dict.fromkeys(("midnight", "nightly", "every night", "at night", "overnight", "end of day", "eod", "after midnight", "toutes les nuits"), "@daily"),
    **dict.fromkeys(("every day", "everyday", "tous les jours", "chaque jour", "jeden tag", "elke dag", "todos los dias", "ogni giorno",
                     "tutti i giorni", "cada dia", "todos os dias", "codziennie", "zilnic"), "@daily"),
    **dict.fromkeys(("annually", "annual"), "@yearly"),
    **dict.fromkeys(("half hourly", "every half hour", "half hour", "toutes les demi heures"), "*/30 * * * *"),
    **dict.fromkeys(("every quarter hour", "every quarter of an hour", "quarter hourly"), "*/15 * * * *"),
    **dict.fromkeys(("end of month", "month end", "eom", "ultimo", "monatsende", "fin de mois"), "0 5 L * *"),
    **dict.fromkeys(("every minute", "minutely"), "* * * * *"),
}  # fmt: skip
_BY_HAND = words(
    "none null never manual manually once by hand no off false on demand adhoc ad-hoc jamais nie @once trigger external"
)
_BY_HAND_TOO = frozenset(
    (
        "by hand",
        "on demand",
        "on request",
        "on trigger",
        "not scheduled",
        "ad hoc",
        "a la demande",
        "auf anfrage",
    )
)
_ALWAYS = frozenset(
    (
        "real-time",
        "realtime",
        "real time",
        "continuous",
        "continuously",
        "streaming",
        "on change",
        "always",
        "live",
        "en continu",
    )
)
_OFTEN = Fires("*/15 * * * *", "A DAG runs at set times; this is four times an hour.")
_ORDINALS = {
    "first": 1, "premier": 1, "1er": 1, "erster": 1, "ersten": 1, "primer": 1, "primo": 1, "second": 2, "deuxieme": 2, "zweiten": 2, "third": 3,
    "dritten": 3, "fourth": 4, "vierten": 4,
}  # fmt: skip
_ORDINAL = re.compile(
    r"(?:(?:le|am|on the|the|on day|day|den|el|il|op de)\s+)?(?P<day>[12]?\d|3[01])(?P<mark>st|nd|rd|th|\.(?=\s)|er|e\b|de\b|º)?(?![\d:])"
)
_FILLERS = words(
    "every each on the of at day days le la du les tous toutes jours chaque jour jeden tag tage am elke dag daily mois nightly in to and through"
    " und et an um om a cron schedule run de des der au bis tot y e o z las los el il alle ogni cada dia dias giorno giorni todos tutti i tage"
    " only from uhr heures heure das once starting zi fiecare monats taglich"
)
_WORKING = words(
    "weekday weekdays workday workdays working business wochentags werktags werktag werktage semaine ouvres feriales"
)
_MONTHLY = words("month months monthly mois monat monats monatlich mensuel mes maand mese")
_MINUTES = re.compile(r"\*/([1-9]|[1-5]\d)")
_EVERY = re.compile(
    r"(?P<lead>@every\s+|rate\(|every\s+|each\s+|toutes?\s+les\s+|tous\s+les\s+|alle\s+|elke\s+|cada\s+|ogni\s+)?(?P<n>\d+|[a-z]+)\s*(?P<unit>[a-z]+)\)?"
)
_TIMES = re.compile(
    r"(?P<n>\w+?) ?(?:x|times|fois|mal|veces|keer|volte)? (?:a|per|each|every|par|am|al|per) ?(?:day|jour|tag|dia|dag|giorno)"
)
_TIMEDELTA = re.compile(
    r"(?:datetime\.)?timedelta\((?P<unit>\w+)\s*=\s*(?P<n>\d+)\)|(?P<days>\d+) days?, 0?0:00:00"
)


def schedule(text: str) -> Fires | None:
    """When somebody meant a DAG to fire; None where the text is no schedule."""
    word = folded(unquoted(text))
    if word in _BY_HAND or word in _BY_HAND_TOO:
        return Fires("")
    if _MINUTES.fullmatch(word):  # the first field of five
        return Fires(f"{word} * * * *")
    if word in _ALWAYS:
        return _OFTEN
    return (
        foreign(word)
        or _preset(word.lstrip("@ ").replace("_", " ").replace("-", " "))
        or _every(word)
        or _at(word)
    )


def foreign(word: str) -> Fires | None:
    """An expression of another scheduler."""
    found = foreign_cron.fields(word)
    return Fires(*found) if found else None


def _preset(word: str) -> Fires | None:
    if word in _NAMES:
        return Fires(_NAMES[word])
    one = length(word)
    count, _, unit = (one or "").partition(" ")
    if count == "1" and unit in _PRESETS:
        return Fires(_PRESETS[unit])
    if match := _TIMES.fullmatch(word):
        number = {"once": 1, "twice": 2, "thrice": 3}.get(match["n"]) or whole(match["n"])
        return _hours(24 // number) if number and 24 % number == 0 else None
    return Fires("0 */12 * * *") if word in ("twice daily", "bidaily") else None


def _every(word: str) -> Fires | None:
    if match := _TIMEDELTA.fullmatch(word):
        word = f"every {match['days'] or match['n']} {match['unit'] or 'days'}"
    word = re.sub(r"^(every |each )(other|second) ", r"every 2 ", word)
    one = length(word.upper()) if re.fullmatch(r"pt?\d+[a-z]", word) else None
    match = _EVERY.fullmatch(word)
    if match and one is None and (match["lead"] or not re.fullmatch(r"h|uhr|am|pm|uur", match["unit"])):
        one = length(f"{match['n']} {match['unit']}", "minute")
    if one is None and word in ("biweekly", "bi-weekly", "fortnightly", "every fortnight"):
        one = "2 weeks"
    count, _, unit = (one or "").partition(" ")
    return _stepped(int(count), unit.removesuffix("s")) if one else None


def _stepped(number: int, unit: str) -> Fires | None:
    """Every so many of a unit. Cron counts anew in each hour, day and month, so what does not divide them comes out as the next that does."""
    if unit == "minute":
        if number >= 60:
            return _hours(
                number // 60, "" if number % 60 == 0 else f"Cron cannot say every {number} minutes."
            )
        step = next(one for one in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60) if one >= number)
        because = "" if step == number else f"Cron counts anew each hour, so not every {number} minutes."
        return Fires(f"*/{step} * * * *" if step < 60 else "@hourly", because)
    if unit == "hour":
        return _hours(number)
    if unit == "month" and 12 % number == 0:
        return Fires(f"0 0 1 */{number} *" if number < 12 else "@yearly")
    known = {
        (1, "day"): "@daily",
        (7, "day"): "@weekly",
        (1, "week"): "@weekly",
        (1, "quarter"): "@quarterly",
        (1, "year"): "@yearly",
    }
    if (number, unit) in known:
        return Fires(known[number, unit])
    if (number, unit) == (2, "week"):
        return Fires("0 5 1,15 * *", "Cron cannot count weeks; this is twice a month.")
    if unit == "day" and number < 28:
        return Fires(f"0 5 */{number} * *", "Cron counts anew on the first of each month.")
    return None


def _hours(number: int, because: str = "") -> Fires:
    if number >= 24:
        return Fires("@daily", because)
    step = next(one for one in (1, 2, 3, 4, 6, 8, 12, 24) if one >= number)
    because = because or (
        "" if step == number else f"Cron counts anew each day, so not every {number} hours."
    )
    return Fires("@hourly" if step == 1 else f"0 */{step} * * *", because)


def _at(word: str) -> Fires | None:
    """Times of day, and the days on which they count."""
    rest, because = _without_zone(word)
    if match := re.fullmatch(
        r"(?:hourly|every hour|each hour|@hourly)(?: at)?(?: minute)? :?(\d{1,2})", rest
    ):
        return Fires(f"{int(match[1])} * * * *") if int(match[1]) < 60 else None
    found, rest = clocks(rest)
    found, rest = _day_rather_than_hour(word, found, rest)
    days, because = _days(rest, because)
    if days is None or (not found and days == "* * *"):
        return None
    minutes = {clock.minute for clock in found}
    if len(minutes) > 1:
        return None
    hours = ",".join(str(clock.hour) for clock in sorted(found)) or "5"
    return Fires(f"{minutes.pop() if minutes else 0} {hours} {days}", because)


def _without_zone(word: str) -> tuple[str, str]:
    """The text without the time zone that it ends with, and where that belongs."""
    head, _, last = word.rpartition(" ")
    if head and re.search(r"\d", head) and not re.fullmatch(r"\d+|am|pm|uhr|h|utc", last):
        name = (
            zone(last)
            if len(last) > 1 and not weekday(last) and not is_unit(last) and not month_number(last)
            else None
        )
        if name:
            return head, f"The zone stands in a key of its own: `timezone: {name}`."
    return word, ""


def _day_rather_than_hour(word: str, found: tuple[Clock, ...], rest: str) -> tuple[tuple[Clock, ...], str]:
    """A bare number beside a month is a day of it: `le 5 du mois`, `1 January`."""
    if found and all(clock.is_bare for clock in found) and (
        re.search(r"\b(month|mois|monat|monats|mes|maand|mese|monthly)\b", rest) or any(map(month_number, re.findall(r"[a-z]{3,}", rest)))
    ) and not re.search(r"\b(at|a|um|om)\s+\d", word):  # fmt: skip
        return (), word
    return found, rest


def _days(rest: str, because: str) -> tuple[str | None, str]:
    """The last three fields of cron."""
    months = [
        number for one in re.findall(r"[a-z]{3,}", rest) if (number := month_number(one)) and not weekday(one)
    ]
    ordinals = [int(match["day"]) for match in _ORDINAL.finditer(rest)] + [
        _ORDINALS[one] for one in re.findall(r"\w+", rest) if one in _ORDINALS
    ]
    words = [
        one for one in re.findall(r"[^\W\d_]+", rest)
        if one not in _FILLERS and one not in _ORDINALS and not month_number(one) and one not in ("st", "nd", "rd", "th", "er")
    ]  # fmt: skip
    weekdays = [day for one in words if (day := weekday(one)) is not None]
    others = [one for one in words if weekday(one) is None and one not in _MONTHLY]
    is_last = bool(others) and others[0] in (
        "last",
        "letzter",
        "letzten",
        "dernier",
        "ultimo",
        "laatste",
        "end",
    )
    if is_last:
        others = others[1:]
    if others and all(one in _WORKING for one in others):
        if ordinals or is_last:
            return None, because
        return "* * 1-5", because
    if others in (["weekly"], ["quarterly"], ["yearly"], ["quarter"]) and not weekdays:
        return _of_period(others[0], ordinals, months), because
    if others and not (others in (["weekly"], ["week"]) and weekdays):
        return None, because
    return _of_month(rest, ordinals, weekdays, months, is_last=is_last), because


def _of_period(period: str, ordinals: list[int], months: list[int]) -> str | None:
    day = ordinals[0] if ordinals else 1
    if period == "weekly":
        return "* * 0" if not ordinals else None
    if period == "yearly":
        return f"{day} {months[0] if months else 1} *"
    return f"{day} */3 *"


def _of_month(
    rest: str, ordinals: list[int], weekdays: list[int], months: list[int], *, is_last: bool
) -> str | None:
    month = ",".join(map(str, months)) or "*"
    if weekdays and ordinals:
        return f"* {month} {weekdays[0]}#{ordinals[0]}" if ordinals[0] <= 5 else None
    if weekdays and is_last:
        return f"* {month} L{weekdays[0]}"
    if weekdays:
        together = re.search(r"\b(to|bis|au|tot|al|through|thru|do)\b|[-–]", rest) and len(weekdays) == 2
        return f"* {month} {('-' if together else ',').join(map(str, weekdays))}"
    if ordinals:
        return (
            f"{','.join(map(str, ordinals))} {month} *" if all(1 <= one <= 31 for one in ordinals) else None
        )
    if is_last:
        return f"L {month} *"
    if months or re.search(r"\b(month|monthly|mois|monat|monatlich|mensuel)\b", rest):
        return f"1 {month} *"
    return "* * *"
