"""What merging does: compiled DAGs before and after, in the words of the specs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lake_ingest.spec.duration import parse_duration

from factory.compile.doc_page import window_words
from factory.model.pace import followers
from factory.model.schedule import Pace
from factory.plan.compiled_extent import demand_of, extent_of, paces_of
from factory.sources.registry import DEFAULT, SOURCES
from factory.sources.seam import Forecast, busiest_day

Dag = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing about a DAG that becomes another; a destructive one loses data or breaks its readers."""

    what: str
    before: str
    after: str
    destructive: str = ""


@dataclass(frozen=True, slots=True)
class DagChange:
    """A DAG that is `added`, `removed`, `changed` or `renamed`, then from the id `was`; `cost` is that of its first run, None where it is as before.

    `next_run` says in words when it runs next and what it reads then; nothing of a DAG that is removed. `then` are the DAGs that run after
    it, directly or after others.
    """

    dag_id: str
    kind: str
    asset: str
    changes: tuple[Change, ...] = ()
    cost: Forecast | None = None
    destructive: str = ""
    next_run: Mapping[str, str] = field(default_factory=dict)
    was: str = ""
    then: tuple[str, ...] = ()

    @property
    def is_destructive(self) -> bool:
        """Whether the change needs to be allowed."""
        return bool(self.destructive) or any(change.destructive for change in self.changes)


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, sorted by DAG, and the API calls of a busy day before and after."""

    dags: tuple[DagChange, ...]
    calls_before: int
    calls_after: int

    @property
    def is_destructive(self) -> bool:
        """Whether any change needs to be allowed."""
        return any(dag.is_destructive for dag in self.dags)

    def with_next_runs(self, words: Callable[[str], Mapping[str, str]]) -> "Plan":
        """The plan with the next run of each DAG that will be there, by its id."""
        dags = (
            dag if dag.kind == "removed" else replace(dag, next_run=words(dag.dag_id)) for dag in self.dags
        )
        return replace(self, dags=tuple(dags))

    def count(self, kind: str) -> int:
        """How many DAGs are added, changed or removed."""
        return sum(dag.kind == kind for dag in self.dags)


def compare(before: Mapping[str, Dag], after: Mapping[str, Dag]) -> Plan:
    """The plan that leads from some compiled DAGs, by their ids, to others."""
    gone = {dag_id: dag for dag_id, dag in before.items() if dag_id not in after}
    come = {dag_id: dag for dag_id, dag in after.items() if dag_id not in before}
    was = renamed(gone, come)
    ids = sorted({*before, *after} - set(was.values()))
    costs = _costs(after)
    changes = [
        _renamed(dag_id, was[dag_id], before, after, costs[dag_id])
        if dag_id in was
        else _dag_change(dag_id, before.get(dag_id), after.get(dag_id), costs.get(dag_id))
        for dag_id in ids
    ]
    former = _costs(
        before, {dag_id: costs[dag_id] for dag_id, dag in before.items() if after.get(dag_id) is dag}
    )
    then = followers(list(after), lambda dag_id: _after(after[dag_id]))
    return Plan(
        tuple(replace(one, then=then.get(one.dag_id, ())) for one in changes if one),
        busiest_day(former.values()),
        busiest_day(costs.values()),
    )


def _renamed(
    dag_id: str, was: str, before: Mapping[str, Dag], after: Mapping[str, Dag], cost: Forecast
) -> DagChange:
    """A DAG with another id. Nothing of it is lost: what it landed stays, and the new folder gets all that the old one would have got."""
    changes = tuple(
        replace(change, destructive="") if change.what == "lands in" else change
        for change in (
            *_fact_changes(_facts(before[was]), _facts(after[dag_id])),
            *_field_changes(before[was], after[dag_id]),
        )
    )
    name = Change("DAG", was, dag_id)
    asset = Change("asset", _asset(before[was]), _asset(after[dag_id]))
    return DagChange(dag_id, "renamed", _asset(after[dag_id]), (name, asset, *changes), cost, was=was)


def _expectations(expect: Mapping[str, Any]) -> str:
    """`min_rows 1, StageName not_null, Amount between 0 and 10`."""
    of_rows = [f"{key} {value}" for key, value in expect.items() if key != "columns"]
    of_columns = [
        f"{name} {rule}"
        + ("" if value is True else f" {' and '.join(value) if isinstance(value, list) else value}")
        for name, rules in expect.get("columns", {}).items()
        for rule, value in rules.items()
    ]
    return ", ".join([*of_rows, *of_columns])


EFFECT = "effect"  # what is said of a DAG that is compiled from other words of the same meaning


def _dag_change(
    dag_id: str, before: Dag | None, after: Dag | None, cost: Forecast | None
) -> DagChange | None:
    if before is after or before == after:
        return None
    if after is None:
        reason = "the DAG and its history in Airflow go; what it landed stays and is no longer updated"
        return DagChange(dag_id, "removed", _asset(before or {}), destructive=reason)
    if before is None:
        facts = tuple(Change(what, "", text) for what, text in _facts(after).items() if text)
        return DagChange(dag_id, "added", _asset(after), facts, cost)
    changes = (*_fact_changes(_facts(before), _facts(after)), *_field_changes(before, after))
    changes = changes or (Change(EFFECT, "", "no effect: it is written differently and means the same"),)
    moved = any(
        change.what in ("window", "batches of", "lands in", "object", "query", "filter") for change in changes
    )
    return DagChange(dag_id, "changed", _asset(after), changes, cost if moved else None)


def renamed(gone: Mapping[str, Dag], come: Mapping[str, Dag]) -> dict[str, str]:
    """Which of the new DAGs is which of those that went: the new id → the former one.

    A pair reads the same object and is alike in nearly all that a plan compares; the likest are paired first.
    """
    if not gone or not come:
        return {}
    old = {dag_id: _likeness(dag) for dag_id, dag in gone.items()}
    pairs = [
        (_alike(old[was], facts), dag_id, was)
        for dag_id, dag in come.items()
        for facts in (_likeness(dag),)
        for was in gone
        if old[was]["object"] == facts["object"]
    ]
    found: dict[str, str] = {}
    for share, dag_id, was in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if share >= _ALIKE and dag_id not in found and was not in found.values():
            found[dag_id] = was
    return found


def _likeness(dag: Dag) -> dict[str, str]:
    own = {what: text for what, text in _facts(dag).items() if what not in _OF_THE_PLACE}
    return {**own, "fields": ",".join(_fields(dag) or ())}


def _alike(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """The share of the facts that either of the two has, and that are the same."""
    told = [what for what in one if one[what] or other.get(what)]
    return sum(one[what] == other.get(what) for what in told) / len(told)


def _facts(dag: Dag) -> dict[str, str]:
    """What a plan compares, but for the fields, in the order in which it is shown."""
    one, task = _ingestion(dag), dag["default_args"]
    extent = extent_of(one)
    return {
        "object": one["object"],
        "query": one["query"] or "",
        "filter": one.get("filter") or "",
        "filter costs": _filter_cost(one),
        "relationship": one.get("relationship_object") or "",
        "schedule": _schedule(dag, one),
        "skips": f"{len(one['closed'])} days, {one['closed'][0]} to {one['closed'][-1]}"
        if one.get("closed")
        else "",
        "start": dag["start_date"],
        "end": dag.get("end_date", ""),
        "window": window_words(extent.window, extent.overlap) if extent else "",
        "late commits": "awaited" if one.get("await_commits") else "not awaited",
        "batches of": one["batch_size"] or "",
        "one snapshot": "of all batches" if one.get("one_snapshot") else "",
        "cursor": one["cursor"] or "",
        "deleted rows": "read" if one["include_deleted"] else "not read",
        "lands in": f"s3://{task['bucket']}/{task['prefix']}/",
        "format": one["format"],
        "compression": one["compression"],
        "dialect of csv": _dialect(one.get("csv", {})),
        "file name": one.get("file_name", ""),
        "folders of": one.get("partition_by", ""),
        "fetch time": "added" if one["record_time_added"] else "",
        "dates": "as numbers" if one["coerce_to_timestamp"] else "",
        "connection": one.get("conn_id") or one["salesforce_conn_id"],  # its name before version 2
        "api": one.get("api") or "",
        "expects": _expectations(one["expect"] or {}),
        "drift": one["drift"],
        "deletes": one["deletes"],
        "refresh": f"every row again each {one['refresh']}" if one.get("refresh") else "",
        "hard deletes": f"looked for every {one['compare_ids']}" if one.get("compare_ids") else "",
        "table": f"{one['table']['database']}.{one['table']['name']}" if one.get("table") else "",
        "current state": "in a table of its own" if (one.get("table") or {}).get("current") else "",
        "history": f"kept for {kept}" if (kept := (one.get("table") or {}).get("keep")) else "",
        "compaction": f"every {every}" if (every := (one.get("table") or {}).get("compact")) else "",
        "notices": _notices(task.get("notices")),
        "retries": str(task["retries"]),
        "owner": task["owner"],
        "aws connection": task["aws_conn_id"],
        "tags": ", ".join(dag["tags"]),
        "description": dag["description"],
    }


def _schedule(dag: Dag, one: Mapping[str, Any]) -> str:
    if not _is_scheduled(dag):
        return "by hand"
    return f"after {' and '.join(one['after'])}" if one.get("after") else f"{one['cron']} {one['timezone']}"


def _dialect(csv: Mapping[str, Any]) -> str:
    """`delimiter ;, null NULL, labels in the header`."""
    said = [f"{key} {value}" for key, value in csv.items() if key != "labels"]
    return ", ".join([*said, "labels in the header"] if csv.get("labels") else said)


def _notices(told: Mapping[str, Any] | None) -> str:
    if not told:
        return ""
    return "sent" + (f", late {told['deadline']} after a publication" if "deadline" in told else "")


def _filter_cost(one: Mapping[str, Any]) -> str:
    text, kind = one.get("filter"), SOURCES[one.get("source", DEFAULT.traits.kind)]
    return kind.filter_cost(one["object"], text) if text else ""


_CLEAR, _LEFT_OUT = "in the clear", "left out"
_ALIKE = 0.85  # of the facts: two or three of some fifteen may have changed with the name
_OF_THE_PLACE = (
    "lands in",
    "owner",
    "aws connection",
    "connection",
    "tags",
)  # what another unit has of its own
_DESTRUCTIVE = {
    "object": "the folder then holds rows of another object",
    "lands in": "what lies in the old folder stays there and is no longer updated",
    "format": "readers of the old format break",
    "table": "the table is no longer updated",
    "current state": "its table is no longer updated",
    "history": "older publications leave the table",
    "dates": "the columns change their type",
    "dialect of csv": "readers of the former one break",
    "file name": "readers of the former name find nothing new",
    "folders of": "readers find the files in other folders, and their columns change",
}


def _fact_changes(before: dict[str, str], after: dict[str, str]) -> tuple[Change, ...]:
    return tuple(
        Change(
            what,
            text,
            after[what],
            _DESTRUCTIVE.get(what, "") if _takes_away(what, text, after[what]) else "",
        )
        for what, text in before.items()
        if text != after[what]
    )


def _takes_away(what: str, before: str, after: str) -> bool:
    """Whether a change can take something from readers: not where there was nothing, nor where a history is kept for longer."""
    if what == "history":
        return bool(after) and (not before or _days(after) < _days(before))
    return bool(before) or what not in ("table", "current state")


def _days(kept: str) -> float:
    """About how many days `kept for 3 months` are."""
    length = parse_duration(kept.removeprefix("kept for "))
    return length.months * 30.4 + length.days + length.seconds / 86400


def _field_changes(before: Dag, after: Dag) -> tuple[Change, ...]:
    old, new = _fields(before), _fields(after)
    if old is None or new is None:
        if old == new:
            return _exception_changes(before, after)
        reason = "" if new is None and not _dropped(after) else "columns go away"
        return (Change("fields", _listed(old, before), _listed(new, after), reason),)
    gone = [Change(f"field {name}", old[name], "", "the column goes away") for name in old if name not in new]
    come = [Change(f"field {name}", "", new[name]) for name in new if name not in old]
    turned = [
        Change(f"field {name}", old[name], new[name], "the column's values change, joins by it break")
        for name in old
        if name in new and old[name] != new[name]
    ]
    was, now = _column_names(before), _column_names(after)
    turned += [
        Change(f"column of {name}", was[name], now[name], "readers look for the former name")
        for name in old
        if name in new and was[name] != now[name]
    ]
    order = (
        []
        if gone or come or list(old) == list(new)
        else [Change("order of fields", ", ".join(old), ", ".join(new))]
    )
    return (*gone, *come, *turned, *order)


def _exception_changes(before: Dag, after: Dag) -> tuple[Change, ...]:
    """What changes of the fields that specs of all fields name."""
    old, new = _exceptions(before), _exceptions(after)
    names = dict.fromkeys((*old, *new))
    found = ((name, old.get(name, _CLEAR), new.get(name, _CLEAR)) for name in names)
    return tuple(Change(f"field {name}", was, now, _lost(was, now)) for name, was, now in found if was != now)


def _lost(was: str, now: str) -> str:
    if was == _LEFT_OUT:
        return ""
    return (
        "the column goes away"
        if now == _LEFT_OUT
        else "the column's name or values change, joins by it break"
    )


def _exceptions(dag: Dag) -> dict[str, str]:
    """How each field is written that a spec of all fields names."""
    return {
        one["name"]: _LEFT_OUT
        if one["protect"] == "drop"
        else (one["protect"] or _CLEAR) + (f" as {one['as']}" if one.get("as") else "")
        for one in _ingestion(dag).get("except", ())
    }


def _dropped(dag: Dag) -> list[str]:
    return [name for name, how in _exceptions(dag).items() if how == _LEFT_OUT]


def _fields(dag: Dag) -> dict[str, str] | None:
    named = _ingestion(dag)["fields"]
    return None if named is None else {one["name"]: one["protect"] or _CLEAR for one in named}


def _column_names(dag: Dag) -> dict[str, str]:
    labels = _ingestion(dag).get("csv", {}).get("labels", {})
    named = _ingestion(dag)["fields"] or ()
    return {one["name"]: one.get("as") or labels.get(one["name"], one["name"]) for one in named}


def _listed(fields: dict[str, str] | None, dag: Dag) -> str:
    but = f" but {', '.join(_dropped(dag))}" if _dropped(dag) else ""
    return f"every readable field{but}" if fields is None else ", ".join(fields)


def _costs(dags: Mapping[str, Dag], known: Mapping[str, Forecast] | None = None) -> dict[str, Forecast]:
    """What each DAG asks of its source; of those that follow others it depends on the others, so only the rest may be `known`."""
    paces = paces_of({dag_id: _ingestion(dag) for dag_id, dag in dags.items() if _is_scheduled(dag)})
    apart = {dag_id: one for dag_id, one in (known or {}).items() if not _after(dags[dag_id])}
    return {dag_id: apart.get(dag_id) or _cost(dag, paces.get(dag_id)) for dag_id, dag in dags.items()}


def _cost(dag: Dag, pace: Pace | None) -> Forecast:
    one = _ingestion(dag)
    return SOURCES[one.get("source", DEFAULT.traits.kind)].forecast(demand_of(one, pace))


def _is_scheduled(dag: Dag) -> bool:
    """Whether Airflow starts the runs; the ingestion has a cron expression in any case, by which a run finds its interval."""
    return dag.get("schedule") is not None


def _after(dag: Dag) -> Sequence[str]:
    """The datasets that it follows, where Airflow starts the runs."""
    found: Sequence[str] = _ingestion(dag).get("after") or () if _is_scheduled(dag) else ()
    return found


def _ingestion(dag: Dag) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        task["ingestion"] for task in dag["tasks"].values() if "ingestion" in task
    )
    return found


def _asset(dag: Dag) -> str:
    first = next(task["outlets"][0] for task in dag["tasks"].values() if "outlets" in task)
    return str(first["name"] if isinstance(first, dict) else first)  # a former release wrote the name alone
