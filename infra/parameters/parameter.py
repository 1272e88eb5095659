"""What one parameter of the platform is: its name, its default, and how its text becomes a value."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, ip_network
from re import ASCII, fullmatch
from typing import Any

from botocore.session import get_session


class ParameterError(ValueError):
    """A parameter has a value that the platform cannot be built from; the message is for the person who set it."""


def wrong(name: str, given: object, valid: str) -> ParameterError:
    """The one sentence of a wrong parameter; `valid` completes "valid: …"."""
    return ParameterError(f"parameter {name}: got {given!r}; valid: {valid}")


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
            raise wrong(self.name, given, self.valid) from error


def one_of(*values: str) -> Callable[[Any], str]:
    """Exactly one of the values, as they are written."""

    def parse(given: Any) -> str:
        if given not in values:
            raise ValueError(given)
        return str(given)

    return parse


def matching(pattern: str) -> Callable[[Any], str]:
    """Text that matches the whole pattern, in which classes such as `digit` are those of ASCII."""

    def parse(given: Any) -> str:
        if not isinstance(given, str) or not fullmatch(pattern, given, ASCII):
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
        number = int(matching(r"\d{1,9}")(str(given)))
        if not low <= number <= high:
            raise ValueError(given)
        return number

    return parse


def place(given: Any) -> tuple[str, str]:
    """An account and a Region that AWS has, as `123456789012/eu-west-1`."""
    account, _, region = matching(r"\d{12}/[a-z0-9-]+")(given).partition("/")
    if partition_of(region) is None:
        raise ValueError(given)
    return account, region


@cache
def partition_of(region: str) -> str | None:
    """`aws`, or the partition of China or of a government; None where AWS has no such Region."""
    session = get_session()
    partitions = session.get_available_partitions()
    return next((one for one in partitions if region in session.get_available_regions("sts", one)), None)


def switch(given: Any) -> bool:
    """The words true and false, as a truth value."""
    return one_of("true", "false")(str(given).lower()) == "true"


# https://datatracker.ietf.org/doc/html/rfc1918, and the range between them and the Internet of RFC 6598.
_PRIVATE = [
    IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
]


def private_network(given: Any) -> str:
    """A private IPv4 CIDR between /16 and /24, the sizes in which AWS makes a VPC that has room for four subnets."""
    block = ip_network(str(given))
    if not isinstance(block, IPv4Network) or not 16 <= block.prefixlen <= 24:
        raise ValueError(given)
    if not any(block.subnet_of(private) for private in _PRIVATE):
        raise ValueError(given)
    return str(block)


def text_map(
    *, keys: str | Sequence[str], values: str, at_most: int | None = None
) -> Callable[[Any], tuple[tuple[str, str], ...]]:
    """A JSON object of texts, sorted by key.

    `keys` are all that there may be, or the pattern that each matches, as `values` is of the values. No two keys differ
    only in case.
    """

    def parse(given: Any) -> tuple[tuple[str, str], ...]:
        data = json.loads(given, object_pairs_hook=_distinct) if isinstance(given, str) else given
        if not isinstance(data, Mapping) or len({str(key).lower() for key in data}) != len(data):
            raise ValueError(given)
        pairs = [
            (_text(key, keys) if isinstance(keys, str) else one_of(*keys)(key), _text(value, values))
            for key, value in data.items()
        ]
        if at_most is not None and len(pairs) > at_most:
            raise ValueError(given)
        return tuple(sorted(pairs))

    return parse


def days(most: int) -> Callable[[Any], tuple[tuple[str, int], ...]]:
    """A JSON object from names to whole numbers of days, sorted by name."""

    def parse(given: Any) -> tuple[tuple[str, int], ...]:
        data = json.loads(given, object_pairs_hook=_distinct) if isinstance(given, str) else given
        if not isinstance(data, Mapping):
            raise TypeError(given)
        return tuple(sorted((str(name), integer(1, most)(value)) for name, value in data.items()))

    return parse


def lists(pattern: str) -> Callable[[Any], tuple[tuple[str, tuple[str, ...]], ...]]:
    """A JSON object from names to lists of texts, each of which matches the whole pattern, sorted by name."""

    def parse(given: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
        data = json.loads(given, object_pairs_hook=_distinct) if isinstance(given, str) else given
        if not isinstance(data, Mapping) or not all(
            isinstance(some, list) and some for some in data.values()
        ):
            raise ValueError(given)
        return tuple(sorted((str(name), listed(pattern)(some)) for name, some in data.items()))

    return parse


def two_objects(pattern: str) -> Callable[[Any], tuple[tuple[str, Mapping[str, Any]], ...]]:
    """A JSON object of exactly two objects, in their order, whose names match the pattern."""

    def parse(given: Any) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        data = json.loads(given, object_pairs_hook=_distinct) if isinstance(given, str) else given
        if not isinstance(data, Mapping) or len(data) != 2:
            raise ValueError(given)
        if not all(isinstance(values, Mapping) for values in data.values()):
            raise ValueError(given)
        return tuple((_text(name, pattern), values) for name, values in data.items())

    return parse


def _text(value: Any, pattern: str) -> str:
    if not isinstance(value, str) or not fullmatch(pattern, value):
        raise ValueError(value)
    return value


def _distinct(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as it was written; a key that stands twice would lose its first value."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError(pairs)
    return dict(pairs)
