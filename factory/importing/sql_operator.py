"""The parameters of Airflow's `SqlToS3Operator` as keys of a spec about a table; none is left out in silence."""

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from factory.importing.destination_unit import DestinationUnit
from factory.importing.findings import UNORDERED, Draft
from factory.importing.neighbours import Neighbours
from factory.importing.operator_places import carry_places
from factory.importing.operator_rest import refuse_rest
from factory.importing.pandas_files import carry_files
from factory.importing.query_keys import query_text
from factory.importing.run_windows import NotAWindowError
from factory.importing.task_parameters import TaskParameters
from factory.importing.template_marks import TemplateMarks, has_mark
from factory.importing.timing import Timing
from factory.importing.values import Place, Task
from factory.model.traits import About

if TYPE_CHECKING:  # it loads the reader of SQL
    from factory.importing.sql_select import Select

DATABASES = {
    "postgresql": "postgres",
    "mysql": "mysql",
    "redshift": "redshift",
}  # the kinds of source that are asked in SQL, and sqlglot's names of it
_OWN = frozenset(
    [
        "query", "s3_bucket", "s3_key", "sql_conn_id", "sql_hook_params", "parameters", "read_kwargs", "read_pd_kwargs", "df_type",
        "replace", "aws_conn_id", "verify", "file_format", "max_rows_per_file", "pd_kwargs", "df_kwargs", "groupby_kwargs", "fix_dtypes",
    ]
)  # fmt: skip
_WRITTEN_BY_PANDAS = (
    "groupby_kwargs",
    "max_rows_per_file",
    "df_type",
    "fix_dtypes",
)
BY_HAND = (
    "Write `object:` and `window:` by hand, with `fields:` and `filter:`, or with one SELECT in `query:`."
)


def carry_sql(
    draft: Draft, task: Task, timing: Timing | None, unit: DestinationUnit, neighbours: Neighbours
) -> None:
    """Turn what a task was given into the keys of its draft."""
    given = TaskParameters(draft, task)
    refuse_rest(draft, task, _OWN)
    _source(draft, given, task, unit)
    _format(draft, given)
    carry_files(draft, given)
    carry_query(draft, given, "query", timing, unit, neighbours)
    given.retries()
    given.owner()
    carry_places(draft, task, unit, _OWN)
    if task.arguments.get("replace"):
        draft.note(
            given.place("replace"),
            "`replace` is not carried over: a rerun replaces its own output and nothing else",
        )
    for key in _WRITTEN_BY_PANDAS:
        if task.arguments.get(key) not in (None, {}, False):
            draft.note(
                given.place(key), f"`{key}` is not carried over: files are written by the spec's own format"
            )
    for key in ("parameters", "read_kwargs", "read_pd_kwargs", "sql_hook_params"):
        if task.arguments.get(key) not in (None, {}, [], ()):
            draft.refuse(given.place(key), f"`{key}` changes what the query reads", BY_HAND)


def _source(draft: Draft, given: TaskParameters, task: Task, unit: DestinationUnit) -> None:
    """The kind of source: that of the unit's connections which has the id."""
    draft.values["source"] = next(iter(DATABASES))
    name = given.known("sql_conn_id", "connection", str, "a text")
    for kind in DATABASES:
        connections = unit.unit.sources.get(kind, ())
        if name in connections:
            draft.values["source"] = kind
            if name != connections[0]:
                draft.values["connection"] = name
            return
    if name or not given.given("sql_conn_id"):
        shown = f"`sql_conn_id` is `{name}`, which is" if name else "the task names no connection, of those"
        draft.refuse(
            given.place("sql_conn_id") if name else task.place,
            f"{shown} not among the unit's connections to databases",
            "Add it to `connections` of unit.yaml under its kind, and check `source:`.",
        )


def _format(draft: Draft, given: TaskParameters) -> None:
    value = given.known("file_format", "format", str, "a text")
    if value or not given.given("file_format"):
        draft.values["format"] = (value or "csv").rpartition(".")[2].lower()


def carry_query(
    draft: Draft,
    given: TaskParameters,
    key: str,
    timing: Timing | None,
    unit: DestinationUnit,
    neighbours: Neighbours,
) -> None:
    """The keys for the query of a parameter, in the SQL of the draft's source."""
    task = draft.tasks[0]
    text = given.known(key, "query", str, "a text")
    if not text:
        if not given.given(key):
            draft.refuse(task.place, "the task has no query", BY_HAND)
        return
    found, problem = query_text(text, task, neighbours, suffixes=(".sql",))
    if not problem and ("{%" in found or "{#" in found):
        problem = "the query is made by templates when the DAG runs"
    if not problem:
        problem = _carry_select(draft, given.place(key), textwrap.dedent(found).strip(), timing, unit)
    if problem:
        draft.refuse(given.place(key), problem, BY_HAND)


def _carry_select(
    draft: Draft, place: Place, query: str, timing: Timing | None, unit: DestinationUnit
) -> str:
    """The keys for a query: for its columns and rows of one table, else for the query as it is; or why there are none."""
    # they load the reader of SQL
    from factory.importing.sql_select import NotASelectError, UnreadableError, read_select  # noqa: PLC0415
    from factory.importing.sql_written import written_query  # noqa: PLC0415

    sql = DATABASES[draft.values["source"]]
    marks = TemplateMarks(query)

    def about(table: str) -> About:
        return unit.about(draft.values | {"object": table})

    try:
        try:
            select = read_select(marks.text, sql)
        except UnreadableError:
            raise
        except NotASelectError:
            written = written_query(marks, sql, timing, about)
            draft.values |= written.keys
            notes = written.notes
        else:
            notes = _chosen(draft, select, marks, sql, timing, about)
    except (NotASelectError, NotAWindowError) as error:
        return marks.restored(str(error))
    for note in notes:
        draft.note(place, note)
    return ""


def _chosen(
    draft: Draft,
    select: "Select",
    marks: TemplateMarks,
    sql: str,
    timing: Timing | None,
    about: Callable[[str], About],
) -> tuple[str, ...]:
    """Add the keys for columns and rows of one table; gives the notes."""
    from factory.importing.sql_window import sql_window  # noqa: PLC0415 - it loads the reader of SQL

    if has_mark(select.table) or any(has_mark(one.name) for one in select.columns or ()):
        raise NotAWindowError("the table or a column is a template")
    draft.values["object"] = select.table
    if select.columns is not None:
        draft.values["fields"] = [
            one.name if one.name == one.called else {"name": one.name, "as": one.called}
            for one in select.columns
        ]
    window = sql_window(select.conditions, marks, sql, timing, lambda _: about(select.table))
    draft.values |= window.keys
    if window.others:
        draft.values["filter"] = " AND ".join(window.others)
    return (*((UNORDERED,) if select.ordered else ()), *window.notes)
