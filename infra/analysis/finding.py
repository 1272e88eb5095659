"""What a rule finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A rule that does not hold, where, and why it matters."""

    rule: str
    where: str
    text: str
