"""Two environments out of one `cdk.json`: what both share, what each says of itself, and what each must know of the other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from infra.parameters.deployment_settings import Place, Settings
from infra.parameters.parameter import wrong
from infra.parameters.parameter_table import PARAMETERS

# The pipelines are the first one's, and deploy both.
_OF_THE_FIRST = (
    "sourceProvider",
    "repositoryHost",
    "reviewTokenSecret",
    "projectRepository",
    "provisioningRepository",
    "branch",
    "requireApproval",
)

Environments = Sequence[tuple[str, Mapping[str, Any]]]


def each(context: Mapping[str, Any]) -> Environments:
    """Name and whole context of each environment, in order; none when the context describes only one.

    Raises:
        ParameterError: `environments` is not a description of two, or one is chosen among none.
    """
    [parameter] = [one for one in PARAMETERS if one.name == "environments"]
    described = parameter.value(context.get("environments"))
    if not described:
        for name in ("environment", "at"):
            if context.get(name):
                raise wrong(name, context[name], "together with environments, which describes it")
        return ()
    shared = {
        name: value for name, value in context.items() if name not in ("environments", "environment", "at")
    }
    for name, own in described:
        for inner in ("environments", "environment"):
            if inner in own:
                raise wrong(f"environments.{name}.{inner}", own[inner], "beside environments, not within")
    for name in _OF_THE_FIRST:
        if name in described[1][1]:
            raise wrong(
                f"environments.{described[1][0]}.{name}",
                described[1][1][name],
                f"a value of {described[0][0]}, whose pipelines deploy both",
            )
    return tuple((name, {**shared, **own, "environment": name}) for name, own in described)


def chosen(context: Mapping[str, Any], environments: Environments, read: Sequence[Settings]) -> Settings:
    """The settings of the environment that is meant, with what it must know of the other.

    Raises:
        ParameterError: there is none of that name, or the two would be one.
    """
    (first, _), (second, _) = environments
    name = context.get("environment") or first
    if name not in (first, second):
        raise wrong("environment", name, f"{first} or {second}, the two that environments describes")
    one, other = read
    if (one.at is None) != (other.at is None):
        raise wrong("at", one.at or other.at, "given for both environments or for neither")
    same_account = one.at is None or other.at is None or one.at[0] == other.at[0]
    if same_account and _in_names(one) == _in_names(other):
        raise wrong(
            "envName",
            other.env_name,
            f"another name for {second} than for {first}, which is in the same account, in more than case and _ for -",
        )
    for mine, (name_of_other, others) in ((one, (second, other)), (other, (first, one))):
        for parameter, meant in (("lakeOf", mine.lake_of), ("successor", mine.successor)):
            if meant == others.env_name and mine.at != others.at:
                valid = f"an environment of the same account and Region, which {name_of_other} is not"
                raise wrong(parameter, meant, valid)
    return (
        replace(one, promotes_to=_place(second, other))
        if name == first
        else replace(other, promoted_from=_place(first, one))
    )


def _in_names(settings: Settings) -> str:
    """What the names of stacks and buckets take of an environment's name."""
    return settings.env_name.replace("_", "-").lower()


def _place(name: str, settings: Settings) -> Place:
    account, region = settings.at or (None, None)
    return Place(name, settings.env_name, settings.airflow_version, account, region)
