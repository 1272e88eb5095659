"""What a written constant stands for: texts, numbers, dates, relative date literals."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from lark import Token

from sandbox.salesforce.soql.literals import FIXED_NAMES, N_NAMES
from sandbox.salesforce.soql.soql_error import SoqlError, unexpected
from sandbox.salesforce.soql.syntax import DateLiteral, type_of_value

ESCAPES: Final = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}
RANGE: Final = (date(1700, 1, 1), date(4000, 12, 31))


def content_of(token: Token) -> type_of_value:
    """The value of a token of the grammar's rule `value`.

    Raises:
        SoqlError: there is no such literal or day.
    """
    written = str(token)
    match token.type:
        case "STRING":
            return unescape(written)
        case "INTEGER" | "DECIMAL":
            return Decimal(written)
        case "NULL":
            return None
        case "TRUE" | "FALSE":
            return token.type == "TRUE"
        case "DATE" | "DATETIME" | "TIME":
            return _moment(token.type, written)
        case "LITERAL_N":
            name, _, count = written.upper().partition(":")
            if name in N_NAMES:
                return DateLiteral(name, int(count))
        case _ if written.upper() in FIXED_NAMES:
            return DateLiteral(written.upper(), None)
    raise unexpected(written)


def _moment(kind: str, written: str) -> date | datetime | time:
    try:
        if kind == "DATE":
            day = date.fromisoformat(written)
            moment: date | datetime | time = day
        elif kind == "TIME":
            return time.fromisoformat(written[:-1])
        else:
            moment = datetime.fromisoformat(written.upper()).astimezone(UTC)
            day = moment.date()
    except ValueError:
        raise SoqlError("MALFORMED_QUERY", f"Invalid date: {written}") from None
    if not RANGE[0] <= day <= RANGE[1]:
        raise SoqlError("MALFORMED_QUERY", f"Invalid date: {written}")
    return moment


def unescape(quoted: str, *, as_pattern: bool = False) -> str:
    r"""The content of a quoted string.

    Args:
        quoted: the literal with its quotes.
        as_pattern: keep `\%` and `\_` escaped, and escape other backslashes, so that the result is a pattern.

    Raises:
        SoqlError: a backslash before anything that the SOQL reference does not list.
    """

    def content(match: re.Match[str]) -> str:
        sequence = match.group(1)
        if sequence in "%_":
            return "\\" + sequence if as_pattern else sequence
        if sequence == "\\" and as_pattern:
            return "\\\\"
        if sequence in ESCAPES:
            return ESCAPES[sequence]
        if sequence[0] == "u" and len(sequence) == 5:
            return chr(int(sequence[1:], 16))
        raise SoqlError(
            "MALFORMED_QUERY",
            f"Invalid string literal {quoted}. Illegal character sequence '\\{sequence}' in string literal.",
        )

    joined = re.sub(r"\\(u[0-9a-fA-F]{4}|[\s\S])", content, quoted[1:-1])
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
