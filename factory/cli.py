"""The commands and their options. Each loads what it needs when it runs, so that `--help` is there in a blink."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Compile YAML ingestion specs into Airflow DAGs.",
    epilog="Start with `factory lint`; `factory explain ING101` teaches a rule. Docs: docs/tutorial.md",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Paths = Annotated[
    list[Path] | None, typer.Argument(help="Files, units or the tree of configs.", show_default="configs")
]


@app.command()
def lint(
    paths: Paths = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", help="full, concise, json, junit, sarif, github or codecommit.")
    ] = "full",
) -> None:
    """Check specs: every problem at once, each with its line and its cure."""
    from factory.commands.lint import run  # noqa: PLC0415

    raise typer.Exit(run(paths or [Path("configs")], output_format))


@app.command()
def render(
    configs: Annotated[Path, typer.Argument(help="The tree of configs.")] = Path("configs"),
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")] = Path("build/dags"),
) -> None:
    """Compile all specs into DAGs; with any error nothing is written."""
    from factory.commands.render import run  # noqa: PLC0415

    raise typer.Exit(run(configs, out))
