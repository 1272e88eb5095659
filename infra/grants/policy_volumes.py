"""Grants that grow with the units: a role gets them in as many managed policies as their size asks for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aws_cdk import aws_iam as iam

from infra.analysis.quota_rules import MANAGED_POLICY_SIZE, longest
from infra.grants.grant import Grant, spelled

# What stands around the resources of a volume: its version, and each statement's name, effect and actions.
_FRAME, _STATEMENT = 60, 120


def grant_in_volumes(role: iam.Role, name: str, grants: Sequence[Grant]) -> None:
    """Let a role do what the grants say, in managed policies `<name>1`, `<name>2`, … of the size that IAM takes.

    Raises:
        ValueError: a wildcard has no reason, or there is one in an action.
    """
    for given in grants:
        given.check(role)
    for number, volume in enumerate(_volumes(role, grants), 1):
        policy = iam.ManagedPolicy(
            role,
            f"{name}{number}",
            roles=[role],
            statements=[given.statement() for given in volume],
        )
        for given in volume:
            given.acknowledge(policy)


def _volumes(role: iam.Role, grants: Sequence[Grant]) -> Iterator[list[Grant]]:
    """The grants with their resources dealt out, in order."""
    volume: list[Grant] = []
    most = MANAGED_POLICY_SIZE - _FRAME - _STATEMENT * len(grants)
    room = most
    for given in grants:
        part: list[str] = []
        for resource in given.resources:
            size = longest(spelled(role, resource)) + len('"",')
            if size > room:
                if part:
                    volume.append(replace(given, resources=tuple(part)))
                yield volume
                volume, part, room = [], [], most
            part.append(resource)
            room -= size
        if part:
            volume.append(replace(given, resources=tuple(part)))
    if volume:
        yield volume
