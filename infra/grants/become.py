"""How a build of the first environment becomes a role of the second, which may be in another account: the right, and the trust."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.grants.grant import grant
from infra.grants.known_names import promoted_role_name, promoting_role_name, role_arn_at
from infra.parameters.deployment_settings import Place


def let_become(role: iam.Role, place: Place, kind: str) -> None:
    """The right to become a role of a place."""
    grant(
        role,
        "Become",
        actions=["sts:AssumeRole"],
        resources=[role_arn_at(role, place, promoted_role_name(place.env_name, kind))],
    )


def trusted(scope: Construct, place: Place, kind: str) -> iam.IPrincipal:
    """One role of a place, by its name: it need not be there yet, and a new one of the name is trusted as well."""
    arn = role_arn_at(scope, place, promoting_role_name(place.env_name, kind))
    account = iam.AccountPrincipal(place.account) if place.account else iam.AccountRootPrincipal()
    return iam.PrincipalWithConditions(account, {"ArnEquals": {"aws:PrincipalArn": arn}})
