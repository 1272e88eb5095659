"""Synthesise every parameter set into a folder each, in one process: starting the CDK's Node costs more than using it."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from aws_cdk import App, Environment

from infra.analysis.plugin import synthesise
from infra.app import ROOT, build
from infra.business_unit import Unit, compile_units, read_units
from infra.feature_flags import FEATURE_FLAGS
from infra.parameters.context_reader import read_settings
from infra.resources.code_bundle import CodeSources
from tests.infra.sets import (
    ACCOUNT,
    MANAGED_ELSEWHERE,
    MANAGEMENT,
    OTHER_ACCOUNT,
    REGION,
    SETS,
    TWO,
    ParameterSet,
)
from tests.infra.small_platform import PLATFORM, write_sources


def synthesise_set(parameters: ParameterSet, out: Path, sources: CodeSources, units: Sequence[Unit]) -> None:
    """Write the assembly of one parameter set to out/<name>, and its bundle to out/<name>.bundle."""
    context = dict(FEATURE_FLAGS) | parameters.parameters
    app = App(outdir=str(out / parameters.name), context=context)
    env = Environment(account=parameters.account, region=parameters.region) if parameters.located else None
    build(
        app,
        read_settings(context),
        sources=sources,
        units=units,
        bundle_folder=out / f"{parameters.name}.bundle",
        env=env,
    )
    synthesise(app)


MANAGEMENT_ACCOUNT = ParameterSet(
    "management", MANAGED_ELSEWHERE, located=True, account=MANAGEMENT, region="us-east-1"
)
_ZONES = {
    f"availability-zones:account={account}:region={REGION}": [f"{REGION}{letter}" for letter in "abc"]
    for account in (ACCOUNT, OTHER_ACCOUNT)
}
ENVIRONMENTS = (
    ParameterSet("dev", {**TWO, **_ZONES}, located=True),
    ParameterSet("prod", {**TWO, **_ZONES, "environment": "prod"}, located=True, account=OTHER_ACCOUNT),
)
HUNDRED = ParameterSet("hundred", {"secretsBackend": "SecretsManager"})


def many_units(count: int) -> list[Unit]:
    """Units with four secrets each."""
    names = [f"business_unit_{number:03}" for number in range(count)]
    return [
        Unit(
            name,
            name,
            (None,),
            f"landing/{name}",
            f"aws_{name}",
            (f"aws_{name}", f"protect_key_{name}", f"salesforce_{name}", f"salesforce_{name}_oauth"),
            contact=f"{name}@example.com",
        )
        for name in names
    ]


def main(out: Path) -> None:
    """All sets on the small platform beside this file, the defaults once more, and other units: careless ones, our own."""
    units = read_units(PLATFORM / "units.json")
    small = write_sources(out / "small.bundle")
    for parameters in SETS:
        synthesise_set(parameters, out, small, units)
    synthesise_set(ParameterSet("defaults-again"), out, small, units)
    careless = [replace(unit, aws_connection="aws_finance") for unit in units]
    synthesise_set(ParameterSet("shared"), out, small, careless)
    synthesise_set(HUNDRED, out, small, many_units(100))
    for parameters in (MANAGEMENT_ACCOUNT, *ENVIRONMENTS):
        synthesise_set(parameters, out, small, units)
    own = read_units(compile_units(ROOT, out / "units.json"))
    synthesise_set(ParameterSet("repository"), out, replace(small, plugins=ROOT / "plugins"), own)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
