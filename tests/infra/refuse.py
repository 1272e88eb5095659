"""Build the platform from parameters that do not go with the account, and print the sentence that each case gets."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from aws_cdk import App, Environment

from infra.app import build
from infra.business_unit import read_units
from infra.parameters.context_reader import read_settings
from infra.parameters.parameter import ParameterError
from tests.infra.sets import ACCOUNT, REGION
from tests.infra.small_platform import PLATFORM, write_sources


def refusal(context: dict[str, Any], *, located: bool) -> str:
    """The sentence, or nothing when the stacks were made."""
    env = Environment(account=ACCOUNT, region=REGION) if located else None
    units = read_units(PLATFORM / "units.json")
    with TemporaryDirectory() as folder:
        try:
            app = App(outdir=f"{folder}/out", context=context)
            settings = read_settings(context)
            build(
                app,
                settings,
                sources=write_sources(Path(folder) / "small"),
                units=units,
                bundle_folder=Path(folder),
                env=env,
            )
        except ParameterError as error:
            return str(error)
    return ""


if __name__ == "__main__":
    cases = json.load(sys.stdin)
    print(json.dumps([refusal(case["context"], located=case["located"]) for case in cases]))
