"""Synthesise every parameter set into a folder each, in one process: starting the CDK's Node costs more than using it."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from aws_cdk import App, Environment

from infra.analysis.plugin import synthesise
from infra.app import ROOT, build
from infra.feature_flags import FEATURE_FLAGS
from infra.parameters.deployment_settings import Settings
from tests.infra.sets import ACCOUNT, REGION, SETS, ParameterSet

PLATFORM = Path(__file__).parent / "platform"


def synthesise_set(parameters: ParameterSet, out: Path, root: Path) -> None:
    """Write the assembly of one parameter set to out/<name>, and its bundle to out/<name>.bundle."""
    context = dict(FEATURE_FLAGS) | parameters.parameters
    app = App(outdir=str(out / parameters.name), context=context)
    env = Environment(account=ACCOUNT, region=REGION) if parameters.located else None
    build(
        app,
        Settings.from_context(context),
        root=root,
        bundle_folder=out / f"{parameters.name}.bundle",
        env=env,
    )
    synthesise(app)


def main(out: Path) -> None:
    """All sets on the small platform beside this file, the defaults once more, and other units: careless ones, our own."""
    for parameters in SETS:
        synthesise_set(parameters, out, PLATFORM)
    synthesise_set(ParameterSet("defaults-again"), out, PLATFORM)
    with TemporaryDirectory() as folder:
        synthesise_set(ParameterSet("shared"), out, _with_one_aws_connection(Path(folder) / "platform"))
    synthesise_set(ParameterSet("repository"), out, ROOT)


def _with_one_aws_connection(root: Path) -> Path:
    """The small platform, had its units been given the same AWS connection."""
    shutil.copytree(PLATFORM, root)
    sales = root / "configs" / "sales" / "unit.yaml"
    sales.write_text(sales.read_text().replace("aws_sales", "aws_finance"))
    return root


if __name__ == "__main__":
    main(Path(sys.argv[1]))
