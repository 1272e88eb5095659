"""Times of day as people write them."""

import re
from dataclasses import dataclass

_CLOCK = re.compile(
    r"(?:\b(?:at|a|um|om|las|alle|ore|la|o)\s+|@\s*)?\b(?P<hour>\d{1,2})(?!\d|st|nd|rd|th|er\b|\.\s)(?P<rest>(?:[:.h](?P<minute>\d{2}))(?::\d{2})?|h)?\s*"
    r"(?P<half>am|pm|a\.m\.|p\.m\.)?\s*(?P<name>uhr|uur|o'clock|utc|hrs?|heures?)?(?!\w)"
)
_NAMED = (
    ("noon|midday|midi|mittag", 12),
    ("midnight|minuit|mitternacht", 0),
    ("in the morning|every morning", 6),
    ("in the evening|every evening", 20),
)


@dataclass(frozen=True, slots=True, order=True)
class Clock:
    """A time of day; `is_bare`: only a number says so."""

    hour: int
    minute: int
    is_bare: bool = False


def clocks(text: str) -> tuple[tuple[Clock, ...], str]:
    """The times of day that a text names, and the text without them."""
    found: list[Clock] = []
    for names, hour in _NAMED:
        if re.search(rf"\b(?:12 )?(?:{names})\b", text):
            found.append(Clock(hour, 0))
            text = re.sub(rf"\b(?:12 )?(?:{names})\b", " ", text)
    if match := re.fullmatch(r"0?(\d{1,2})([0-5]\d)", text.strip()):
        return (Clock(int(match[1]), int(match[2])),) if int(match[1]) < 24 else (), ""
    pieces, end = [], 0
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        half = (match["half"] or "").replace(".", "")
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        if hour > 24 or minute > 59:
            continue
        found.append(Clock(hour % 24, minute, not (match["rest"] or half or match["name"])))
        pieces.append(text[end : match.start()])
        end = match.end()
    return tuple(dict.fromkeys(found)), " ".join([*pieces, text[end:]])
