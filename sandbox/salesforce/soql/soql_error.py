"""What can be wrong with a query, in Salesforce's own codes and words."""

from dataclasses import dataclass


@dataclass(eq=False)  # not frozen: Python writes tracebacks into exceptions
class SoqlError(ValueError):
    """A query that Salesforce refuses; `code` is its errorCode."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(eq=False)
class NotServedError(ValueError):
    """A request that Salesforce would answer and this org cannot; `gap` names what is missing."""

    gap: str

    def __str__(self) -> str:
        return f"the sandbox org does not serve {self.gap}"


def located(code: str, query: str, at: int, message: str) -> SoqlError:
    """An error with Salesforce's pointer: the query around the place, a caret, row and column (from 1)."""
    line = query.count("\n", 0, at) + 1
    start = query.rfind("\n", 0, at) + 1
    column = at - start + 1
    left = max(start, at - 40)
    end = query.find("\n", at)
    right = min(len(query) if end < 0 else end, at + 40)
    caret = " " * (at - left) + "^"
    pointer = f"\n{query[left:right]}\n{caret}\nERROR at Row:{line}:Column:{column}\n{message}"
    return SoqlError(code, pointer)


def unexpected(token: str) -> SoqlError:
    return SoqlError("MALFORMED_QUERY", f"unexpected token: '{token}'")
