"""Connections, bucket and key of the old operators: the unit's file says them for its specs."""

from collections.abc import Collection

from factory.importing.destination_unit import DestinationUnit
from factory.importing.findings import Draft
from factory.importing.values import Place, Task, first_unknown

_CONNECTIONS = {
    "sf_conn_id": "salesforce",
    "salesforce_conn_id": "salesforce",
    "s3_conn_id": "aws",
    "aws_conn_id": "aws",
}


def carry_places(draft: Draft, task: Task, unit: DestinationUnit, own: Collection[str]) -> None:
    """Map what the unit has, and report the rest; `own` are the parameters of the operator."""
    _Places(draft, task, unit, own).carry()


class _Places:
    def __init__(self, draft: Draft, task: Task, unit: DestinationUnit, own: Collection[str]) -> None:
        self._draft, self._task, self._unit, self._own = draft, task, unit, own
        self._values = draft.values

    def _given(self, key: str) -> bool:
        return self._task.arguments.get(key) is not None

    def _place(self, key: str) -> Place:
        return self._task.places.get(key, self._task.place)

    def carry(self) -> None:
        """Connections, bucket and key: the unit's file says them."""
        draft, unit = self._draft, self._unit.unit
        for key, kind in _CONNECTIONS.items():
            if not self._given(key) or key not in self._own:
                continue
            value = self._task.arguments[key]
            shown = (
                value
                if isinstance(value, str)
                else getattr(first_unknown(value), "text", "made when the DAG runs")
            )
            if kind == "aws":
                if value != unit.aws:
                    draft.note(self._place(key), f"`{key}` was `{shown}`; the unit writes with `{unit.aws}`")
            elif value in self._unit.salesforce:
                if value != self._unit.salesforce[0]:
                    self._values["connection"] = value
            else:
                draft.old_connection = shown
                usual = self._unit.salesforce[0] if self._unit.salesforce else ""
                draft.note(
                    self._place(key),
                    f"`{key}` was `{shown}`; the spec reads with the unit's `{usual}`",
                    "See that both lead to the same org.",
                )
        self._bucket("s3_bucket_name" if "s3_bucket_name" in self._own else "s3_bucket")
        if self._given("s3_key"):
            value = self._task.arguments["s3_key"]
            shown = (
                value
                if isinstance(value, str)
                else getattr(first_unknown(value), "text", "made when the DAG runs")
            )
            draft.old_key = shown

    def _bucket(self, key: str) -> None:
        if not self._given(key):
            return
        value = self._task.arguments[key]
        unknown = first_unknown(value)
        shown = (
            value
            if isinstance(value, str)
            else unknown.template or unknown.text
            if unknown
            else "made when the DAG runs"
        )
        plain = "".join(str(shown).split())
        buckets = {"".join(one.split()): one for one in self._unit.unit.all_buckets}
        if plain in buckets:
            if buckets[plain] != self._unit.unit.bucket:
                self._values["destination"] = {"bucket": buckets[plain]}
            return
        self._draft.note(
            self._place(key),
            f"the bucket was `{shown}`; the spec writes to the unit's, `{self._unit.unit.bucket}`",
        )
