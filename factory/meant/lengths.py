"""Lengths of time as people write them."""

import re

from lake_ingest.spec.duration import Duration, parse_duration

from factory.meant.numbers import whole

_UNITS = {
    "minute": "minute minutes min mins mn minuut minuten minuto minutos minuti",
    "hour": "hour hours hr hrs h heure heures stunde stunden std uur uren hora horas ora ore hourly horaire stündlich",
    "day": "day days d jour jours j tag tage tagen dag dagen día días dia dias giorno giorni daily nightly quotidien täglich dagelijks",
    "week": "week weeks wk wks w semaine semaines sem woche wochen weken semana semanas settimana settimane weekly hebdomadaire"
            " wöchentlich wekelijks",
    "month": "month months mo mos mth mths mon mois monat monate monaten maand maanden mes meses mese mesi monthly mensuel monatlich"
             " maandelijks",
    "quarter": "quarter quarters qtr qtrs q trimestre trimestres trimester quartal quartale kwartaal kwartalen quarterly trimestriel",
    "year": "year years yr yrs y an ans année années jahr jahre jahren jaar jaren año años ano anos anno anni yearly annual annually annuel",
}  # fmt: skip
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_OTHER = {
    "fortnight": (2, "week"),
    "fortnights": (2, "week"),
    "semester": (6, "month"),
    "decade": (10, "year"),
    "biweekly": (2, "week"),
}
_FILLERS = frozenset(
    [
        "last",
        "past",
        "previous",
        "prior",
        "recent",
        "rolling",
        "trailing",
        "sliding",
        "the",
        "of",
        "every",
        "each",
        "per",
        "les",
        "des",
        "derniers",
        "dernières",
        "dernier",
        "dernière",
        "le",
        "la",
        "l",
        "die",
        "den",
        "der",
        "letzten",
        "letzte",
        "letztes",
        "vergangenen",
        "de",
        "laatste",
        "últimos",
        "ultimos",
        "últimas",
        "ultimas",
        "ultimi",
        "ultime",
        "gli",
        "once",
        "back",
        "ago",
        "alle",
        "chaque",
        "tous",
        "toutes",
        "pro",
    ]
)
_SECONDS = frozenset(["second", "seconds", "sec", "secs", "s", "seconde", "secondes", "sekunden"])
_ISO = re.compile(
    r"P(?:(?P<year>\d+)Y)?(?:(?P<month>\d+)M)?(?:(?P<week>\d+)W)?(?:(?P<day>\d+)D)?(?:T(?:(?P<hour>\d+)H)?(?:(?P<minute>\d+)M)?)?"
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_PART = {
    ("year", "0.5"): "6 months",
    ("day", "0.5"): "12 hours",
    ("hour", "0.5"): "30 minutes",
    ("hour", "1.5"): "90 minutes",
}


def length(text: str, bare: str = "") -> str | None:
    """A length such as `6 months`; None where the text is none.

    Args:
        text: as it was written.
        bare: the unit that a number without one is meant in.
    """
    text = text.strip().lstrip("-+~≥>").strip()
    if (match := _ISO.fullmatch(text.upper())) and (
        found := [(n, unit) for unit, n in match.groupdict().items() if n]
    ):
        return _written(int(found[0][0]), found[0][1]) if len(found) == 1 else None
    if re.fullmatch(r"\d+\s*M", text):
        text += "onths"
    elif re.fullmatch(r"\d+\s*m", text):
        text += "in" if bare == "minute" else "onths"
    words = [word for word in _TOKEN.findall(text.casefold()) if word not in _FILLERS]
    if len(words) == 1 and words[0].isdigit() and bare:
        return _written(int(words[0]), bare)
    if len(words) == 1:
        words = ["1", *words]
    return _counted(*words) if len(words) == 2 else None


def _counted(count: str, unit: str) -> str | None:
    if unit in _SECONDS:
        return _written(max(1, -(-int(count) // 60)), "minute") if count.isdigit() else None
    if unit in _OTHER and count.isdigit():
        return _written(int(count) * _OTHER[unit][0], _OTHER[unit][1])
    if unit not in _UNIT:
        return None
    number = whole(count)
    if number is None:
        return _PART.get((_UNIT[unit], count.replace(",", ".")))
    return _written(number, _UNIT[unit])


def _written(count: int, unit: str) -> str | None:
    try:
        return str(parse_duration(str(Duration(count, unit))))
    except ValueError:
        return None
