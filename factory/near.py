"""The name that was probably meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

_LIKE = 0.65


def near(word: str, names: Iterable[str]) -> str:
    """The name most like a word, whatever its case; "" where none is like it."""
    by_fold = {name.casefold(): name for name in names}
    if word.casefold() in by_fold:
        return by_fold[word.casefold()]
    return by_fold.get(_closest(word.casefold(), by_fold), "")


def nearest(word: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The names most like a word, the most like one first, however little they are like it."""
    by_fold = {name.casefold(): name for name in names}
    return [by_fold[one] for one in get_close_matches(word.casefold(), by_fold, n=count, cutoff=0.0)]


def _closest(word: str, names: Iterable[str]) -> str:
    """As `get_close_matches` finds it, which compares in full also what cannot be closer than the best so far."""
    compared = SequenceMatcher(b=word)
    at_most = []
    for name in names:
        compared.set_seq1(name)
        if compared.real_quick_ratio() >= _LIKE and (most := compared.quick_ratio()) >= _LIKE:
            at_most.append((most, name))
    best, closest = _LIKE, ""
    for most, name in sorted(at_most, reverse=True):
        if most < best:
            break
        compared.set_seq1(name)
        best, closest = max((best, closest), (compared.ratio(), name))
    return closest
