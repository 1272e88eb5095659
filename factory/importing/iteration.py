"""What a loop over a value gives."""

from typing import Any

from factory.importing import plain
from factory.importing.neighbours import OpenText
from factory.importing.values import Instance, LocalClass, is_known


def items_of(value: Any) -> list[Any] | None:
    """The items of something that can be looped over; None where they are not known.

    Raises:
        ValueError: there are too many to go on with.
    """
    if isinstance(value, LocalClass) and value.enumerated:
        return [one for one in value.scope.names.values() if isinstance(one, Instance) and one.kind is value]
    if isinstance(value, OpenText):
        return [*value.readlines()]
    if isinstance(value, str | bytes | list | tuple | set | frozenset | dict | range):
        plain.bounded(value)
        if isinstance(value, set | frozenset):
            return sorted(value, key=str) if is_known(value) else None
        return list(value)
    return None
