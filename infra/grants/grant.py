"""One way to grant: named actions on named resources; a wildcard only with a written reason beside it."""

from collections.abc import Mapping, Sequence
from re import sub
from typing import Any

from aws_cdk import Stack, Token
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.analysis.acknowledgement import acknowledge


def grant(
    role: iam.Role,
    sid: str,
    *,
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Let a role do the actions on the resources.

    `reason` explains the wildcards in `resources`. cdk-nag's findings name what they found in the template's own
    words, so it is acknowledged for just these resources.

    Raises:
        ValueError: a wildcard has no reason, or there is one in an action.
    """
    spelled = [_spelled(role, resource) for resource in resources]
    wild = [resource for resource in spelled if "*" in resource or "?" in resource]
    if any("*" in action for action in actions):
        raise ValueError(f"grant {sid}: an action must be named in full, got {', '.join(actions)}")
    if bool(wild) != bool(reason):
        raise ValueError(
            f"grant {sid}: a wildcard needs a reason, and a reason a wildcard; got {wild} and {reason!r}"
        )
    role.add_to_policy(
        iam.PolicyStatement(
            sid=sid, actions=list(actions), resources=list(resources), conditions=dict(conditions or {})
        )
    )
    if reason:
        acknowledge(
            role,
            reason,
            *[f"AwsSolutions-IAM5[Resource::{resource}]" for resource in wild if "*" in resource],
        )


def _spelled(role: iam.Role, resource: str) -> str:
    """A resource as cdk-nag prints it: references of the template as <LogicalId.Attribute>, imports by their name."""
    if not Token.is_unresolved(resource):
        return resource
    resolved = Stack.of(role).resolve(resource)
    parts = resolved["Fn::Join"][1] if "Fn::Join" in resolved else [resolved]
    return "".join(part if isinstance(part, str) else _reference(part) for part in parts)


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
