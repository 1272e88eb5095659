"""Salesforce's ids: 15 characters that differ by case, and 3 more that tell the case where case is lost.

The three characters are described in Salesforce's help, "15-character and 18-character IDs".
"""

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
LENGTH = 18


def lengthen(text: str) -> str:
    """The 18-character form of an id.

    Raises:
        ValueError: it has neither 15 characters nor 18.
    """
    if len(text) == LENGTH:
        return text
    if len(text) != 15:
        raise ValueError(
            f"'{text[:40]}' is not an id of Salesforce: it has {len(text)} characters, not 15 or 18"
        )
    return text + "".join(_check(text[start : start + 5]) for start in (0, 5, 10))


def _check(five: str) -> str:
    return _CHECK[sum(1 << place for place, letter in enumerate(five) if "A" <= letter <= "Z")]
