"""What the platform needs to know of a business unit: where it may write and which secrets are its own.

`factory units` writes it; the compiler is the one reader of `unit.yaml`, and refuses units that overlap.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from re import sub
from typing import Any

_VERSION = 1


class UnitError(ValueError):
    """The units are not what the platform can be built from; the message is for the person who wrote them."""


@dataclass(frozen=True)
class Unit:
    """A business unit.

    `connections` are all that it uses, the AWS one and the key of `protect: hash` among them. `buckets` are all that its
    specs may name; None stands for the platform's own lake, whose name is a template that Airflow renders. `database` is that of its tables in the Glue catalogue.
    `contact` is an address of e-mail or of a page. `sources` are the kinds of source that it has connections to.
    `airflow_role` is the role in Airflow that sees its DAGs.
    """

    name: str
    database: str
    buckets: tuple[str | None, ...]
    prefix: str
    aws_connection: str
    connections: tuple[str, ...]
    sources: tuple[str, ...] = ()
    contact: str = ""
    airflow_role: str | None = None

    @property
    def output_name(self) -> str:
        """The name as an output of CloudFormation may have it: letters and digits only."""
        return sub(r"[^0-9A-Za-z]", "", self.name)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Unit":
        """One entry of what the compiler writes."""
        return cls(
            name=data["name"],
            database=data["database"],
            buckets=tuple(data["buckets"]),
            prefix=data["prefix"],
            aws_connection=data["aws_connection"],
            connections=tuple(data["connections"]),
            contact=data["contact"],
            sources=tuple(data.get("sources", ())),  # which form 1 had not from the beginning
            airflow_role=data.get("airflow_role"),
        )


def compile_units(root: Path, out: Path, environment: str | None = None) -> Path:
    """Have the compiler of a checkout write its units, as they are in an environment, to a file, and return the file.

    Raises:
        UnitError: the units have errors; the message is the compiler's own.
    """
    command = [sys.executable, "-m", "factory", "units", "configs", "--out", str(out)]
    if environment:
        command += ["--environment", environment]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments
    if done.returncode:
        raise UnitError((done.stdout + done.stderr).strip())
    return out


def read_units(path: Path) -> tuple[Unit, ...]:
    """Every unit of a file that the compiler wrote, by name.

    Raises:
        UnitError: the compiler and the platform are of different versions, or two names cannot be told apart.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if data["version"] != _VERSION:
        raise UnitError(
            f"{path}: `factory units` wrote form {data['version']}, and this platform reads form {_VERSION}: "
            "take both from the same commit"
        )
    units = tuple(Unit.from_json(entry) for entry in data["units"])
    named: dict[str, Unit] = {}
    for unit in units:
        other = named.setdefault(unit.output_name, unit)
        if other is not unit:
            raise UnitError(
                f"units {other.name} and {unit.name}: without marks their names are the same, and CloudFormation's outputs "
                "take letters and digits only; rename one"
            )
    return units
