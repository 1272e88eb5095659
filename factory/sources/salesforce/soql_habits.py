"""SQL, and texts of word processors, where SOQL belongs: what to write instead."""

import re
from dataclasses import dataclass

from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.spec.literal import parse_literal

from factory.meant.days import points
from factory.meant.numbers import whole
from factory.meant.offsets import length_ago

_QUOTED = re.compile(r"[\"“”„‘’‚«`](?P<inner>[^\"“”„‘’‚«»`]*)[\"“”‘’»`]")
_NUMBER = re.compile(r"\d{1,3}(?:[,.'’_]\d{3})+(?!\w)|\d+(?:\.\d+)?\s?(?:k|K|m|M|thousand|million)\b")
_TYPED = re.compile(r"\b(?:DATE|TIMESTAMP|DATETIME)\s*\(?\s*'(?P<value>[^']+)'\s*\)?", re.IGNORECASE)
_INSTEAD = (
    (re.compile(r"\bIS\s+NOT\s+NULL\b", re.IGNORECASE), "!= null", ""),
    (re.compile(r"\bIS\s+NULL\b", re.IGNORECASE), "= null", ""),
    (re.compile(r"\bIS\s+(?:NOT\s+FALSE|TRUE)\b", re.IGNORECASE), "= true", ""),
    (re.compile(r"\bIS\s+(?:NOT\s+TRUE|FALSE)\b", re.IGNORECASE), "= false", ""),
    (re.compile(r"\b(?:LOWER|UPPER|TRIM)\s*\(", re.IGNORECASE), "", "SOQL compares texts whatever their case: write the field alone."),
    (re.compile(r"[€$£%](?=\s|$|\))"), "", "Write the number alone."),
    (re.compile(r"&&"), "AND", ""),
    (re.compile(r"\|\|"), "OR", ""),
    (re.compile(r"=="), "=", ""),
    (re.compile(r"\bILIKE\b|\bRLIKE\b|\bCONTAINS\b(?!\()", re.IGNORECASE), "LIKE", ""),
    (re.compile(r"\bCOUNT\s*\(\s*\*\s*\)", re.IGNORECASE), "COUNT(Id)", ""),
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
    """A stretch of a query, and what to write there; or what to do. `said` is the fault, where it is not what stopped the reader."""

    start: int
    end: int
    instead: str = ""
    cure: str = ""
    said: str = ""


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
    if (leading := re.match(r"\s*(?:WHERE|AND)\s+(\w[\w.]*)", text, re.IGNORECASE)) and at <= leading.end():
        said = f"a condition begins without {text.split(maxsplit=1)[0].upper()}"
        return Habit(leading.start(), leading.end(), leading[1], said=said)
    for match in _QUOTED.finditer(text):
        if match.start() <= at < match.end():
            if match[0] == text.strip() and re.search(r"[=<>]", match["inner"]):  # the whole of it
                return Habit(match.start(), match.end(), match["inner"])
            inner = match["inner"].replace("\\", "\\\\").replace("'", "\\'")
            return Habit(match.start(), match.end(), f"'{inner}'")
    for match in _NUMBER.finditer(text):
        if match.start() <= at < match.end() and (number := whole(match[0].replace(" ", ""))) is not None:
            return Habit(match.start(), match.end(), str(number))
    return _moment(text, at) or _of_sql(text, at) or _operand(text, at) or _of_condition(text, at)


_OPERAND = re.compile(
    r"(?:[=<>]|\bLIKE\b)\s*(?P<value>[^=<>'\"]+?)\s*(?=\bAND\b|\bOR\b|\bORDER\s|\bLIMIT\s|\)\s*(?:\bAND\b|\bOR\b|$)|$)",
    re.IGNORECASE,
)
_BARE_LIST = re.compile(r"\bIN\s*[\[{(](?P<items>[\w\s,.'\"-]+)[\]})]", re.IGNORECASE)
_FLAG = re.compile(
    r"(?P<not>!\s*|\bNOT\s+)?\b(?P<field>(?:\w+\.)*(?:Is|Has)[A-Z]\w*)\s*(?=$|\bAND\b|\bOR\b|\))",
    re.IGNORECASE,
)


def _operand(text: str, at: int) -> Habit | None:
    """A value as SQL, a spreadsheet or a person writes it: `TODAY()`, `last month`, `01/02/2026`, `Closed Won`."""
    for match in _OPERAND.finditer(text):
        value = match["value"].strip()
        start = match.start("value")
        if value.endswith("(") and text[match.end("value") :].startswith(")"):
            value += ")"
        if not start <= at <= start + len(value) or not value:
            continue
        name = re.sub(r"\s+", "_", value.removesuffix("()").rstrip("( )")).upper()
        moments = _literal(name) or points(value)
        if moments:
            return Habit(start, start + len(value), moments[0])
        if re.fullmatch(r"[^\W\d_][\w .&-]*", value) and not re.search(
            r"\b(?:SELECT|ORDER|GROUP|LIMIT|BETWEEN)\b", value, re.IGNORECASE
        ):
            return Habit(start, start + len(value), f"'{value}'")
    return None


def _moment(text: str, at: int) -> Habit | None:
    """A moment as SQL and spreadsheets have it, with its type or counted back from now: what means it."""
    for match in _TYPED.finditer(text):
        if match.start() <= at <= match.end() and (found := points(match["value"])):
            return Habit(match.start(), match.end(), found[0])
    for match in re.finditer(r"[=<>]\s*(?P<value>[^=<>]+?)\s*(?=\bAND\b|\bOR\b|$)", text, re.IGNORECASE):
        start, value = match.start("value"), match["value"]
        if start <= at <= match.end("value") and length_ago(value) and (moments := points(value)):
            return Habit(start, start + len(value), moments[0])
    return None


def _literal(name: str) -> tuple[str, ...]:
    try:
        return (name,) if parse_literal(name) else ()
    except ValueError:
        return ()


def _of_condition(text: str, at: int) -> Habit | None:
    """What is not a condition yet: a flag alone, a list without quotes, an open parenthesis, a word at the end."""
    for match in _BARE_LIST.finditer(text):
        if match.start() <= at <= match.end():
            items = [
                one.strip().strip("'\"")
                for one in re.split(r"[,\s]+(?=['\"])|,", match["items"])
                if one.strip()
            ]
            return Habit(match.start(), match.end(), f"IN ({', '.join(_text(one) for one in items)})")
    for match in _FLAG.finditer(text):
        if match.start() <= at <= match.end():
            return Habit(
                match.start(), match.end("field"), f"{match['field']} = {'false' if match['not'] else 'true'}"
            )
    rest, ended = text[at:].lstrip(), at >= len(text.rstrip()) - 1
    if word := re.match(r"ORDER\s+BY|LIMIT|GROUP\s+BY|OFFSET", rest, re.IGNORECASE):
        return Habit(at, len(text), cure=f"A filter is a condition only: delete `{word[0].upper()} …`.")
    if ended and (last := re.search(r"\b(?:AND|OR|NOT)\s*$", text, re.IGNORECASE)):
        return Habit(
            last.start(), len(text), cure=f"Write a condition behind `{last[0].strip()}`, or delete it."
        )
    if ended and text.count("(") > text.count(")"):
        return Habit(text.index("("), text.index("(") + 1, cure="Close the parenthesis.")
    return None


def _text(value: str) -> str:
    return value if re.fullmatch(r"-?\d+(\.\d+)?|true|false|null", value) else f"'{value}'"


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
