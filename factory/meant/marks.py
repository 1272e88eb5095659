"""Characters that look like others: quotes of word processors, spaces and marks that nobody sees."""

import re
import unicodedata

_QUOTES = "\"'`“”„‟‘’‚‛«»‹›"
_PAIRS = ("“”", "””", "„“", "„”", "‘’", "’’", "‚‘", "«»", "‹›")
_DOUBLE = "“”„‟«»"
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_UNSEEN = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_NAMES = {"\u00ad": "a soft hyphen", "\ufeff": "a byte-order mark", "\u00a0": "a no-break space"}


def unquoted(text: str) -> str:
    """A text without the spaces and quotes around it, of whatever sort, nor a comma or semicolon at its end."""
    around = _SPACES + _UNSEEN + " \t,;"
    return text.strip(around).strip(_QUOTES).strip(around)


def folded(text: str) -> str:
    """A text in small letters without accents, with one space between its words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"\s+", " ", "".join(one for one in letters if not unicodedata.combining(one))).strip()


def has_typed_quotes(text: str) -> bool:
    """Whether quotes of a word processor stand around a text, or one of them stands at an end alone."""
    pair = text[:1] + text[-1:]
    if len(text) > 1 and pair in _PAIRS:
        return not any(one in text[1:-1] for one in pair)
    marks = [one for one in text if one in _DOUBLE]
    return len(marks) == 1 and (text[0] in _DOUBLE or text[-1] in _DOUBLE)


def first_unseen(text: str) -> int:
    """The place of the first character that nobody sees, or -1."""
    return next((place for place, one in enumerate(text) if one in _SPACES or one in _UNSEEN), -1)


def edge_unseen(text: str) -> int:
    """The place of a character that is never meant: one without width, or a space of another sort at an end; or -1."""
    for place, one in enumerate(text):
        if one in _UNSEEN or (one in _SPACES and not (text[:place].strip() and text[place:].strip())):
            return place
    return -1


def named(character: str) -> str:
    """An invisible character by its name and number."""
    name = _NAMES.get(character) or "a " + unicodedata.name(character, "character").lower()
    return f"{name} (U+{ord(character):04X})"


def cure_of(character: str) -> str:
    """What to do about an invisible character."""
    return "Write an ordinary space instead." if character in _SPACES else "Delete it."
