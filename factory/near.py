"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def near(word: str, names: Iterable[str]) -> str:
    """The name most like a word, whatever its case; "" where none is like it."""
    by_fold = {name.casefold(): name for name in names}
    if word.casefold() in by_fold:
        return by_fold[word.casefold()]
    found = get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.65)
    return by_fold[found[0]] if found else ""


def nearest(word: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The names most like a word, the most like one first, however little they are like it."""
    by_fold = {name.casefold(): name for name in names}
    return [by_fold[one] for one in get_close_matches(word.casefold(), by_fold, n=count, cutoff=0.0)]
