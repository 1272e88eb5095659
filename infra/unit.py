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

    `connections` are all that it uses, the AWS one and the key of `protect: hash` among them. `bucket` is None when the
    unit writes to the platform's own lake (its bucket is a template that Airflow renders).
    """

    name: str
    bucket: str | None
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
            bucket = str(destination.get("bucket", "{{"))
            names = [
                *_listed(connections["salesforce"]),
                *_listed(connections["aws"]),
                *_listed(data.get("protect_key")),
            ]
            return cls(
                name=str(data["name"]),
                bucket=None if "{{" in bucket else bucket,
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
    placed = sorted(units, key=lambda unit: (unit.bucket or "", unit.prefix + "/"))
    for outer, inner in pairwise(placed):
        if outer.bucket == inner.bucket and (inner.prefix + "/").startswith(outer.prefix + "/"):
            raise UnitError(
                f"unit {inner.name} would write below the prefix {outer.prefix}/ of unit {outer.name}"
            )


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
