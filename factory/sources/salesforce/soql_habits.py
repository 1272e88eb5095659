"""SQL, and texts of word processors, where SOQL belongs: what to write instead."""

import re
from dataclasses import dataclass

from lake_ingest.sources.salesforce.soql.refusal import SoqlError

from factory.meant.numbers import whole

_QUOTED = re.compile(r"[\"“”„‘’‚«`](?P<inner>[^\"“”„‘’‚«»`]*)[\"“”‘’»`]")
_NUMBER = re.compile(r"\d{1,3}(?:[,.'’_]\d{3})+(?!\w)|\d+(?:\.\d+)?\s?(?:k|K|m|M|thousand|million)\b")
_INSTEAD = (
    (re.compile(r"\bIS\s+NOT\s+NULL\b", re.IGNORECASE), "!= null", ""),
    (re.compile(r"\bIS\s+NULL\b", re.IGNORECASE), "= null", ""),
    (re.compile(r"&&"), "AND", ""),
    (re.compile(r"\|\|"), "OR", ""),
    (re.compile(r"=="), "=", ""),
    (re.compile(r"\bILIKE\b|\bRLIKE\b|\bCONTAINS\b(?!\()", re.IGNORECASE), "LIKE", ""),
    (re.compile(r"\bCOUNT\s*\(\s*\*\s*\)", re.IGNORECASE), "COUNT()", ""),
    (re.compile(r"\bBETWEEN\b", re.IGNORECASE), "", "SOQL has no BETWEEN: write `>= … AND … <= …`."),
    (re.compile(r"\b(?:(?:LEFT|RIGHT|INNER|OUTER|FULL|CROSS)\s+)*JOIN\b", re.IGNORECASE), "",
     "SOQL has no JOIN: name a parent's field with a dot, such as `Account.Name`."),
    (re.compile(r"\bDISTINCT\b", re.IGNORECASE), "", "SOQL has no DISTINCT: write GROUP BY and the fields."),
    (re.compile(r"\bTOP\s+\d+", re.IGNORECASE), "", "SOQL has no TOP: write `LIMIT` at the end."),
    (re.compile(r"\bUNION\b", re.IGNORECASE), "", "SOQL has no UNION: write two specs."),
    (re.compile(r"\bCASE\b\s+WHEN\b", re.IGNORECASE), "", "SOQL has no CASE: compute it where the data is read."),
    (re.compile(r"\b(?:GETDATE|NOW|CURRENT_DATE|CURRENT_TIMESTAMP|SYSDATE|DATEADD|TO_DATE|CAST|CONVERT|COALESCE|NVL|IFNULL)\b\s*\(?", re.IGNORECASE),
     "", "SOQL does not have this function: write the value, or use `window` for the dates of a run."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habit:
    """A stretch of a query, and what to write there; or what to do."""

    start: int
    end: int
    instead: str = ""
    cure: str = ""


def habit(text: str, error: SoqlError) -> Habit | None:
    """What is at fault where the reader of SOQL stopped; None where it is nothing known."""
    at = error.start
    if text[at : at + 1] == ";":
        return Habit(at, at + 1, cure="Delete the `;`.")
    if text[at : at + 1] == "*" and not re.search(r"\(\s*$", text[:at]):
        return Habit(
            at,
            at + 1,
            cure="Name the fields, or delete the query: without `fields`, a `window` reads every field.",
        )
    for match in _QUOTED.finditer(text):
        if match.start() <= at < match.end():
            inner = match["inner"].replace("\\", "\\\\").replace("'", "\\'")
            return Habit(match.start(), match.end(), f"'{inner}'")
    for match in _NUMBER.finditer(text):
        if match.start() <= at < match.end() and (number := whole(match[0].replace(" ", ""))) is not None:
            return Habit(match.start(), match.end(), str(number))
    return _of_sql(text, at)


def _of_sql(text: str, at: int) -> Habit | None:
    """SQL that SOQL does not have, the nearest to where the reader stopped."""
    outside = re.sub(r"'(?:[^'\\]|\\.)*'", lambda one: " " * len(one[0]), text)
    found = [
        Habit(match.start(), match.end(), instead, cure)
        for pattern, instead, cure in _INSTEAD
        for match in pattern.finditer(outside)
        if match.start() <= at <= match.end() + 1 or ("JOIN" in cure and at <= match.start())
    ]
    return min(found, key=lambda one: abs(one.start - at), default=None)
