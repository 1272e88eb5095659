"""Commands that ask the lake what was published, or Airflow for more."""

# ruff: noqa: PLC0415 - each command loads what it needs when it runs

import sys
from pathlib import Path
from typing import Annotated

import typer

from factory.cli.options import (
    CONFIGS,
    AnswerFormat,
    At,
    Configs,
    InEnvironment,
    LakeBucket,
    S3Endpoint,
    SpecPath,
    Tree,
)


def verify(
    url: Annotated[str, typer.Argument(help="s3://bucket/…, a _manifest.json or a prefix.")],
    endpoint_url: S3Endpoint = None,
) -> None:
    """Read publications again and compare them with their manifests: size, checksum, rows."""
    from factory.online.verify import run

    raise typer.Exit(run(url, endpoint_url))


def parity(
    old: Annotated[str, typer.Argument(help="s3://bucket/…, a file or a prefix that the old DAG wrote to.")],
    spec: SpecPath,
    bucket: LakeBucket = None,
    endpoint_url: S3Endpoint = None,
    environment: InEnvironment = None,
    old_null: Annotated[
        list[str] | None,
        typer.Option(
            "--old-null",
            help="A text that stands for a null in old csv files, such as NULL; may be repeated.",
        ),
    ] = None,
) -> None:
    """Hold what a spec published last against what an old DAG left in S3: rows, columns, sums; ends with 1 where they differ."""
    from factory.online.parity import run

    raise typer.Exit(run(old, spec, bucket, endpoint_url, environment, tuple(old_null or ())))


def site(
    configs: Tree = Path("configs"),
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")] = Path("build/site"),
    lake: Annotated[
        str | None,
        typer.Option("--lake", help="The platform's bucket, whose manifests are read; else none is."),
    ] = None,
    runs: Annotated[
        int, typer.Option("--runs", min=1, max=200, help="Publications of each dataset to show.")
    ] = 30,
    endpoint_url: S3Endpoint = None,
    at: At = None,
    environment: InEnvironment = None,
) -> None:
    """Write the catalogue of all datasets as a static site: owners, columns, protection, freshness, search."""
    from factory.online.site import run

    raise typer.Exit(run(configs, out, lake, runs, endpoint_url, at, environment))


def query(
    sql: Annotated[str, typer.Argument(help='One SELECT: "SELECT * FROM finance.product".')],
    workgroup: Annotated[
        str | None,
        typer.Option(
            "--workgroup",
            "-w",
            help="Ask Athena in this workgroup; without it, DuckDB reads the lake on this machine.",
            envvar="ATHENA_WORKGROUP",
        ),
    ] = None,
    bucket: LakeBucket = None,
    endpoint_url: Annotated[
        str | None,
        typer.Option("--endpoint-url", help="Of a Glue and S3 other than AWS's.", envvar="AWS_ENDPOINT_URL"),
    ] = None,
    output_format: AnswerFormat = None,
    configs: Configs = CONFIGS,
    environment: InEnvironment = None,
) -> None:
    """Ask the lake's tables, and datasets that are none, by SQL."""
    from factory.online.query import Lake, run

    usual = "table" if sys.stdout.isatty() else "csv"
    lake = Lake(endpoint_url, bucket, configs, environment)
    raise typer.Exit(run(sql, workgroup, output_format or usual, lake))


def status(
    unit: Annotated[str | None, typer.Option("--unit", "-u", help="Of one unit alone.")] = None,
    bucket: LakeBucket = None,
    at: At = None,
    endpoint_url: S3Endpoint = None,
    output_format: AnswerFormat = None,
    configs: Configs = CONFIGS,
    environment: InEnvironment = None,
) -> None:
    """Show every dataset's last publication against its schedule, and what holds the next one up; ends with 1 where one is due."""
    from factory.online.status import run

    usual = "table" if sys.stdout.isatty() else "csv"
    raise typer.Exit(run(configs, unit, bucket, endpoint_url, output_format or usual, environment, at))


def backfill(
    path: SpecPath,
    first: Annotated[str, typer.Option("--from", help="A date in the spec's zone, or the moment of a run.")],
    until: Annotated[str, typer.Option("--to", help="Likewise; the first that is not run any more.")],
    mwaa: Annotated[
        str | None,
        typer.Option("--mwaa", help="The MWAA environment that runs them.", envvar="MWAA_ENVIRONMENT"),
    ] = None,
    airflow: Annotated[
        str | None,
        typer.Option(
            "--airflow",
            help="The address of another Airflow; AIRFLOW_USER and AIRFLOW_PASSWORD sign in.",
            envvar="AIRFLOW_URL",
        ),
    ] = None,
    bucket: LakeBucket = None,
    endpoint_url: S3Endpoint = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the forecast only; asks no Airflow.")
    ] = False,
    wait: Annotated[
        bool,
        typer.Option("--wait/--no-wait", help="Stay until all is published, or begin what may begin now."),
    ] = True,
    environment: InEnvironment = None,
) -> None:
    """Run a spec's former dates that are not published yet, within the unit's budget; call again to go on."""
    from factory.online.backfill import Where, run

    where = Where(bucket, endpoint_url, mwaa, airflow, environment)
    raise typer.Exit(run(path, first, until, where, dry_run=dry_run, wait=wait))
