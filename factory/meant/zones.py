"""Time zones as people call them."""

import re
from functools import cache
from zoneinfo import available_timezones

from factory.meant.marks import unquoted

# Cities of the group and of the world that the IANA database names by another city.
_CITIES = {
    "bruxelles": "Europe/Brussels", "brussel": "Europe/Brussels", "brüssel": "Europe/Brussels", "frankfurt": "Europe/Berlin", "münchen": "Europe/Berlin",
    "munich": "Europe/Berlin", "hamburg": "Europe/Berlin", "köln": "Europe/Berlin", "lyon": "Europe/Paris", "marseille": "Europe/Paris",
    "milano": "Europe/Rome", "milan": "Europe/Rome", "roma": "Europe/Rome", "barcelona": "Europe/Madrid", "rotterdam": "Europe/Amsterdam",
    "antwerp": "Europe/Brussels", "antwerpen": "Europe/Brussels", "geneva": "Europe/Zurich", "genève": "Europe/Zurich", "zürich": "Europe/Zurich",
    "wien": "Europe/Vienna", "london": "Europe/London", "lisboa": "Europe/Lisbon", "warszawa": "Europe/Warsaw", "praha": "Europe/Prague",
    "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata", "new delhi": "Asia/Kolkata", "beijing": "Asia/Shanghai", "san francisco": "America/Los_Angeles",
    "washington": "America/New_York", "boston": "America/New_York", "houston": "America/Chicago", "abu dhabi": "Asia/Dubai",
}  # fmt: skip
_COUNTRIES = {
    "france": "Europe/Paris", "belgium": "Europe/Brussels", "belgique": "Europe/Brussels", "belgië": "Europe/Brussels", "germany": "Europe/Berlin",
    "deutschland": "Europe/Berlin", "allemagne": "Europe/Berlin", "italy": "Europe/Rome", "italia": "Europe/Rome", "spain": "Europe/Madrid",
    "españa": "Europe/Madrid", "netherlands": "Europe/Amsterdam", "nederland": "Europe/Amsterdam", "uk": "Europe/London", "england": "Europe/London",
    "ireland": "Europe/Dublin", "poland": "Europe/Warsaw", "romania": "Europe/Bucharest", "switzerland": "Europe/Zurich", "suisse": "Europe/Zurich",
    "austria": "Europe/Vienna", "portugal": "Europe/Lisbon", "india": "Asia/Kolkata", "japan": "Asia/Tokyo", "singapore": "Asia/Singapore",
}  # fmt: skip
_LETTERS = {
    "cest": "Europe/Paris", "cet": "Europe/Paris", "mez": "Europe/Berlin", "mesz": "Europe/Berlin", "hec": "Europe/Paris", "bst": "Europe/London",
    "ist": "Asia/Kolkata", "eet": "Europe/Helsinki", "eest": "Europe/Helsinki", "wet": "Europe/Lisbon", "west": "Europe/Lisbon", "msk": "Europe/Moscow",
    "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "jst": "Asia/Tokyo", "sgt": "Asia/Singapore", "aest": "Australia/Sydney", "z": "UTC", "zulu": "UTC", "romance standard time": "Europe/Paris",
    "w. europe standard time": "Europe/Berlin", "central europe standard time": "Europe/Budapest", "central european standard time": "Europe/Warsaw",
    "central european time": "Europe/Paris", "gmt standard time": "Europe/London", "eastern standard time": "America/New_York",
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver", "pacific": "America/Los_Angeles",
    "central time": "America/Chicago", "mountain time": "America/Denver", "pacific time": "America/Los_Angeles",
    "eastern time": "America/New_York", "pacific standard time": "America/Los_Angeles", "india standard time": "Asia/Kolkata",
}  # fmt: skip
_HOURS = {
    0: "UTC", 60: "Europe/Paris", 120: "Europe/Helsinki", 180: "Europe/Istanbul", 240: "Asia/Dubai", 330: "Asia/Kolkata", 420: "Asia/Bangkok",
    480: "Asia/Singapore", 540: "Asia/Tokyo", 600: "Australia/Brisbane", -300: "America/New_York", -360: "America/Chicago", -420: "America/Denver",
    -480: "America/Los_Angeles", -180: "America/Sao_Paulo",
}  # fmt: skip
_OFFSET = re.compile(
    r"(?P<name>gmt|utc|cet|cest|mez|z)?\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?"
)


def zone(text: str) -> str | None:
    """An IANA name; None where the text is none."""
    word = re.sub(r"\s+", " ", unquoted(text).casefold()).strip()
    for table in (_LETTERS, _CITIES, _COUNTRIES):
        if word in table:
            return table[word]
    if match := _OFFSET.fullmatch(word):
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        if match["name"] in ("cet", "cest", "mez"):
            return "Europe/Paris"
        return _HOURS.get(minutes if match["sign"] == "+" else -minutes)
    slug = re.sub(r"[\s,]+", "_", word)
    last = re.split(r"[/,;>]", word)[-1].strip()
    return (
        _whole().get(slug)
        or _whole().get(slug.replace("_", "/"))
        or _cities().get(last.replace(" ", "_"))
        or _CITIES.get(last)
    )


@cache
def _whole() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}


@cache
def _cities() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(available_timezones()):
        area, _, city = name.rpartition("/")
        if area and not area.startswith(("Etc", "posix", "right", "SystemV")):
            found.setdefault(city.casefold(), name)
    return found
