"""Reads the parameters out of the CDK's context, once, and refuses what cannot be built."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from re import sub
from typing import Any

from infra.parameters.contradictions import contradictions
from infra.parameters.deployment_settings import Settings
from infra.parameters.environments import chosen, each
from infra.parameters.parameter import ParameterError, wrong
from infra.parameters.parameter_table import PARAMETERS

_OF_ALL = {"environments"}


def read_context(path: Path) -> dict[str, Any]:
    """What a cdk.json says under `context`.

    Raises:
        ParameterError: the file is not there, or is not such a file.
    """
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ParameterError(f"{path} is not JSON: {error}") from error
    context = written.get("context", {}) if isinstance(written, dict) else None
    if not isinstance(context, dict):
        raise ParameterError(f'{path} has no parameters: write {{"context": {{"envName": "Lake"}}}}')
    return context


def read_settings(context: Mapping[str, Any]) -> Settings:
    """The settings that a CDK context makes; of two environments, those of the one that it chooses.

    Raises:
        ParameterError: one sentence on the first wrong value, unknown name or contradiction, also of the other environment.
    """
    _refuse_unknown(context)
    environments = each(context)
    if not environments:
        return _read(context)
    read = []
    for name, values in environments:
        try:
            _refuse_unknown(values)
            read.append(_read(values))
        except ParameterError as error:
            raise ParameterError(f"environment {name}: {error}") from error
    return chosen(context, environments, read)


def _read(context: Mapping[str, Any]) -> Settings:
    values = {
        _snake(parameter.name): parameter.value(context.get(parameter.name))
        for parameter in PARAMETERS
        if parameter.name not in _OF_ALL
    }
    least = 1 if values["environment_class"] == "mw1.micro" else 2
    low, high = values["min_webservers"], values["max_webservers"]
    values["min_webservers"] = low or min(high or least, least)
    values["max_webservers"] = high or values["min_webservers"]
    settings = Settings(**values)
    given = {name for name, value in context.items() if value not in (None, "")}
    for name, value, valid in contradictions(settings, given):
        raise wrong(name, value, valid)
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
