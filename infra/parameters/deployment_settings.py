"""The parameters of the platform, read once from the CDK context into a frozen value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from re import sub
from typing import Any

from infra.parameters.parameter import ParameterError
from infra.parameters.parameter_table import PARAMETERS


@dataclass(frozen=True)
class Settings:
    """Every parameter's value, under its name in Python's spelling; see `PARAMETERS` for what they mean."""

    vpc_id: str | None
    cidr: str
    subnet_ids: tuple[str, ...]
    egress: str
    env_name: str
    env_tags: tuple[tuple[str, str], ...]
    environment_class: str
    airflow_version: str
    min_workers: int
    max_workers: int
    min_webservers: int
    max_webservers: int
    webserver_access_mode: str
    secrets_backend: str
    source_provider: str
    repository_host: str
    review_token_secret: str | None
    project_repository: str
    provisioning_repository: str
    branch: str
    identity_center_instance_arn: str | None
    identity_center_groups: tuple[tuple[str, str], ...]
    kms_key_arn: str | None
    alarm_email: str | None
    require_approval: bool
    empty_on_destroy: bool

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> "Settings":
        """Read the parameters out of a CDK context.

        Raises:
            ParameterError: one sentence on the first wrong value, unknown name or contradiction.
        """
        _refuse_unknown(context)
        values = {
            _snake(parameter.name): parameter.value(context.get(parameter.name)) for parameter in PARAMETERS
        }
        if values["min_webservers"] is None:
            values["min_webservers"] = 1 if values["environment_class"] == "mw1.micro" else 2
        if values["max_webservers"] is None:
            values["max_webservers"] = values["min_webservers"]
        settings = cls(**values)
        _refuse_contradictions(settings)
        return settings


def _snake(name: str) -> str:
    return sub(r"([A-Z])", r"_\1", name).lower()


def _refuse_unknown(context: Mapping[str, Any]) -> None:
    """Context keys of the CDK itself carry a colon, a slash or are `aws-cdk…`; any other must be a parameter."""
    known = [parameter.name for parameter in PARAMETERS]
    for name in context:
        if (
            name not in known
            and not any(mark in name for mark in ":/@")
            and not name.startswith(("cli-", "aws-cdk"))
        ):
            close = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]}?" if close else f"valid: {', '.join(known)}"
            raise ParameterError(f"parameter {name}: there is none of this name; {hint}")


def _refuse_contradictions(settings: Settings) -> None:
    for name, given, valid in (*_size_contradictions(settings), *_place_contradictions(settings)):
        raise ParameterError(f"parameter {name}: got {given!r}; valid: {valid}")


def _size_contradictions(settings: Settings) -> Iterator[tuple[str, object, str]]:
    """Name, value and what is valid of a parameter that does not go with the others."""
    low, high = settings.min_webservers, settings.max_webservers
    if settings.min_workers > settings.max_workers:
        yield "minWorkers", settings.min_workers, f"at most maxWorkers, which is {settings.max_workers}"
    if low > high:
        yield "minWebservers", low, f"at most maxWebservers, which is {high}"
    if settings.environment_class == "mw1.micro":
        if settings.max_workers != 1:
            yield "maxWorkers", settings.max_workers, "1 with environmentClass mw1.micro"
        if high != 1:
            yield "maxWebservers", high, "1 with environmentClass mw1.micro"
    elif low < 2:
        yield "minWebservers", low, f"from 2 to 5 with environmentClass {settings.environment_class}"


def _place_contradictions(settings: Settings) -> Iterator[tuple[str, object, str]]:
    if settings.subnet_ids and not settings.vpc_id:
        yield "subnetIds", ",".join(settings.subnet_ids), "together with vpcId, the VPC that they lie in"
    if len(settings.subnet_ids) not in (0, 2):
        yield "subnetIds", ",".join(settings.subnet_ids), "exactly two subnets, in two zones"
    if settings.source_provider != "CodeCommit":
        for name, given in (
            ("projectRepository", settings.project_repository),
            ("provisioningRepository", settings.provisioning_repository),
        ):
            if "/" not in given:
                yield name, given, "owner/name when sourceProvider is a connection"
    if settings.identity_center_groups and not settings.identity_center_instance_arn:
        yield (
            "identityCenterGroups",
            dict(settings.identity_center_groups),
            "together with identityCenterInstanceArn",
        )
