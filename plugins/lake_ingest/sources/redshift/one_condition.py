"""A filter read as far as quotes, comments and brackets go: that it ends nothing which was begun around it.

The compiler has read it as SQL before. This guards what was compiled and edited since: the Data API has no read-only transaction
that would refuse a second statement.
"""

import re

_PART = re.compile(
    r"""
      (?P<text>'(?:[^'\\]|''|\\.)*')
    | (?P<name>"(?:[^"]|"")*")
    | (?P<line>--[^\n]*)
    | (?P<comment>/\*.*?\*/)
    | (?P<open>[(\[])
    | (?P<close>[)\]])
    | (?P<never>['";$]|/\*|\*/)
    | (?P<other>[^'"();$\[\]/*-]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PAIRS = {")": "(", "]": "["}


def why_not_one(condition: str) -> str | None:
    """Why a text cannot stand between brackets; None where it can."""
    waiting: list[str] = []
    for part in _PART.finditer(condition):
        found = part[0]
        if part.lastgroup == "never":
            return (
                "a quote or a comment is never closed"
                if found in "'\"/**/"
                else f"`{found}` has no place in it"
            )
        if part.lastgroup == "comment" and "/*" in found[2:]:
            return "a comment stands in another one"
        if part.lastgroup == "open":
            waiting.append(found)
        elif part.lastgroup == "close" and (not waiting or waiting.pop() != _PAIRS[found]):
            return f"`{found}` closes nothing that it has opened"
    return "a bracket is never closed" if waiting else None
