"""ING236, ING237, ING239, ING248: the current state of a table."""

from collections.abc import Iterator

from lake_ingest.spec.window import Full

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule

_HEAD = "object: Account\nwindow: incremental\nschedule: '@daily'\nstart: 2026-01-01\nformat: parquet\n"
_DELETED = "include_deleted: true\n"

NO_STATE = Rule(
    "ING236", "no-current-state", "A current state is asked for, and the rows do not hold their key.",
    "The current state is one row a key. A protected or renamed key tells no rows apart, and the rows of a query have none.",
    wrong=_HEAD + _DELETED + "fields: [Name, IsDeleted]\ntable: {current: true}\n",
    right=_HEAD + _DELETED + "fields: [Id, Name, IsDeleted]\ntable: {current: true}\n", fixed=True,
)  # fmt: skip
DELETED_STAY = Rule(
    "ING237", "deleted-rows-stay", "The current state keeps rows that were deleted in the source.",
    "Nothing that the spec reads tells which rows were deleted: a row that is gone is simply in no window any more.",
    wrong=_HEAD + "fields: [Id, Name]\ntable: {current: true}\n",
    right=_HEAD + "fields: [Id, Name]\ncompare_ids: 7 days\ntable: {current: true}\n", severity=Severity.WARNING,
)  # fmt: skip
TAKEN = Rule(
    "ING239", "name-of-a-state", "The dataset is a table, and its name is one that a current state may have.",
    "`table: {current: true}` makes tables beside the spec's own, whose names end in `_current`, `_gone` and `_keys`.",
    wrong="object: Account\nwindow: full\nformat: parquet\ntable: true\n",
    right="object: Account\nwindow: full\nformat: parquet\n", fixed=True, example="account_current.yaml",
)  # fmt: skip
IN_VAIN = Rule(
    "ING248", "compact-in-vain", "`compact` is written for a table that no engine merges into.",
    "The files of a history, and of a state that is simply the newest publication, are those of publications: nobody may put them together.",
    wrong=_HEAD + "table: {compact: 7 days}\n",
    right=_HEAD + _DELETED + "fields: [Id, Name, IsDeleted]\ntable: {current: true, compact: 7 days}\n", fixed=True,
)  # fmt: skip
RULES = (NO_STATE, DELETED_STAY, TAKEN, IN_VAIN)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the current state that a spec asks for."""
    if spec.table and spec.name.endswith(("_current", "_gone", "_keys")):
        message = f"a table cannot be called `{spec.name}`: a current state may have that name"
        cure = "Rename the file, or write `table: false`."
        yield TAKEN.at(*spec.place("table"), message, cure=cure)
    yield from _in_vain(spec)
    if not spec.current or spec.broken & {"fields", "query", "table", "window"}:
        return
    if spec.query or not spec.holds_key:
        message = "there is no current state: " + (
            "the rows are those of a query" if spec.query else "the rows do not hold their key in the clear"
        )
        key = ", ".join(f"`{name}`" for name in spec.about.key or ())
        cure = "Write `table: true`."
        if spec.query:
            cure = "Write `table: true`, or use `fields` and `window` instead of the query."
        elif key:
            cure = f"Read {key} unprotected and without `as`, or write `table: true`."
        yield NO_STATE.at(*spec.place("table"), message, cure=cure)
    elif not (spec.window == Full() or spec.refresh or spec.compare_ids or _reads_deleted(spec)):
        message = "deleted rows stay in the current state: nothing that is read tells of them"
        tells = ["`compare_ids: 7 days`"] if "compare_ids" not in spec.traits.lacks else []
        tells += ["`include_deleted: true`"] if "include_deleted" not in spec.traits.lacks else []
        cure = f"Add {' or '.join(tells or ['`refresh: 7 days`'])}."
        yield DELETED_STAY.at(*spec.place("table"), message, cure=cure)


def _in_vain(spec: Ingestion) -> Iterator[Problem]:
    written = spec.settings["table"].value
    if not spec.says("table") or not isinstance(written, dict) or "compact" not in written or spec.merges:
        return
    if "window" in spec.unusable:
        return
    why = "the current state is the newest publication" if spec.current else "there is no `current: true`"
    document, path = spec.place("table")
    message = f"`compact` has no effect: {why}"
    yield IN_VAIN.at(document, (*path, "compact"), message, cure="Delete it.", on_key=True)


def _reads_deleted(spec: Ingestion) -> bool:
    return spec.include_deleted and spec.deletes != "ignore"
