"""The parameters of the two operators called `SalesforceToS3Operator` as keys of a spec; none is left out in silence."""

from typing import Any

from factory.importing.destination_unit import DestinationUnit
from factory.importing.findings import Draft
from factory.importing.neighbours import Neighbours
from factory.importing.operator_places import carry_places
from factory.importing.operator_rest import refuse_rest
from factory.importing.query_keys import carry_query, query_text
from factory.importing.run_windows import BY_HAND, Ends, NotAWindowError, run_window
from factory.importing.task_parameters import TaskParameters
from factory.importing.timing import Timing
from factory.importing.values import Task, first_unknown

SEED = frozenset(
    [
        "sf_conn_id",
        "sf_obj",
        "s3_conn_id",
        "s3_bucket",
        "s3_key",
        "sf_fields",
        "fmt",
        "from_date",
        "to_date",
        "query",
        "relationship_object",
        "record_time_added",
        "coerce_to_timestamp",
        "api",
        "compression",
        "include_deleted",
    ]
)
PROVIDER = frozenset(
    [
        "salesforce_query",
        "s3_bucket_name",
        "s3_key",
        "salesforce_conn_id",
        "export_format",
        "query_params",
        "include_deleted",
        "coerce_to_timestamp",
        "record_time_added",
        "aws_conn_id",
        "replace",
        "encrypt",
        "gzip",
        "acl_policy",
    ]
)
_FLAGS = ("record_time_added", "coerce_to_timestamp", "include_deleted")


def carry_parameters(
    draft: Draft, task: Task, timing: Timing | None, unit: DestinationUnit, neighbours: Neighbours
) -> None:
    """Turn what a task was given into the keys of its draft."""
    _Parameters(draft, task, timing, unit, neighbours).carry()


def is_provider(task: Task) -> bool:
    """Whether it is the operator of Airflow's Amazon provider; where the import does not say, its parameters do."""
    if "providers.amazon" in task.module:
        return True
    if task.module.startswith("operators.") or task.arguments.keys() & {"sf_obj", "sf_conn_id", "sf_fields"}:
        return False
    return bool(
        task.arguments.keys() & {"salesforce_query", "salesforce_conn_id", "s3_bucket_name", "export_format"}
    )


class _Parameters:
    def __init__(
        self, draft: Draft, task: Task, timing: Timing | None, unit: DestinationUnit, neighbours: Neighbours
    ) -> None:
        self._draft, self._task, self._timing, self._unit = draft, task, timing, unit
        self._neighbours = neighbours
        self._provider = is_provider(task)
        self._values = draft.values
        given = TaskParameters(draft, task)
        self._given, self._place, self._known = given.given, given.place, given.known
        self._flag, self._retries, self._owner = given.flag, given.retries, given.owner

    def carry(self) -> None:
        """All of them."""
        refuse_rest(self._draft, self._task, PROVIDER if self._provider else SEED)
        if self._provider:
            self._format("export_format")
            self._query("salesforce_query")
            self._provider_only()
        else:
            self._object()
            self._format("fmt")
            self._rows()
            self._text("relationship_object", "relationship_object")
            self._text("api", "api")
            self._text("compression", "compression")
        for key in _FLAGS:
            self._flag(key)
        self._retries()
        self._owner()
        carry_places(self._draft, self._task, self._unit, PROVIDER if self._provider else SEED)

    def _object(self) -> None:
        name = self._known("sf_obj", "object", str, "a text")
        if name:
            self._values["object"] = corrected = self._unit.object_name(name)
            if corrected != name:
                self._draft.note(
                    self._place("sf_obj"), f"`{name}` is written `{corrected}`, as in the catalogue"
                )
        elif not self._given("sf_obj"):
            self._draft.refuse(self._task.place, "the task names no object", "Write `object:` by hand.")
        fields = self._known("sf_fields", "fields", (list, tuple), "a list")
        if fields is None or self._given("query"):
            if fields:
                self._draft.note(self._place("sf_fields"), "`sf_fields` had no effect beside `query`")
            return
        if not all(isinstance(one, str) for one in fields):
            self._draft.refuse(
                self._place("sf_fields"), "`sf_fields` holds more than names", "Write `fields:` by hand."
            )
        elif fields:
            self._values["fields"] = self.corrected(fields)
        else:
            self._draft.note(self._place("sf_fields"), "`sf_fields` is empty, which meant every field")

    def corrected(self, fields: Any) -> list[str]:
        """Names of fields in the case of the catalogue, each once."""
        object_name = self._values.get("object", "")
        names = [self._unit.field_name(object_name, one.strip()) for one in fields]
        changed = [new for old, new in zip(fields, names, strict=True) if old != new]
        if changed:
            key = "salesforce_query" if self._provider else "sf_fields"
            self._draft.note(
                self._place(key),
                f"{len(changed)} names of fields are written as in the catalogue: {', '.join(changed)}",
            )
        return list(dict.fromkeys(names))

    def _rows(self) -> None:
        """Which rows: a query, or the two dates."""
        if self._given("query"):
            if self._given("from_date") or self._given("to_date"):
                self._draft.refuse(
                    self._place("query"),
                    "`query` and a date are given together, which the operator refuses",
                    BY_HAND,
                )
            self._query("query")
            return
        ends = []
        for key in ("from_date", "to_date"):
            value = self._task.arguments.get(key)
            if value is not None and not isinstance(value, str):
                if (unknown := first_unknown(value)) is not None:
                    self._draft.refuse(unknown.place, f"`{key}`: `{unknown.text}` {unknown.why}", BY_HAND)
                else:
                    self._draft.refuse(self._place(key), f"`{key}` is not a text", BY_HAND)
                return
            ends.append(value or None)
        self._draft.ends = (ends[0], ends[1])
        if ends == [None, None]:
            self._values["window"] = "full"
            return
        if self._timing is None:
            self._draft.refuse(self._task.place, "the window follows a DAG that is not known", BY_HAND)
            return
        try:
            found = run_window(Ends(ends[0], ends[1]), self._timing)
        except NotAWindowError as error:
            self._draft.refuse(
                self._place("from_date" if ends[0] else "to_date"), f"the window: {error}", BY_HAND
            )
            return
        self._values |= found.keys
        for note in found.notes:
            self._draft.note(self._place("from_date" if ends[0] else "to_date"), note)

    def _query(self, key: str) -> None:
        text = self._known(key, "query", str, "a text")
        if not text:
            if not self._given(key):
                self._draft.refuse(self._task.place, "the task has no query", "Write `query:` by hand.")
            return
        found, problem = query_text(text, self._task, self._neighbours, suffixes=(".sql", ".soql"))
        if problem:
            self._draft.refuse(self._place(key), problem, "Write `query:` by hand.")
        if found:
            carry_query(
                self._draft, found, self._place(key), self._timing, self._unit, whole=not self._provider
            )

    def _text(self, key: str, spec_key: str) -> None:
        value = self._known(key, spec_key, str, "a text")
        if value and not (key == "api" and value == "auto"):
            self._values[spec_key] = value

    def _format(self, key: str) -> None:
        value = self._known(key, "format", str, "a text")
        if value or not self._given(key):
            self._values["format"] = (value or "csv").lower()

    def _provider_only(self) -> None:
        if self._known("gzip", "compression", bool, "true or false"):
            self._values["compression"] = "gzip"
        for key, what in (
            ("encrypt", "the bucket encrypts what is written to it"),
            ("acl_policy", "the bucket's own policy says who reads"),
            ("replace", "a rerun replaces its own output and nothing else"),
        ):
            if self._task.arguments.get(key):
                self._draft.note(self._place(key), f"`{key}` is not carried over: {what}")
        parameters = self._known("query_params", "query", dict, "a mapping")
        for name, value in (parameters or {}).items():
            if name in ("include_deleted", "includeDeleted") and isinstance(value, bool):
                if value:
                    self._values["include_deleted"] = True
            elif name == "timeout":
                self._draft.note(
                    self._place("query_params"),
                    "the timeout of `query_params` is not carried over: every request has one",
                )
            else:
                self._draft.refuse(
                    self._place("query_params"),
                    f"`query_params` gives `{name}` to the request",
                    "Check whether the query needs it.",
                )
