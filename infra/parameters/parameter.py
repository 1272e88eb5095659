"""What one parameter of the platform is: its name, its default, and how its text becomes a value."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from re import fullmatch
from typing import Any


class ParameterError(ValueError):
    """A parameter has a value that the platform cannot be built from; the message is for the person who set it."""


@dataclass(frozen=True)
class Parameter:
    """One `-c name=value`.

    `parse` turns the given value into the one that the stacks use, and raises ValueError when it is not valid;
    `valid` says what is, in words that complete "valid: …".
    """

    name: str
    parse: Callable[[Any], Any]
    valid: str
    default: Any
    meaning: str

    def value(self, given: Any) -> Any:
        """Parse what was given; nothing or an empty text means the default.

        Raises:
            ParameterError: names the parameter, what was given and what is valid.
        """
        if given is None or given == "":
            return self.default
        try:
            return self.parse(given)
        except (ValueError, TypeError) as error:
            raise ParameterError(f"parameter {self.name}: got {given!r}; valid: {self.valid}") from error


def one_of(*values: str) -> Callable[[Any], str]:
    """Exactly one of the values, as they are written."""

    def parse(given: Any) -> str:
        if given not in values:
            raise ValueError(given)
        return str(given)

    return parse


def matching(pattern: str) -> Callable[[Any], str]:
    """Text that matches the whole pattern."""

    def parse(given: Any) -> str:
        if not isinstance(given, str) or not fullmatch(pattern, given):
            raise ValueError(given)
        return given

    return parse


def listed(pattern: str) -> Callable[[Any], tuple[str, ...]]:
    """Comma-separated texts (or a JSON list), each of which matches the whole pattern."""

    def parse(given: Any) -> tuple[str, ...]:
        items = given if isinstance(given, list) else str(given).split(",")
        return tuple(matching(pattern)(str(item).strip()) for item in items)

    return parse


def integer(low: int, high: int) -> Callable[[Any], int]:
    """A whole number between the two, both included."""

    def parse(given: Any) -> int:
        number = int(str(given))
        if isinstance(given, bool) or not low <= number <= high:
            raise ValueError(given)
        return number

    return parse


def switch(given: Any) -> bool:
    """The words true and false, as a truth value."""
    return one_of("true", "false")(str(given).lower()) == "true"


def network(given: Any) -> str:
    """An IPv4 CIDR between /16 and /24, the sizes in which AWS makes a VPC that has room for four subnets."""
    block = ip_network(str(given))
    if block.version != 4 or not 16 <= block.prefixlen <= 24:
        raise ValueError(given)
    return str(block)


def text_map(keys: tuple[str, ...] = ()) -> Callable[[Any], tuple[tuple[str, str], ...]]:
    """A JSON object of texts, sorted by key; with `keys`, no other key."""

    def parse(given: Any) -> tuple[tuple[str, str], ...]:
        data = json.loads(given) if isinstance(given, str) else given
        if not isinstance(data, dict) or not all(isinstance(value, str) and value for value in data.values()):
            raise ValueError(given)
        if keys and not set(data) <= set(keys):
            raise ValueError(given)
        return tuple(sorted(data.items()))

    return parse
