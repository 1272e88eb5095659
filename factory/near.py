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
