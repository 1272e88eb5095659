"""The specs that a DAG file stands for: one a task, slices of one window together."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, count
from typing import Any

from lake_ingest.spec.window import parse_window

from factory.authoring.scaffold import snake
from factory.importing.course import DYNAMODB_OPERATOR, REDSHIFT_OPERATOR, SQL_OPERATOR
from factory.importing.dag_file import DagFile
from factory.importing.destination_unit import DestinationUnit
from factory.importing.dynamodb_operator import KIND, carry_dynamodb
from factory.importing.findings import Draft, Finding
from factory.importing.operator_keys import carry_parameters
from factory.importing.other_tasks import carry_neighbours
from factory.importing.redshift_operator import carry_redshift
from factory.importing.slices import whole_of
from factory.importing.sql_operator import DATABASES, carry_sql
from factory.importing.timing import Timing, timing
from factory.importing.values import Dag, Task, Unknown, first_unknown, is_known
from factory.model.interpret import reads_zone

_NO_DAG = "Write `schedule:`, and check that the task is still needed."
_DAG_KEYS = frozenset(
    [
        "dag_id",
        "description",
        "schedule",
        "schedule_interval",
        "timetable",
        "start_date",
        "end_date",
        "catchup",
        "default_args",
        "tags",
        "doc_md",
        "template_searchpath",
    ]
)
# What a run would otherwise take from the unit's or the group's defaults, though the DAG means this.
_MEANT_OF_TABLES = {"record_time_added": False, "coerce_to_timestamp": False}
_MEANT = {"include_deleted": False, "record_time_added": False, "coerce_to_timestamp": False, "api": "auto"}


def drafts_of(file: DagFile, unit: DestinationUnit) -> list[Draft]:
    """A draft for each spec, named, in the order of the file."""
    timings: dict[int, Timing] = {}
    drafts = [_draft(file, task, unit, timings) for task in file.reads]
    _one_org(drafts)
    carry_neighbours(file, drafts)
    order = {id(draft.tasks[0]): index for index, draft in enumerate(drafts)}
    merged = sorted(_merged(drafts, timings), key=lambda draft: order[id(draft.tasks[0])])
    for draft in merged:
        _explicit(draft, unit)
        _catchup(draft, timings)
    merged += [_lost(place_and_why) for place_and_why in file.faults]
    _name(merged, unit)
    return merged


def _draft(file: DagFile, task: Task, unit: DestinationUnit, timings: dict[int, Timing]) -> Draft:
    draft = Draft(task.dag, [task])
    when: Timing | None = None
    if task.dag is None:
        draft.refuse(task.place, "the DAG of the task is known only when the file runs", _NO_DAG)
    else:
        when = timings.setdefault(id(task.dag), timing(task.dag))
        _carry_dag(draft, task.dag, when)
    for doubt in dict.fromkeys((*task.doubts, *(task.dag.doubts if task.dag else ()))):
        draft.refuse(
            doubt.place,
            f"whether the task of line {task.place.line} is made is known only when the file runs: {doubt.why}",
            "Delete this file if it is not.",
        )
    for place, why in task.faults:
        draft.refuse(place, why, "Write its specs by hand.")
    if task.operator == SQL_OPERATOR:
        carry_sql(draft, task, when, unit, file.neighbours)
    elif task.operator == REDSHIFT_OPERATOR:
        carry_redshift(draft, task, when, unit, file.neighbours)
    elif task.operator == DYNAMODB_OPERATOR:
        carry_dynamodb(draft, task, when, unit)
    else:
        carry_parameters(draft, task, when, unit, file.neighbours)
    if when and when.known and when.schedule is None and not _means_days(draft.values):
        draft.values.pop("timezone", None)
    return draft


def _means_days(values: Mapping[str, Any]) -> bool:
    """Whether a spec without a schedule means anything in its time zone."""
    try:
        return reads_zone(parse_window(values["window"]))
    except (KeyError, ValueError):
        return False


def _carry_dag(draft: Draft, dag: Dag, when: Timing) -> None:
    draft.findings += when.findings
    if when.known:
        draft.values["schedule"] = when.schedule
    if when.end:
        draft.values["end"] = when.end.isoformat()
    draft.values["timezone"] = when.zone
    tags = dag.arguments.get("tags")
    if tags and is_known(tags) and isinstance(tags, list | tuple | set):
        draft.values["tags"] = list(
            dict.fromkeys(str(one) for one in (sorted(tags) if isinstance(tags, set) else tags))
        )
    elif tags:
        unknown = first_unknown(tags)
        draft.refuse(
            unknown.place if unknown else dag.place,
            "the tags are known only when the file runs",
            "Write `tags:` by hand.",
        )
    _description(draft, dag)
    defaults = dag.arguments.get("default_args")
    if isinstance(defaults, Unknown):
        draft.refuse(
            defaults.place,
            f"`default_args`: `{defaults.text}` {defaults.why}",
            "Write by hand what they say.",
        )
    for key in ("*", "**"):
        if key in dag.arguments:
            unknown = dag.arguments[key]
            draft.refuse(
                unknown.place,
                f"the DAG's arguments behind `{key}`: `{unknown.text}` {unknown.why}",
                "Write by hand what they say.",
            )
    left = [
        key
        for key, value in dag.arguments.items()
        if key not in _DAG_KEYS and key not in ("*", "**") and value not in (None, False, [], {})
    ]
    if left:
        draft.note(
            dag.place,
            f"how the DAG runs is not carried over: {', '.join(f'`{key}`' for key in sorted(left))}",
        )


def _description(draft: Draft, dag: Dag) -> None:
    text, doc = dag.arguments.get("description"), dag.arguments.get("doc_md")
    for key, value in (("description", text), ("doc_md", doc)):
        if value is not None and not isinstance(value, str):
            unknown = first_unknown(value)
            draft.note(
                unknown.place if unknown else dag.place,
                f"`{key}` is known only when the file runs and is not carried over",
                "Write `description:` by hand.",
            )
    if isinstance(text, str) and text.strip():
        draft.values["description"] = " ".join(text.split())
        if isinstance(doc, str) and doc.strip():
            draft.note(dag.place, "`doc_md` is not carried over; `description` is")
    elif isinstance(doc, str) and doc.strip():
        first = re.split(r"\n\s*\n", doc.strip())[0]
        draft.values["description"] = " ".join(first.lstrip("# ").split())
        if first.strip() != doc.strip():
            draft.note(dag.place, "only the first paragraph of `doc_md` is carried over, as `description`")


def _one_org(drafts: list[Draft]) -> None:
    """Two connections of which the unit has neither may be two orgs; one of them only another name."""
    names = {draft.old_connection for draft in drafts if draft.old_connection}
    for draft in drafts:
        if draft.old_connection and len(names) > 1:
            draft.refuse(
                draft.tasks[0].place, f"the file reads with several connections, and the unit does not have `{draft.old_connection}`",
                "Add it to `connections.salesforce` of unit.yaml and write `connection:`.",
            )  # fmt: skip


def _merged(drafts: list[Draft], timings: dict[int, Timing]) -> list[Draft]:
    """Drafts whose tasks read slices of one window as one; the others as they are.

    Tasks of one call, in a loop, are looked at first; then all that are alike, for slices may be written one by one.
    """
    for by_call in (True, False):
        alike: dict[str, list[Draft]] = {}
        for index, draft in enumerate(drafts):
            windowed = (
                draft.dag is not None and len(draft.tasks) == 1 and ("window" in draft.values or draft.ends)
            )
            rest = sorted((key, repr(value)) for key, value in draft.values.items() if key != "window")
            call = draft.tasks[0].place if by_call else ""
            alike.setdefault(f"{id(draft.dag)} {call} {rest}" if windowed else str(index), []).append(draft)
        drafts = [one for many in alike.values() for one in _one_or_all(many, timings)]
    return drafts


def _one_or_all(many: list[Draft], timings: dict[int, Timing]) -> list[Draft]:
    """One draft where these are slices of one window, else all of them."""
    whole = None
    if len(many) > 1 and many[0].dag is not None:
        zone = timings[id(many[0].dag)].zone
        refusals = [[one for one in draft.refused if "the window: " not in one.message] for draft in many]
        if refusals == [refusals[0]] * len(many):
            whole = whole_of(
                [draft.ends for draft in many], [draft.values.get("window") for draft in many], zone
            )
    if whole is None:
        return many
    one = many[0]
    one.tasks = [draft.tasks[0] for draft in many]
    one.values |= {"window": whole.window, "batch_size": whole.batch_size}
    # what was said of each slice's own window is no longer so
    of_windows = {place for draft in many for place in _window_places(draft)}
    one.findings = [found for draft in many for found in draft.findings if found.place not in of_windows]
    one.note(one.tasks[0].place, f"{len(many)} tasks became one spec in batches")
    if whole.note:
        one.note(one.tasks[0].place, whole.note)
    return [one]


def _window_places(draft: Draft) -> list[Any]:
    task = draft.tasks[0]
    return [task.places[key] for key in ("from_date", "to_date") if key in task.places]


def _explicit(draft: Draft, unit: DestinationUnit) -> None:
    """Say what the unit's defaults would change."""
    of_table = draft.values.get("source") in (*DATABASES, KIND)
    meant = dict(_MEANT_OF_TABLES if of_table else _MEANT)
    if draft.values.get("format") != "parquet":
        meant["compression"] = "none"
    if draft.values.get("source") == KIND:
        pass  # DynamoDB stamps every write itself
    elif isinstance(draft.values.get("window"), dict) or draft.values.get("window") == "incremental":
        meant["cursor"] = "SystemModstamp"
    for key, value in meant.items():
        if key not in draft.values and unit.defaults.get(key, value) != value:
            draft.values[key] = value
    if "batch_size" in unit.defaults and "batch_size" not in draft.values and draft.tasks:
        draft.note(
            draft.tasks[0].place,
            f"the unit's default cuts windows into batches of {unit.defaults['batch_size']}; the DAG wrote one file",
        )


def _catchup(draft: Draft, timings: dict[int, Timing]) -> None:
    when = timings[id(draft.dag)] if draft.dag else None
    if (
        when
        and when.says_catchup
        and when.catches_up
        and when.cron
        and draft.values.get("window", "incremental") != "incremental"
    ):
        message = "the DAG catches up on past runs; a spec does so only where its window is `incremental`"
        draft.note(when.place, message, "One run reads the same rows.")


def _lost(place_and_why: tuple[Any, str]) -> Draft:
    """A place of the file that may make tasks; nobody knows which."""
    draft = Draft(None, [])
    draft.findings.append(
        Finding(place_and_why[0], place_and_why[1], "Write its specs by hand.", refused=True)
    )
    return draft


def _name(drafts: list[Draft], unit: DestinationUnit) -> None:
    """A name for each spec: of its task; where that is taken or says nothing, with the DAG's before it."""
    taken: set[str] = set()
    numbers: dict[str, Iterator[int]] = {}
    for draft in drafts:
        options = list(dict.fromkeys(_fitting(one) for one in _names(draft)))
        more = numbers.setdefault(options[-1], count(2))
        offered = chain(options, (f"{options[-1]}_{number}" for number in more))
        draft.name = next(
            one for one in offered if one not in taken and not (unit.folder / f"{one}.yaml").exists()
        )
        taken.add(draft.name)


def _names(draft: Draft) -> Iterator[str]:
    if not draft.tasks:
        yield f"not_carried_line_{draft.findings[0].place.line}"
        return
    task, values = draft.tasks[0], draft.values
    dag = task.dag.id if task.dag else ""
    object_name = values.get("object", "")
    if len(draft.tasks) > 1 or not task.id:
        own = object_name or "ingestion"
    elif task.mapped is not None and object_name:
        own = object_name if snake(object_name) in snake(task.id) else f"{task.id}_{object_name}"
    else:
        own = task.id
    yield snake(own)
    yield f"{snake(dag)}_{snake(own)}" if dag else snake(own)
    if object_name:
        yield f"{snake(dag)}_{snake(object_name)}" if dag else snake(object_name)
    yield f"{snake(dag)}_{snake(own)}" if dag else snake(own)


def _fitting(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_]", "_", name.lower())[:90].strip("_") or "ingestion"
    return plain if plain[0].isalpha() else f"dag_{plain}"
