"""What pandas was told of the files, `pd_kwargs` of Airflow's SQL operators, as keys of a spec."""

from typing import Any

from factory.importing.findings import Draft
from factory.importing.task_parameters import TaskParameters

_DELIMITERS = {";": ";", "\t": "tab", "|": "|"}
_PACKED = {"csv": ("gzip",), "json": ("gzip",), "parquet": ("snappy", "zstd", "gzip")}
_OF_OLD = ("pd_kwargs", "df_kwargs")  # the names of two versions of the provider


def carry_files(draft: Draft, given: TaskParameters) -> None:
    """The keys for what a spec can say of its files; the rest is noted by its name, and what chooses columns is refused."""
    for key in _OF_OLD:
        told = given.known(key, "csv", dict, "a dictionary") or {}
        kind = draft.values.get("format", "")
        left = [name for name, value in told.items() if not _carried(draft, kind, name, value)]
        place = given.place(key)
        if "columns" in left:
            draft.refuse(place, f"`columns` of `{key}` chooses columns", "Write `fields:` by hand.")
        noted = ", ".join(f"`{name}`" for name in left if name != "columns")
        if noted:
            draft.note(
                place, f"{noted} of `{key}` is not carried over: files are written by the spec's own format"
            )


def _carried(draft: Draft, kind: str, name: str, value: Any) -> bool:
    if name == "index" and value is False:
        return True
    if name == "compression" and value in _PACKED.get(kind, ()):
        draft.values["compression"] = value
        return True
    if kind != "csv":
        return False
    said: dict[str, Any] = {}
    if name == "sep":
        said = {"delimiter": _DELIMITERS[value]} if value in _DELIMITERS else {}
    elif name == "na_rep" and isinstance(value, str) and value:
        said = {"null": value}
    elif name == "encoding" and value == "utf-8-sig":
        said = {"bom": True}
    if said:
        draft.values["csv"] = draft.values.get("csv", {}) | said
    plain = (
        (name == "sep" and value == ",")
        or (name == "na_rep" and value == "")
        or (name == "header" and value is True)
    )
    return bool(said) or plain or (name == "encoding" and str(value).lower() in ("utf-8", "utf8"))
