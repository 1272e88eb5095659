"""One way to grant: named actions on named resources; a wildcard only with a written reason beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from re import sub
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.analysis.acknowledgement import acknowledge

_TOKEN = "${Token["  # how the CDK writes, in a text, what is known when it synthesises
# By construct, since each question to the CDK is one to another process, and a resource is asked about more than once.
_spelled: WeakKeyDictionary[Construct, dict[str, str]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Grant:
    """Named actions on named resources.

    `reason` explains the wildcards in `resources`. cdk-nag's findings name what they found in the template's own
    words, so it is acknowledged for just these resources.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None

    def statement(self) -> iam.PolicyStatement:
        """As a policy holds it."""
        return iam.PolicyStatement(
            sid=self.sid,
            actions=list(self.actions),
            resources=list(self.resources),
            conditions=dict(self.conditions),
        )

    def check(self, scope: Construct) -> None:
        """Refuse what nobody could review.

        Raises:
            ValueError: a wildcard has no reason, or there is one in an action.
        """
        wild = [resource for resource in self.resources if _is_wild(spelled(scope, resource))]
        if any("*" in action for action in self.actions):
            raise ValueError(
                f"grant {self.sid}: an action must be named in full, got {', '.join(self.actions)}"
            )
        if bool(wild) != bool(self.reason):
            raise ValueError(
                f"grant {self.sid}: a wildcard needs a reason, and a reason a wildcard; got {wild} and {self.reason!r}"
            )

    def acknowledge(self, policy: Construct) -> None:
        """Write the reason where an analysis would flag the wildcards."""
        if self.reason:
            names = [spelled(policy, resource) for resource in self.resources]
            rules = [f"AwsSolutions-IAM5[Resource::{name}]" for name in names if "*" in name]
            acknowledge(policy, self.reason, *rules)


def grant(
    role: iam.Role,
    sid: str,
    *,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Let a role do the actions on the resources, in its own policy.

    Raises:
        ValueError: a wildcard has no reason, or there is one in an action.
    """
    given = Grant(sid, actions, resources, conditions or {}, reason)
    given.check(role)
    role.add_to_policy(given.statement())
    given.acknowledge(role)


def _is_wild(resource: str) -> bool:
    return "*" in resource or "?" in resource


def spelled(scope: Construct, resource: str) -> str:
    """A resource as cdk-nag prints it: references of the template as <LogicalId.Attribute>, imports by their name."""
    if _TOKEN not in resource:
        return resource
    spelled_before = _spelled.setdefault(scope, {})
    if resource not in spelled_before:
        resolved = Stack.of(scope).resolve(resource)
        parts = resolved["Fn::Join"][1] if "Fn::Join" in resolved else [resolved]
        spelled_before[resource] = "".join(
            part if isinstance(part, str) else _reference(part) for part in parts
        )
    return spelled_before[resource]


def _reference(part: Mapping[str, Any]) -> str:
    [(kind, target)] = part.items()
    if kind == "Fn::GetAtt":
        return f"<{target[0]}.{target[1]}>"
    if kind == "Fn::Sub":
        return sub(r"\$\{([^}]+)\}", r"<\1>", target)
    return str(target) if kind == "Fn::ImportValue" else f"<{target}>"


def service_of_this_account(scope: Construct, service: str) -> iam.ServicePrincipal:
    """A service of AWS, acting for this account and for nobody else's: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html."""
    own = {"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
    return iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=own)
