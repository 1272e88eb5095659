"""The two private subnets that the environment takes: of a VPC that somebody else made, which is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.parameters.deployment_settings import Settings
from infra.parameters.parameter import ParameterError, wrong

# What a lookup answers before the CDK's command line has asked the account; it then synthesises once more.
_NOT_LOOKED_UP_YET = "vpc-12345"


@dataclass(frozen=True)
class Network:
    """A VPC, and the two private subnets of it that the environment takes."""

    vpc: ec2.IVpc
    subnet_ids: list[str]


def given_network(scope: Construct, settings: Settings) -> Network:
    """The VPC that the parameters name; its resources are somebody else's.

    Raises:
        ParameterError: there is no such VPC, or its subnets are not what MWAA takes.
    """
    _refuse_missing(scope, settings)
    vpc = ec2.Vpc.from_lookup(scope, "Vpc", vpc_id=str(settings.vpc_id))
    if vpc.vpc_id == _NOT_LOOKED_UP_YET:
        return Network(vpc, list(settings.subnet_ids) or two_private_subnets(vpc))
    if settings.subnet_ids:
        _refuse_subnets(vpc, settings)
        return Network(vpc, list(settings.subnet_ids))
    subnets = _one_a_zone(_usable(vpc, settings))
    if len(subnets) < 2:
        raise wrong(
            "vpcId",
            settings.vpc_id,
            f"a VPC with private subnets in two zones{_way_out(settings)}; it has {_listed(vpc)}",
        )
    return Network(vpc, subnets[:2])


def two_private_subnets(vpc: ec2.IVpc) -> list[str]:
    """One subnet a zone, of the first two zones; MWAA takes exactly two."""
    return _one_a_zone(_zones(vpc.private_subnets or vpc.isolated_subnets))[:2]


def _refuse_missing(scope: Construct, settings: Settings) -> None:
    """The CDK's command line puts what it could not look up beside what it could, and synthesises all the same."""
    asked = f"filter.vpc-id={settings.vpc_id}:"
    for key, answer in scope.node.get_all_context().items():
        if key.startswith("vpc-provider:") and asked in key and "$providerError" in answer:
            place = ", ".join(part for part in key.split(":") if part.startswith(("account=", "region=")))
            raise wrong(
                "vpcId", settings.vpc_id, f"a VPC of {place}; AWS was asked: {answer['$providerError']}"
            )


def _refuse_subnets(vpc: ec2.IVpc, settings: Settings) -> None:
    usable, known = _usable(vpc, settings), _zones(_all(vpc))
    for subnet in settings.subnet_ids:
        if subnet not in known:
            raise _wrong_subnets(vpc, settings, f"{subnet} is not one of {settings.vpc_id}")
        if subnet not in usable:
            kind = "is public" if subnet in _zones(vpc.public_subnets) else "has no route to a NAT gateway"
            raise _wrong_subnets(vpc, settings, f"{subnet} {kind}")
    if len({usable[subnet] for subnet in settings.subnet_ids}) < 2:
        raise _wrong_subnets(vpc, settings, f"both lie in {usable[settings.subnet_ids[0]]}")


def _wrong_subnets(vpc: ec2.IVpc, settings: Settings, why: str) -> ParameterError:
    return wrong(
        "subnetIds",
        ",".join(settings.subnet_ids),
        f"two private subnets of {settings.vpc_id} in two zones{_way_out(settings)}; {why}; the VPC has {_listed(vpc)}",
    )


def _way_out(settings: Settings) -> str:
    """What a private subnet must have; whether a VPC has endpoints, a lookup does not show."""
    if settings.egress == "ENDPOINTS":
        return ""
    return (
        " with a route to a NAT gateway (or egress ENDPOINTS, if the VPC has the endpoints of docs/deploy.md)"
    )


def _usable(vpc: ec2.IVpc, settings: Settings) -> Mapping[str, str]:
    """Id to zone of the subnets that the environment may lie in."""
    isolated = vpc.isolated_subnets if settings.egress == "ENDPOINTS" else []
    return _zones([*vpc.private_subnets, *isolated])


def _one_a_zone(zones: Mapping[str, str]) -> list[str]:
    """The first subnet of each zone, in the order of the zones."""
    first: dict[str, str] = {}
    for subnet, zone in zones.items():
        first.setdefault(zone, subnet)
    return [first[zone] for zone in sorted(first)]


def _zones(subnets: list[ec2.ISubnet]) -> dict[str, str]:
    return {subnet.subnet_id: subnet.availability_zone for subnet in subnets}


def _all(vpc: ec2.IVpc) -> list[ec2.ISubnet]:
    return [*vpc.public_subnets, *vpc.private_subnets, *vpc.isolated_subnets]


def _listed(vpc: ec2.IVpc) -> str:
    """The subnets of a VPC in words."""
    kinds = (
        ("public", vpc.public_subnets),
        ("private", vpc.private_subnets),
        ("without a way out", vpc.isolated_subnets),
    )
    told = [
        f"{subnet} ({zone}, {kind})" for kind, subnets in kinds for subnet, zone in _zones(subnets).items()
    ]
    return ", ".join(told) or "no subnet"
