"""What the units' sources need of the network, besides TLS to AWS and Salesforce: a way to databases, and to DynamoDB from within a VPC."""

from collections.abc import Iterable

from infra.business_unit import Unit

# Of a database, where its connection says nothing else; the port of any other way out is 443.
_PORTS = {"postgresql": ("PostgreSQL", 5432), "mysql": ("MySQL and MariaDB", 3306)}


def database_ports(units: Iterable[Unit]) -> tuple[tuple[str, int], ...]:
    """The databases that units have connections to, by name, with their ports; none where no unit has one."""
    kinds = {kind for unit in units for kind in unit.sources}
    return tuple(named for kind, named in _PORTS.items() if kind in kinds)


def reads_redshift(unit: Unit) -> bool:
    """Whether a unit has a connection to Redshift."""
    return "redshift" in unit.sources


def interfaces(units: Iterable[Unit]) -> tuple[str, ...]:
    """The services of AWS that sources are asked through, which a VPC without a way out reaches by an endpoint."""
    return ("redshift-data",) if any(map(reads_redshift, units)) else ()


def read_dynamodb(units: Iterable[Unit]) -> bool:
    """Whether any unit has a connection to DynamoDB."""
    return any("dynamodb" in unit.sources for unit in units)
