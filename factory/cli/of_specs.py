"""Commands that check, show and compile specs."""

# ruff: noqa: PLC0415 - each command loads what it needs when it runs

import sys
from pathlib import Path
from typing import Annotated

import typer

from factory import completion
from factory.cli.options import CONFIGS, At, InEnvironment, Paths, SpecPath, Tree, pointed
from factory.tree import nearest

_STDIN = Path("-")


def lint(
    paths: Paths = None,
    output_format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            help="full, concise, json, junit, sarif, github or codecommit.",
            autocompletion=completion.report_formats,
        ),
    ] = "full",
    explain_runs: Annotated[
        bool, typer.Option("--explain", help="Print when each spec runs next, and which dates it reads.")
    ] = False,
    at: At = None,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Correct what means the same for everybody, in the files themselves."),
    ] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="Also write what was probably meant; read the diff.")
    ] = False,
    name: Annotated[
        Path, typer.Option("--as", help="Of `lint -`: the file that the text on standard input is for.")
    ] = Path("standard_input.yaml"),
) -> None:
    """Check specs: every problem at once, each with its line and its cure. `-` checks standard input."""
    from factory.commands.lint import run, run_text

    fixing = fix or unsafe_fixes
    if paths == [_STDIN]:
        raise typer.Exit(run_text(sys.stdin.buffer.read(), nearest.spec(name), output_format))
    raise typer.Exit(
        run(pointed(paths), output_format, at, explain=explain_runs, fix=fixing, unsafe=unsafe_fixes)
    )


def explain(
    rule: Annotated[
        str | None,
        typer.Argument(
            help="Its id or name, or a key; without one, all are listed.", autocompletion=completion.rules
        ),
    ] = None,
) -> None:
    """Explain a rule, with an example of wrong and right."""
    from factory.commands.explain import run

    raise typer.Exit(run(rule))


def render(
    configs: Tree = CONFIGS,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")] = Path("build/dags"),
    environment: InEnvironment = None,
) -> None:
    """Compile all specs into DAGs; with any error nothing is written."""
    from factory.commands.render import run

    raise typer.Exit(run(configs, out, environment))


def plan(
    configs: Tree = CONFIGS,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            "-a",
            help="What to compare with: a Git revision, a tree of configs, or compiled DAGs.",
        ),
    ] = "HEAD",
    output_format: Annotated[
        str,
        typer.Option(
            "--format", "-f", help="text, markdown or json.", autocompletion=completion.plan_formats
        ),
    ] = "text",
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="End with 2 where there are changes.")
    ] = False,
    allow_destructive: Annotated[
        bool, typer.Option("--allow-destructive", help="Do not end with 1 for destructive changes.")
    ] = False,
    at: At = None,
    environment: InEnvironment = None,
) -> None:
    """Show what merging does: DAGs, schedules, fields, paths, API calls."""
    from factory.commands.plan import run

    raise typer.Exit(
        run(
            configs,
            against,
            output_format,
            at,
            environment,
            detailed_exitcode=detailed_exitcode,
            allow_destructive=allow_destructive,
        )
    )


def show(
    spec: SpecPath,
    compiled: Annotated[bool, typer.Option("--compiled", help="The compiled DAG instead.")] = False,
    at: At = None,
    environment: InEnvironment = None,
) -> None:
    """Print the effective spec, which layer set each value, and the dates of the next run."""
    from factory.commands.show import run

    raise typer.Exit(run(spec, at, environment, compiled=compiled))
