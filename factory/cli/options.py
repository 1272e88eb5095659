"""Arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from factory import completion
from factory.tree import nearest

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
CONFIGS = nearest.DEFAULT


def pointed(paths: list[Path] | None) -> list[Path]:
    """What `Paths` names, each as a path; the nearest tree where nothing is."""
    return [nearest.spec(path) for path in paths] if paths else [nearest.tree(CONFIGS)]
