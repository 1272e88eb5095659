"""ING364: a value in a condition that reads as another one to whoever wrote it."""

import re

from factory.rules.problem import Severity
from factory.rules.rule import Rule

_SPEC = "object: Opportunity\nwindow: full\nfilter: {}\n"

HABIT = Rule(
    "ING364", "other-habit", "A value in a condition means something else in this language.",
    "The condition is valid and chooses other rows, or none: a point begins decimals everywhere, `*` stands for itself, a day"
    " without quotes is arithmetic.",
    wrong=_SPEC.format("Amount >= 10.000"), right=_SPEC.format("Amount >= 10000"), severity=Severity.WARNING,
)  # fmt: skip
RULES = (HABIT,)


def of_number(written: str) -> tuple[str, str] | None:
    """What is odd about a number with three zeros behind its point, and the cure."""
    found = re.fullmatch(r"([+-]?[1-9]\d{0,2})\.000", written)
    if found is None:
        return None
    return f"`{written}` is {found[1]}: a point begins decimals", f"Write `{found[1]}000`, or `{found[1]}`."


def of_day(written: str) -> tuple[str, str] | None:
    """What is odd about a day of SQL that has no quotes, and the cure."""
    if not re.fullmatch(r"\d{1,2}([/.-])\d{1,2}\1(19|20)\d{2}|(19|20)\d{2}([/-])\d{1,2}\4\d{1,2}", written):
        return None
    what = "division" if "/" in written else "subtraction"
    return f"`{written}` is a {what}, and no day", "Write the day between quotes: `'2026-01-31'`."


def of_pattern(written: str) -> tuple[str, str] | None:
    """What is odd about a pattern of LIKE, without its quotes, that looks for stars, and the cure."""
    if "*" not in written or "%" in written:
        return None
    meant = written.replace("*", "%")
    return "`*` stands for itself in LIKE, which writes `%` for any text", f"Write `LIKE '{meant}'`."
