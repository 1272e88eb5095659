"""Record ids: 15 characters, and the 3 that make them safe where case is lost.

Form and check characters as described in Salesforce's help for 15- and 18-character ids.
"""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
INSTANCE: Final = "gL00000"
DIGITS: Final = 5
CAPACITY: Final = len(ALPHABET) ** DIGITS


def record_id(prefix: str, index: int) -> str:
    """The 18-character id of a row; `prefix` is the object's key prefix, `index` counts from 0."""
    digits = ""
    for _ in range(DIGITS):
        index, digit = divmod(index, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return lengthen(prefix + INSTANCE + digits)


def lengthen(short: str) -> str:
    """The 18-character form of a 15-character id; anything else comes back as it is."""
    if len(short) != 15:
        return short
    return short + "".join(_check(short[start : start + 5]) for start in (0, 5, 10))


def _check(chunk: str) -> str:
    return CHECK[sum(1 << place for place, letter in enumerate(chunk) if "A" <= letter <= "Z")]


def id_sql(prefix: str, index: str) -> str:
    """The same as an SQL expression, `index` being one of type BIGINT."""
    head = prefix + INSTANCE
    fixed = "".join(_check(head[start : start + 5]) for start in (0, 5))
    digits = [f"({index}) // {len(ALPHABET) ** place} % {len(ALPHABET)}" for place in reversed(range(DIGITS))]
    letters = ", ".join(f"substr('{ALPHABET}', ({digit} + 1)::BIGINT, 1)" for digit in digits)
    bits = " + ".join(
        f"(({digit}) BETWEEN 10 AND 35)::BIGINT * {1 << place}" for place, digit in enumerate(digits)
    )
    return f"concat('{head}', {letters}, '{fixed}', substr('{CHECK}', 1 + {bits}, 1))"
