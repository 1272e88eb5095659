"""Numbers as people write them."""

import re
from fractions import Fraction

_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([.,'’_ \u00a0\u202f])\d{3})(?:\1\d{3})*")
_MULTIPLE = re.compile(
    r"([-+]?\d+(?:[.,]\d+)?)\s*(k|m|thousand|mille|tausend|million|mio)(?:\s+(?:rows?|records?|lines?))?",
    re.IGNORECASE,
)
_FACTORS = {
    "k": 10**3,
    "thousand": 10**3,
    "mille": 10**3,
    "tausend": 10**3,
    "m": 10**6,
    "million": 10**6,
    "mio": 10**6,
}
_COUNTED = re.compile(
    r"([-+]?\d+)\s*(?:x|times|rows?|records?|lines?|lignes?|zeilen|calls?|retries)?", re.IGNORECASE
)
_AT_LEAST = re.compile(
    r"^(?:>=?|≥|~|at least|minimum|min\.?|mindestens|au moins|al menos|almeno|minstens|minimum of)\s*",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"[-+]?\d*[.,]\d+|[-+]?\d+")
_PERCENT = re.compile(
    r"([-+]?\d+(?:[.,]\d+)?)\s*(?:%|percent|per cent|prozent|pour ?cent|pct)", re.IGNORECASE
)
_FRACTION = re.compile(r"(\d+)\s*/\s*([1-9]\d*)")
_WORDS = {
    "zero": 0, "one": 1, "a": 1, "an": 1, "un": 1, "une": 1, "ein": 1, "eine": 1, "einen": 1, "een": 1, "two": 2, "deux": 2, "zwei": 2,
    "twee": 2, "dos": 2, "three": 3, "trois": 3, "drei": 3, "drie": 3, "tres": 3, "four": 4, "quatre": 4, "vier": 4, "cuatro": 4, "five": 5,
    "cinq": 5, "fünf": 5, "vijf": 5, "cinco": 5, "six": 6, "sechs": 6, "zes": 6, "seis": 6, "sei": 6, "seven": 7, "sept": 7, "sieben": 7,
    "zeven": 7, "eight": 8, "huit": 8, "acht": 8, "nine": 9, "neuf": 9, "neun": 9, "negen": 9, "ten": 10, "dix": 10, "zehn": 10, "tien": 10,
    "twelve": 12, "douze": 12, "zwölf": 12, "twaalf": 12, "thirty": 30, "trente": 30, "dreißig": 30, "dertig": 30,
}  # fmt: skip


def whole(text: str) -> int | None:
    """A whole number: `10,000`, `10 000`, `10.000`, `10k`, `five`, `3 times`."""
    text = _AT_LEAST.sub("", text.strip())
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    if match := _GROUPED.fullmatch(text):
        return int(text.replace(match[1], ""))
    if match := _MULTIPLE.fullmatch(text):
        exact = Fraction(match[1].replace(",", ".")) * _FACTORS[match[2].casefold()]
        return int(exact) if exact.denominator == 1 else None
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d", text) and float(text).is_integer():
        return int(float(text))
    if re.fullmatch(r"[-+]?\d+[.,]0+", text):
        return int(re.split("[.,]", text)[0])
    match = _COUNTED.fullmatch(text)
    return int(match[1]) if match else None


_PARTS = {
    "half": 2, "a half": 2, "moitié": 2, "hälfte": 2, "a third": 3, "third": 3, "a quarter": 4, "quarter": 4, "a fifth": 5, "a tenth": 10,
}  # fmt: skip


def share(text: str) -> float | None:
    """A share of one: `0,2`, `20%`, `1/5`, `20`."""
    text = text.strip()
    if part := _PARTS.get(text.casefold()):
        return round(1 / part, 4)
    if match := _PERCENT.fullmatch(text):
        exact = Fraction(match[1].replace(",", ".")) / 100
    elif match := _FRACTION.fullmatch(text):
        exact = Fraction(int(match[1]), int(match[2]))
    elif _DECIMAL.fullmatch(text):
        exact = Fraction(text.replace(",", "."))
        exact = exact / 100 if 1 < exact <= 100 else exact
    else:
        return None
    return float(round(exact, 6)) if 0 <= exact <= 1 else None


def looks_grouped(text: str) -> int | None:
    """The whole number that `10.000` means in half of the world, where YAML reads ten."""
    return int(text.replace(".", "")) if re.fullmatch(r"[-+]?[1-9]\d{0,2}(\.\d{3})+", text) else None
