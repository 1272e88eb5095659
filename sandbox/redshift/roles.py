"""The roles by which what a warehouse has unloaded is written and read."""

from collections.abc import Sequence
from dataclasses import dataclass

from factory.model.unit import Unit

UNLOADED = "_unload"  # below the unit's own prefix
READS = ["s3:GetObject", "s3:DeleteObject"]
WRITES = ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"]


@dataclass(frozen=True)
class WarehouseReader:
    """The roles of a connection to a warehouse: one that reads and removes what was unloaded, and the warehouse's own, which writes it."""

    connection: str
    units: tuple[Unit, ...]

    @property
    def role(self) -> str:
        """The reader's name."""
        return f"{self.connection}_reader"

    @property
    def unload_role(self) -> str:
        """The name of the warehouse's own."""
        return f"{self.connection}_unload"

    @property
    def unload_prefix(self) -> str:
        """Where the connection of a sample has it unload."""
        return f"{self.units[0].prefix}/{UNLOADED}"

    def statements(self, lake: str, actions: list[str]) -> list[dict[str, object]]:
        """What docs/redshift.md asks for; moto asks for the right to delete several objects at once on the bucket."""
        places = [
            (lake if folder.bucket is None else folder.bucket, folder.prefix)
            for unit in self.units
            for folder in unit.folders
        ]
        return [
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", *[one for one in actions if one == "s3:DeleteObject"]],
                "Resource": [f"arn:aws:s3:::{bucket}" for bucket, _ in places],
            },
            {
                "Effect": "Allow",
                "Action": actions,
                "Resource": [f"arn:aws:s3:::{bucket}/{prefix}/{UNLOADED}/*" for bucket, prefix in places],
            },
        ]


def warehouse_readers_of(units: Sequence[Unit]) -> list[WarehouseReader]:
    """One for each connection to Redshift that the units name."""
    names = {name for unit in units for name in unit.sources.get("redshift", ())}
    return [
        WarehouseReader(name, tuple(unit for unit in units if name in unit.sources.get("redshift", ())))
        for name in sorted(names)
    ]
