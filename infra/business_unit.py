"""What the platform needs to know of a business unit: where it may write and which secrets are its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml


class UnitError(ValueError):
    """A unit.yaml cannot be read; the message names the file and the key."""


@dataclass(frozen=True)
class Unit:
    """A business unit as `configs/<unit>/unit.yaml` declares it.

    `connections` are all that it uses, the AWS one and the key of `protect: hash` among them. `buckets` are all that its
    specs may name; None stands for the platform's own lake, whose name is a template that Airflow renders.
    """

    name: str
    buckets: tuple[str | None, ...]
    prefix: str
    aws_connection: str
    connections: tuple[str, ...]

    @classmethod
    def from_file(cls, path: Path) -> "Unit":
        """Read one unit.yaml.

        Raises:
            UnitError: the file is not a mapping, or lacks `name`, `connections` or `destination.prefix`.
        """
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        try:
            destination, connections = data["destination"], data["connections"]
            buckets = [destination.get("bucket", "{{"), *_listed(data.get("buckets"))]
            names = [
                *_listed(connections["salesforce"]),
                *_listed(connections["aws"]),
                *_listed(data.get("protect_key")),
            ]
            return cls(
                name=str(data["name"]),
                buckets=tuple(dict.fromkeys(None if "{{" in bucket else bucket for bucket in buckets)),
                prefix=str(destination["prefix"]).strip("/"),
                aws_connection=str(connections["aws"]),
                connections=tuple(sorted(set(names))),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise UnitError(f"{path}: {error} is missing; `factory lint configs` tells more") from error


def read_units(configs: Path) -> tuple[Unit, ...]:
    """Every unit below `configs`, by name; folders that start with `_` are not units.

    Raises:
        UnitError: there is none, one cannot be read, or one unit's prefix lies within another's.
    """
    files = sorted(path for path in configs.glob("*/unit.yaml") if not path.parent.name.startswith("_"))
    units = tuple(Unit.from_file(path) for path in files)
    if not units:
        raise UnitError(f"{configs}: no unit.yaml below it; every business unit needs one")
    _refuse_overlaps(units)
    return units


def _refuse_overlaps(units: Iterable[Unit]) -> None:
    placed = sorted((bucket or "", f"{unit.prefix}/", unit.name) for unit in units for bucket in unit.buckets)
    for (one, outer, owner), (other, inner, intruder) in pairwise(placed):
        if one == other and inner.startswith(outer):
            raise UnitError(f"unit {intruder} would write below the prefix {outer} of unit {owner}")


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
