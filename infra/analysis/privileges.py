"""What each principal can do, computed from the templates: the list that a reviewer signs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.analysis.template import Assembly, Resource

_POLICY_TYPES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::SSO::PermissionSet", "AWS::IAM::Role")


@dataclass(frozen=True, order=True)
class Privilege:
    """One action on one resource, for one role (or policy that people get)."""

    principal: str
    effect: str
    action: str
    resource: str
    condition: str

    @property
    def wild(self) -> bool:
        """Whether action or resource is a pattern."""
        return any(mark in text for text in (self.action, self.resource) for mark in "*?")

    def __str__(self) -> str:
        when = f" if {self.condition}" if self.condition else ""
        return f"{self.principal}: {self.effect} {self.action} on {self.resource}{when}"


def privileges(assembly: Assembly) -> list[Privilege]:
    """Every privilege that the identity policies give, sorted; what resources' own policies add is not in it."""
    return sorted(
        {
            privilege
            for resource in assembly.resources(*_POLICY_TYPES)
            for privilege in _of(assembly, resource)
        }
    )


def trusts(assembly: Assembly) -> list[str]:
    """Who may become each role and by which action, one line a statement."""
    lines = []
    for role in assembly.resources("AWS::IAM::Role"):
        for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
            who = ", ".join(
                f"{kind} {_texts(assembly, value)}" for kind, value in statement["Principal"].items()
            )
            how = _texts(assembly, statement["Action"])
            lines.append(f"{role.address}: {who} by {how}{_condition(assembly, statement)}")
    return sorted(lines)


def _of(assembly: Assembly, resource: Resource) -> Iterator[Privilege]:
    for arn in resource.properties.get("ManagedPolicyArns", ()):
        yield Privilege(resource.address, "Allow", "what AWS puts into", assembly.text(arn), "")
    for document in _documents(resource):
        for principal in _principals(resource):
            for statement in document["Statement"]:
                for action in _list(statement.get("Action", "*")):  # NotAction is nearly everything
                    for target in _list(statement.get("Resource", "*")):
                        yield Privilege(
                            principal,
                            statement["Effect"],
                            action,
                            assembly.text(target),
                            _condition(assembly, statement).removeprefix(" if "),
                        )


def resource_policies(assembly: Assembly) -> list[str]:
    """What buckets, keys, topics themselves allow and deny, one line a statement."""
    lines = []
    for resource in assembly.resources():
        document = resource.properties.get("PolicyDocument", resource.properties.get("KeyPolicy"))
        if resource.type in _POLICY_TYPES or not document:
            continue
        for statement in document["Statement"]:
            who = statement["Principal"]
            names = (
                who
                if isinstance(who, str)
                else ", ".join(f"{k} {_texts(assembly, v)}" for k, v in who.items())
            )
            what = f"{_texts(assembly, statement['Action'])} on {_texts(assembly, statement['Resource'])}"
            lines.append(
                f"{resource.address}: {statement['Effect']} {names} {what}{_condition(assembly, statement)}"
            )
    return sorted(lines)


def _documents(resource: Resource) -> Iterator[Mapping[str, Any]]:
    properties = resource.properties
    if "PolicyDocument" in properties:
        yield properties["PolicyDocument"]
    if resource.type == "AWS::SSO::PermissionSet" and "InlinePolicy" in properties:
        yield properties["InlinePolicy"]
    for inline in properties.get("Policies", ()):
        yield inline["PolicyDocument"]


def _principals(resource: Resource) -> list[str]:
    """A policy's roles; what is attached by people stands under its own name."""
    roles = [role["Ref"] for role in resource.properties.get("Roles", ()) if isinstance(role, dict)]
    return [f"{resource.stack}/{role}" for role in roles] or [resource.address]


def _condition(assembly: Assembly, statement: Mapping[str, Any]) -> str:
    parts = [
        f"{key} {operator} {_texts(assembly, value)}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, value in keys.items()
    ]
    return " if " + " and ".join(parts) if parts else ""


def _texts(assembly: Assembly, value: Any) -> str:
    return " or ".join(assembly.text(item) for item in _list(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
