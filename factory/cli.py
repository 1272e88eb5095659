"""The commands and their options. Each loads what it needs when it runs, so that `--help` is there in a blink."""

# ruff: noqa: PLC0415 - that is what the imports inside the functions are for

import sys
from pathlib import Path
from typing import Annotated

import typer

from factory import completion
from factory.tree import nearest

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

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Files, units, DAG ids or the tree of configs.",
        show_default="configs",
        autocompletion=completion.paths,
    ),
]
Configs = Annotated[
    Path,
    typer.Option("--configs", help="The tree of configs; without it, the nearest.", callback=nearest.tree),
]
Tree = Annotated[
    Path, typer.Argument(help="The tree of configs; without it, the nearest.", callback=nearest.tree)
]
SpecPath = Annotated[
    Path,
    typer.Argument(
        help="A spec's file, or its DAG's id.",
        metavar="SPEC",
        callback=nearest.spec,
        autocompletion=completion.paths,
    ),
]
Connection = Annotated[
    str,
    typer.Option(
        "--connection", "-c", help="An Airflow connection id, looked up as AIRFLOW_CONN_<ID>, or a URI."
    ),
]
SourceOption = Annotated[
    str | None,
    typer.Option("--source", help="The kind of source; without it, that of the unit's connections."),
]
At = Annotated[
    str | None,
    typer.Option("--at", help="A date, or a date-time with its zone, to look from.", show_default="now"),
]
AnswerFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        help="table, csv, json (an object a line) or parquet.",
        show_default="table at a terminal, csv into a file or pipe",
        autocompletion=completion.answer_formats,
    ),
]
LakeBucket = Annotated[
    str | None,
    typer.Option(
        "--bucket", help="The lake, where the specs leave it to Airflow's Variables.", envvar="LAKE_BUCKET"
    ),
]
S3Endpoint = Annotated[
    str | None,
    typer.Option("--endpoint-url", help="Of an S3 other than AWS's.", envvar="AWS_ENDPOINT_URL_S3"),
]
InEnvironment = Annotated[
    str | None,
    typer.Option(
        "--environment",
        "-e",
        help="One of the group's `environments`.",
        envvar="FACTORY_ENVIRONMENT",
        autocompletion=completion.environments,
    ),
]
_CONFIGS = nearest.DEFAULT
_STDIN = Path("-")


def _pointed(paths: list[Path] | None) -> list[Path]:
    return [nearest.spec(path) for path in paths] if paths else [nearest.tree(_CONFIGS)]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from lake_ingest.version import VERSION

        typer.echo(f"factory {version('salesforce-dag-factory')}, for version {VERSION} of the runtime")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Compile YAML ingestion specs into Airflow DAGs."""


@app.command()
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
        run(_pointed(paths), output_format, at, explain=explain_runs, fix=fixing, unsafe=unsafe_fixes)
    )


@app.command()
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


@app.command()
def render(
    configs: Tree = _CONFIGS,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.")] = Path("build/dags"),
    environment: InEnvironment = None,
) -> None:
    """Compile all specs into DAGs; with any error nothing is written."""
    from factory.commands.render import run

    raise typer.Exit(run(configs, out, environment))


@app.command()
def plan(
    configs: Tree = _CONFIGS,
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


@app.command()
def show(
    spec: SpecPath,
    compiled: Annotated[bool, typer.Option("--compiled", help="The compiled DAG instead.")] = False,
    at: At = None,
    environment: InEnvironment = None,
) -> None:
    """Print the effective spec, which layer set each value, and the dates of the next run."""
    from factory.commands.show import run

    raise typer.Exit(run(spec, at, environment, compiled=compiled))


@app.command()
def new(
    unit: Annotated[str, typer.Argument(help="The unit's folder.", autocompletion=completion.units)],
    object_name: Annotated[
        str, typer.Argument(metavar="OBJECT", help="The object to read.", autocompletion=completion.objects)
    ],
    name: Annotated[
        str | None, typer.Option(help="The spec's name; without it, made from the object's.")
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(
            help="Comma-separated; without it, those of the catalogue without free text and personal data."
        ),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            help="full, incremental, 'last month', or a length such as '6 months'.",
            autocompletion=completion.windows,
        ),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(help="A preset, a cron expression, or 'none'.", autocompletion=completion.schedules),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format", help="csv, json, ndjson or parquet.", autocompletion=completion.file_formats
        ),
    ] = None,
    description: Annotated[str | None, typer.Option(help="What the data is for.")] = None,
    source: SourceOption = None,
    ask: Annotated[
        bool | None,
        typer.Option("--ask/--no-ask", help="Ask for what no option says.", show_default="at a terminal"),
    ] = None,
    configs: Configs = _CONFIGS,
) -> None:
    """Write a valid, commented spec from the catalogue, asking or by options."""
    from factory.commands.new import Answers, run

    answers = Answers(name, fields, window, schedule, output_format, description, source)
    raise typer.Exit(run(configs, unit, object_name, answers, ask=ask))


@app.command()
def fmt(
    paths: Paths = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; end with 1 where something would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Like --check, and show what would change.")] = False,
) -> None:
    """Write specs in the usual form; comments are kept."""
    from factory.commands.fmt import run

    raise typer.Exit(run(_pointed(paths), check=check, diff=diff))


@app.command("import-dag")
def import_dag(
    file: Annotated[
        Path,
        typer.Argument(
            help="A Python DAG that uses SalesforceToS3Operator, SqlToS3Operator, DynamoDBToS3Operator or RedshiftToS3Operator; it is read, never run."
        ),
    ],
    unit: Annotated[
        str, typer.Option(help="The unit that the specs are for.", autocompletion=completion.units)
    ],
    configs: Configs = _CONFIGS,
) -> None:
    """Turn a hand-written DAG into specs of a unit, and report what could not be carried over."""
    from factory.commands.import_dag import run

    raise typer.Exit(run(file, unit, configs))


@app.command()
def units(
    configs: Tree = _CONFIGS,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; else it is printed.")
    ] = None,
    environment: InEnvironment = None,
) -> None:
    """Write what the platform has to know of the units, as JSON: where each may write, its connections."""
    from factory.commands.units import run

    raise typer.Exit(run(configs, out, environment))


@app.command()
def owners(
    platform: Annotated[
        list[str], typer.Option("--platform", help="Who approves what is no unit's own; may be repeated.")
    ],
    configs: Tree = _CONFIGS,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; else it is printed.")
    ] = None,
) -> None:
    """Write CODEOWNERS: whose approval a change needs, from the reviewers of each unit."""
    from factory.commands.owners import run

    raise typer.Exit(run(configs, platform, out))


@app.command()
def preview(
    spec: SpecPath,
    rows: Annotated[int, typer.Option("--rows", "-n", min=1, max=2000, help="How many rows.")] = 20,
    connection: Annotated[
        str | None,
        typer.Option("--connection", "-c", help="A connection id or URI; else the sandbox org is started."),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="table, csv or json; the last two print nothing but the rows.",
            show_default="table at a terminal, csv into a file or pipe",
            autocompletion=completion.preview_formats,
        ),
    ] = None,
    at: At = None,
) -> None:
    """Print the first rows that a run would read, protected as the spec says."""
    from factory.online.preview import run

    usual = "table" if sys.stdout.isatty() else "csv"
    raise typer.Exit(run(spec, rows, connection, output_format or usual, at))


@app.command()
def verify(
    url: Annotated[str, typer.Argument(help="s3://bucket/…, a _manifest.json or a prefix.")],
    endpoint_url: S3Endpoint = None,
) -> None:
    """Read publications again and compare them with their manifests: size, checksum, rows."""
    from factory.online.verify import run

    raise typer.Exit(run(url, endpoint_url))


@app.command()
def upgrade(
    configs: Tree = _CONFIGS,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where a file would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="The same, and show what would change.")] = False,
) -> None:
    """Write the files of a tree in the words of the newest version; no DAG changes by it, as `factory plan` shows."""
    from factory.commands.upgrade import run

    raise typer.Exit(run(configs, check_only=check, diff=diff))


@app.command()
def schema(
    configs: Tree = _CONFIGS,
    link: Annotated[
        bool, typer.Option("--link", help="Have the first line of each spec name its unit's schema.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 where a file would change.")
    ] = False,
) -> None:
    """Write a schema for each unit, by which editors offer its objects and their fields from the catalogue."""
    from factory.commands.schema import run

    raise typer.Exit(run(configs, check=check, link=link))


@app.command()
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


@app.command()
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


@app.command()
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
    configs: Configs = _CONFIGS,
    environment: InEnvironment = None,
) -> None:
    """Ask the lake's tables, and datasets that are none, by SQL."""
    from factory.online.query import Lake, run

    usual = "table" if sys.stdout.isatty() else "csv"
    lake = Lake(endpoint_url, bucket, configs, environment)
    raise typer.Exit(run(sql, workgroup, output_format or usual, lake))


@app.command()
def status(
    unit: Annotated[str | None, typer.Option("--unit", "-u", help="Of one unit alone.")] = None,
    bucket: LakeBucket = None,
    at: At = None,
    endpoint_url: S3Endpoint = None,
    output_format: AnswerFormat = None,
    configs: Configs = _CONFIGS,
    environment: InEnvironment = None,
) -> None:
    """Show every dataset's last publication against its schedule, and what holds the next one up; ends with 1 where one is due."""
    from factory.online.status import run

    usual = "table" if sys.stdout.isatty() else "csv"
    raise typer.Exit(run(configs, unit, bucket, endpoint_url, output_format or usual, environment, at))


@app.command()
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


@unit_app.command("new")
def unit_new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and `_`.")],
    owner: Annotated[str, typer.Option(help="The team that is responsible for the data.")],
    contact: Annotated[str, typer.Option(help="Where to reach it.")],
    objects: Annotated[str, typer.Option(help="The objects it may read, comma-separated.")],
    source: SourceOption = None,
    configs: Configs = _CONFIGS,
) -> None:
    """Write the folder and unit.yaml of a new business unit."""
    from factory.commands.unit_new import run

    raise typer.Exit(run(configs, name, owner, contact, objects, source))


@catalog_app.command("pull")
def catalog_pull(
    connection: Connection,
    objects: Annotated[
        list[str] | None, typer.Option("--object", help="An object; else those the units may read.")
    ] = None,
    source: SourceOption = None,
    configs: Configs = _CONFIGS,
) -> None:
    """Store what a source says of its objects, sorted and minimal."""
    from factory.online.catalog_commands import pull

    raise typer.Exit(pull(configs, connection, objects or [], source))


@catalog_app.command("diff")
def catalog_diff(connection: Connection, source: SourceOption = None, configs: Configs = _CONFIGS) -> None:
    """Show how a source differs from the catalogue; ends with 1 where it does."""
    from factory.online.catalog_commands import diff

    raise typer.Exit(diff(configs, connection, source))
