"""What a task was given, parameter by parameter: its value where that is known, else a refusal with its place."""

from typing import Any

from factory.importing.findings import Draft
from factory.importing.values import Place, Task, first_unknown, is_known


class TaskParameters:
    """The parameters of one task, and the draft that they become keys of."""

    def __init__(self, draft: Draft, task: Task) -> None:
        """Look at nothing yet."""
        self._draft, self._task = draft, task
        self._values = draft.values

    def given(self, key: str) -> bool:
        return self._task.arguments.get(key) is not None

    def place(self, key: str) -> Place:
        return self._task.places.get(key, self._task.place)

    def known(self, key: str, spec_key: str, kind: type | tuple[type, ...], what: str) -> Any:
        """The value of a parameter; None where there is none, or where it was refused."""
        value = self._task.arguments.get(key)
        if value is None:
            return None
        if not is_known(value):
            unknown = first_unknown(value)
            place = unknown.place if unknown else self.place(key)
            why = (
                f"`{unknown.text}` {unknown.why}"
                if unknown
                else "it comes from another task or is known only when the DAG runs"
            )
            self._draft.refuse(place, f"`{key}`: {why}", f"Write `{spec_key}:` by hand.")
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            self._draft.refuse(self.place(key), f"`{key}` is not {what}", f"Write `{spec_key}:` by hand.")
            return None
        if isinstance(value, str) and "{{" in value and spec_key != "query":
            cure = f"Write `{spec_key}:` by hand."
            self._draft.refuse(
                self.place(key),
                f"`{key}` is a template, `{value.strip()}`, which Airflow renders in each run",
                cure,
            )
            return None
        return value

    def flag(self, key: str) -> None:
        if self.known(key, key, bool, "true or false"):
            self._values[key] = True

    def retries(self) -> None:
        value = self.known("retries", "retries", int, "a whole number")
        if value is not None:
            self._values["retries"] = value

    def owner(self) -> None:
        value = self.known("owner", "owner", str, "a text")
        if value == "airflow":
            self._draft.note(
                self.place("owner"), "the owner `airflow` is nobody's name; the unit's owner takes its place"
            )
        elif value:
            self._values["owner"] = value
