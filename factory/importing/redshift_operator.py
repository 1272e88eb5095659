"""The parameters of Airflow's `RedshiftToS3Operator` as keys of a spec about a table; none is left out in silence."""

import re

from factory.importing.destination_unit import DestinationUnit
from factory.importing.findings import Draft
from factory.importing.neighbours import Neighbours
from factory.importing.operator_places import carry_places
from factory.importing.operator_rest import refuse_rest
from factory.importing.run_moments import has_template
from factory.importing.sql_operator import BY_HAND, carry_query
from factory.importing.task_parameters import TaskParameters
from factory.importing.timing import Timing
from factory.importing.values import Task

KIND = "redshift"
_OWN = frozenset(
    [
        "s3_bucket", "s3_key", "schema", "table", "select_query", "redshift_conn_id", "aws_conn_id", "verify", "unload_options", "autocommit",
        "include_header", "parameters", "table_as_file_name", "redshift_data_api_kwargs",
    ]
)  # fmt: skip
_WAYS = ("verify", "autocommit", "redshift_data_api_kwargs")  # of how the warehouse is asked
# What an option of UNLOAD says of the files; the rest says how they are packed.
_FORMATS = (
    (re.compile(r"\bPARQUET\b", re.IGNORECASE), "parquet"),
    (re.compile(r"\bJSON\b", re.IGNORECASE), "ndjson"),
)
_PARTED = re.compile(r"\bPARTITION\s+BY\b", re.IGNORECASE)


def carry_redshift(
    draft: Draft, task: Task, timing: Timing | None, unit: DestinationUnit, neighbours: Neighbours
) -> None:
    """Turn what a task was given into the keys of its draft."""
    given = TaskParameters(draft, task)
    refuse_rest(draft, task, _OWN)
    draft.values["source"] = KIND
    _connection(draft, given, unit)
    _options(draft, given)
    if given.given("select_query"):
        carry_query(draft, given, "select_query", timing, unit, neighbours)
    else:
        _table(draft, given, task)
    if task.arguments.get("parameters") not in (None, {}, [], ()):
        draft.refuse(given.place("parameters"), "`parameters` changes what the query reads", BY_HAND)
    given.retries()
    given.owner()
    carry_places(draft, task, unit, _OWN)
    for key in _WAYS:
        if given.given(key):
            draft.note(
                given.place(key),
                f"`{key}` is not carried over: how the warehouse is asked, the connection and the runtime say",
            )


def _connection(draft: Draft, given: TaskParameters, unit: DestinationUnit) -> None:
    """The connection, of those that the unit has."""
    name = given.known("redshift_conn_id", "connection", str, "a text")
    connections = unit.unit.sources.get(KIND, ())
    if name in connections[1:]:
        draft.values["connection"] = name
    elif connections and name and name not in connections:  # a unit without any is told of elsewhere
        draft.refuse(
            given.place("redshift_conn_id"),
            f"`redshift_conn_id` is `{name}`, which is not among the unit's connections to Redshift",
            "Add it to `connections.redshift` of unit.yaml, and check `connection:`.",
        )


def _options(draft: Draft, given: TaskParameters) -> None:
    """The format; text with a delimiter becomes csv."""
    draft.values["format"] = "csv"
    options = given.known("unload_options", "format", list, "a list") or []
    said = " ".join(str(one) for one in options)
    for pattern, name in _FORMATS:
        if pattern.search(said):
            draft.values["format"] = name
    if _PARTED.search(said):
        draft.refuse(
            given.place("unload_options"),
            "`PARTITION BY` spreads the rows over folders by their values",
            "A publication has one folder a date; let a query of the lake choose.",
        )
    elif said:
        draft.note(
            given.place("unload_options"),
            f"of the options `{said}` the format is carried over; how files are named, packed and cut is the runtime's own",
        )


def _table(draft: Draft, given: TaskParameters, task: Task) -> None:
    schema, table = (given.known(key, "object", str, "a text") for key in ("schema", "table"))
    draft.values["window"] = "full"
    if table and schema and not (has_template(table) or has_template(schema)):
        draft.values["object"] = f"{schema}.{table}"
        return
    why = (
        "the task names no table"
        if not table
        else "the table's schema is not known, or the table is a template"
    )
    draft.refuse(given.place("table") if table else task.place, why, BY_HAND)
