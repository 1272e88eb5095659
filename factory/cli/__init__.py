"""The command line. Each command loads what it needs when it runs, so that `--help` is there in a blink.

options       arguments and options that several commands have
of_specs      check, show and compile specs
of_writing    write files of a tree
of_platform   what the platform is told of the units
of_sources    ask a source
of_lake       ask the lake and Airflow
"""

from typing import Annotated

import typer

from factory.cli import of_lake, of_platform, of_sources, of_specs, of_writing

app = typer.Typer(
    help="Compile YAML ingestion specs into Airflow DAGs.",
    epilog="Start with `factory lint`; `factory explain ING101` explains a rule. A tutorial: docs/tutorial.md",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
unit_app = typer.Typer(help="Business units.", no_args_is_help=True)
catalog_app = typer.Typer(help="The offline catalogue of what can be read.", no_args_is_help=True)
app.add_typer(unit_app, name="unit")
app.add_typer(catalog_app, name="catalog")

for command in (
    *(of_specs.lint, of_specs.explain, of_specs.render, of_specs.plan, of_specs.show),
    *(of_writing.new, of_writing.fmt, of_writing.import_dag, of_writing.upgrade, of_writing.schema),
    *(of_platform.units, of_platform.owners),
    of_sources.preview,
    *(of_lake.verify, of_lake.parity, of_lake.site, of_lake.query, of_lake.status, of_lake.backfill),
):
    app.command()(command)
unit_app.command("new")(of_writing.unit_new)
catalog_app.command("pull")(of_sources.catalog_pull)
catalog_app.command("diff")(of_sources.catalog_diff)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - as the commands do

        from lake_ingest.version import VERSION  # noqa: PLC0415 - likewise

        typer.echo(f"factory {version('salesforce-dag-factory')}, for version {VERSION} of the runtime")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Compile YAML ingestion specs into Airflow DAGs."""
