"""The platform's stacks, in the order in which they are deployed."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import App, Environment

from infra.analysis.plugin import AnalysisError, synthesise
from infra.business_unit import Unit, UnitError, compile_units, read_units
from infra.delivery.delivery_pipeline import Pipeline
from infra.feature_flags import FEATURE_FLAGS
from infra.parameters.context_reader import read_settings
from infra.parameters.contradictions import elsewhere
from infra.parameters.deployment_settings import Settings
from infra.parameters.parameter import ParameterError, wrong
from infra.resources.code_bundle import CodeSources, write_bundle
from infra.stacks.access_stack import AccessStack
from infra.stacks.catalogue_stack import CatalogueStack
from infra.stacks.data_stack import DataStack
from infra.stacks.environment_stack import EnvironmentStack
from infra.stacks.network_stack import NetworkStack
from infra.stacks.notices_stack import NoticesStack
from infra.stacks.observability_stack import ObservabilityStack
from infra.stacks.project_pipeline_stack import ProjectPipelineStack
from infra.stacks.promotion_stack import PromotionStack
from infra.stacks.provisioning_pipeline_stack import ProvisioningPipelineStack
from infra.stacks.readers_stack import ReadersStack
from infra.wheels.download import fetch_missing
from infra.wheels.lock import read_lock
from infra.wheels.wheel_folder import WheelsError

ROOT = Path(__file__).parents[1]


def build(
    app: App,
    settings: Settings,
    *,
    sources: CodeSources,
    units: Sequence[Unit],
    bundle_folder: Path,
    env: Environment | None = None,
) -> None:
    """Put every stack into the app, or in the account that manages Identity Center that of access alone.

    Raises:
        ParameterError: the parameters do not go with the account, its networks or the units.
        WheelsError: the wheels are not there, or not those of the lock.
    """
    _refuse_elsewhere(settings, env)
    if _manages_identity_center(settings, env):
        AccessStack(app, "access", settings=settings, env=env)
        return
    bundle = write_bundle(sources, bundle_folder, settings.airflow_version)
    network = (
        None
        if settings.vpc_id
        else NetworkStack(app, "network", settings=settings, units=units, env=env).network
    )
    environment = EnvironmentStack(
        app, "environment", settings=settings, network=network, units=units, bundle=bundle, env=env
    )
    pipelines = _deliver(app, settings, environment, env)
    if not settings.lake_of:
        data = DataStack(app, "data", settings=settings, units=units, environment=environment, env=env)
        ReadersStack(app, "readers", settings=settings, units=units, data=data, env=env)
        NoticesStack(app, "notices", settings=settings, units=units, data=data, env=env)
        for project in pipelines[:1]:
            CatalogueStack(
                app, "catalogue", settings=settings, units=units, data=data, pipeline=project, env=env
            )
    if not settings.identity_center_account:
        AccessStack(app, "access", settings=settings, env=env)
    ObservabilityStack(
        app,
        "observability",
        settings=settings,
        environment=environment,
        pipelines=pipelines,
        env=env,
    )


def _deliver(
    app: App, settings: Settings, environment: EnvironmentStack, env: Environment | None
) -> list[Pipeline]:
    """The two pipelines; in an environment that is promoted to, what those of the first need there."""
    if settings.promoted_from:
        home = settings.promoted_from
        PromotionStack(app, "promotion", settings=settings, home=home, environment=environment, env=env)
        return []
    stacks = (
        ProjectPipelineStack(app, "project-pipeline", settings=settings, environment=environment, env=env),
        ProvisioningPipelineStack(
            app, "provisioning-pipeline", settings=settings, environment=environment, env=env
        ),
    )
    return [stack.pipeline for stack in stacks]


def main() -> int:
    """Synthesise into the folder that the CDK CLI names; 1 with one sentence on a wrong parameter or a finding."""
    app = App(context=dict(FEATURE_FLAGS))
    try:
        settings = read_settings(app.node.get_all_context())
        _refuse_another_environment(settings, os.environ)
        env, sources = _place(settings, os.environ), CodeSources.of(ROOT)
        if not _manages_identity_center(settings, env):
            _fetch_wheels(sources, settings.airflow_version)
        with TemporaryDirectory() as folder:
            units = read_units(compile_units(ROOT, Path(folder) / "units.json", settings.environment))
            build(app, settings, sources=sources, units=units, bundle_folder=Path(folder), env=env)
            synthesise(app)
    except (ParameterError, UnitError, WheelsError, AnalysisError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _refuse_elsewhere(settings: Settings, env: Environment | None) -> None:
    if env is None or env.account is None or env.region is None:
        if settings.vpc_id:
            raise wrong(
                "vpcId",
                settings.vpc_id,
                "with credentials and the AWS_REGION of the account that it lies in, because it is looked up there",
            )
        return
    for name, value, valid in elsewhere(settings, env.account, env.region):
        raise wrong(name, value, valid)


def _refuse_another_environment(settings: Settings, environ: Mapping[str, str]) -> None:
    """The pipeline says which environment is its own: no commit makes a second one, or the first one again.

    Raises:
        ParameterError: the parameters name another.
    """
    own = environ.get("PIPELINE_ENV_NAME", settings.env_name)
    if settings.env_name != own:
        raise wrong(
            "envName",
            settings.env_name,
            f"{own!r}, the environment that this pipeline deploys (put it into infra/cdk.json; another environment is "
            "deployed from a shell, and gets a pipeline of its own)",
        )


def _manages_identity_center(settings: Settings, env: Environment | None) -> bool:
    """Whether the credentials are of the account that gets stack access and nothing else."""
    return env is not None and env.account is not None and env.account == settings.identity_center_account


def _fetch_wheels(sources: CodeSources, airflow_version: str) -> None:
    """Of what is there already nothing is fetched again."""
    lock = read_lock(sources.lock(airflow_version))
    fetch_missing(lock, sources.wheels_for(airflow_version), _say)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _place(settings: Settings, environ: Mapping[str, str]) -> Environment | None:
    """Where the stacks go: where the parameters say, or where the caller's credentials lead."""
    if settings.at:
        account, region = settings.at
        return Environment(account=account, region=region)
    return _account(environ)


def _account(environ: Mapping[str, str]) -> Environment | None:
    """The account and region of the caller's credentials, which the CDK CLI passes on; none without credentials."""
    account, region = environ.get("CDK_DEFAULT_ACCOUNT"), environ.get("CDK_DEFAULT_REGION")
    return Environment(account=account, region=region) if account and region else None


if __name__ == "__main__":
    sys.exit(main())
