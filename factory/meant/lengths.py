"""Lengths of time as people write them."""

import re
from fractions import Fraction

from lake_ingest.spec.duration import Duration, parse_duration

from factory.meant.marks import folded
from factory.meant.numbers import whole
from factory.meant.wordlist import words

_UNITS = {
    "minute": "minute minutes min mins mn minuut minuten minuto minutos minuti minuta minuty minut",
    "hour": "hour hours hr hrs h heure heures stunde stunden std uur uren hora horas ora ore hourly horaire stündlich godzina godziny godzin",
    "day": "day days d jour jours j tag tage tagen dag dagen día días dia dias giorno giorni daily nightly quotidien quotidienne diario quotidiano giornaliero täglich dagelijks dzień dni"
           " zi zile",
    "week": "week weeks wk wks w semaine semaines sem woche wochen weken semana semanas settimana settimane weekly semanal hebdomadaire wöchentlich"
            " wekelijks tydzień tygodnie tygodni săptămâna săptămâni",
    "month": "month months mo mos mth mths mon mois monat monate monaten monats maand maanden mes meses mese mesi mês monthly mensuel monatlich"
             " maandelijks mensile mensual miesiąc miesiące miesięcy luna luni",
    "quarter": "quarter quarters qtr qtrs q trimestre trimestres trimester trimestri quartal quartale kwartaal kwartalen quarterly trimestriel"
               " trimestral trimestrale kwartał",
    "year": "year years yr yrs y an ans année années jahr jahre jahren jaar jaren año años ano anos anno anni yearly annual annually annuel rok"
            " lata lat",
}  # fmt: skip
_UNIT = {folded(word): unit for unit, words in _UNITS.items() for word in words.split()}
_OTHER = {
    **dict.fromkeys(("fortnight", "fortnights", "biweekly", "quinzaine"), (2, "week")),
    **dict.fromkeys(("semester", "semestre", "halbjahr", "semesters"), (6, "month")),
    **dict.fromkeys(("decade", "decades"), (10, "year")),
    **dict.fromkeys(("century", "centuries"), (100, "year")),
}
_FILLERS = words(
    "last past previous prior recent rolling trailing sliding the of every each per by les des derniers dernieres dernier derniere le la l die den"
    " der letzten letzte letztes vergangenen de laatste ultimos ultimas ultimi ultime gli once back ago alle chaque tous toutes pro par por per"
    " cada ogni calendar consecutive whole entire glissants glissant afgelopen il los las ostatnie ostatnich"
)
_SECONDS = words("second seconds sec secs s seconde secondes sekunden")
_HALVES = words("half halves halbes halber halbe demi demie halve medio media mezzo")
_ISO = re.compile(
    r"P(?:(?P<year>\d+)Y)?(?:(?P<month>\d+)M)?(?:(?P<week>\d+)W)?(?:(?P<day>\d+)D)?(?:T(?:(?P<hour>\d+)H)?(?:(?P<minute>\d+)M)?)?"
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
# a part of a unit is a whole number of a smaller one; the parts of a month are not
_SMALLER = {
    "year": (12, "month"),
    "quarter": (3, "month"),
    "week": (7, "day"),
    "day": (24, "hour"),
    "hour": (60, "minute"),
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
    words = [word for word in _TOKEN.findall(folded(text)) if word not in _FILLERS]
    if len(words) == 1 and words[0].isdigit() and bare:
        return _written(int(words[0]), bare)
    if len(words) == 2 and words[0] == words[1] in _UNIT:  # month by month
        words = words[:1]
    if len(words) > 1 and words[0] in _HALVES:
        words = ["0.5", *(word for word in words[1:] if word not in ("a", "an"))]
    if len(words) == 1:
        words = ["1", *words]
    return _counted(*words) if len(words) == 2 else None


def is_unit(word: str) -> str:
    """The unit that a word names, in the singular; "" where it names none."""
    return _UNIT.get(folded(word), "")


def _counted(count: str, unit: str) -> str | None:
    if unit in _SECONDS:
        return _written(max(1, -(-int(count) // 60)), "minute") if count.isdigit() else None
    if unit in _OTHER and count.isdigit():
        return _written(int(count) * _OTHER[unit][0], _OTHER[unit][1])
    if unit not in _UNIT:
        return None
    number = whole(count)
    if number is not None:
        return _written(number, _UNIT[unit])
    many, smaller = _SMALLER.get(_UNIT[unit], (0, ""))
    part = Fraction(count.replace(",", ".")) * many if re.fullmatch(r"\d+[.,]\d+", count) else Fraction(0)
    return _written(int(part), smaller) if part and part.denominator == 1 else None


def _written(count: int, unit: str) -> str | None:
    try:
        return str(parse_duration(str(Duration(count, unit))))
    except ValueError:
        return None
