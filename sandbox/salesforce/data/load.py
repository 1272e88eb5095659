"""Own objects: a folder with `<Object>.describe.json` and `<Object>.csv` for each.

The first is a describe result; the second has the form of Bulk API 2.0: quoted cells, empty for null, `…Z` instants.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.schema.model import SYSTEM_FIELDS, Field, ObjectType, Schema

SUFFIX = ".describe.json"


def read_folder(folder: Path) -> dict[Path, ObjectType]:
    """The objects that a folder describes, by the path of their rows.

    Raises:
        ValueError: there is none, or a file is not a describe result.
    """
    paths = sorted(folder.glob(f"*{SUFFIX}"))
    if not paths:
        raise ValueError(f"{folder} has no file ending in {SUFFIX}")
    return {path.with_name(path.name.removesuffix(SUFFIX) + ".csv"): read_describe(path) for path in paths}


def load(store: Store, own: Mapping[Path, ObjectType]) -> Schema:
    """Add own objects to the store; one that the org has already is replaced.

    Raises:
        ValueError: rows that do not fit their description.
    """
    for path, one in own.items():
        _fill(store, one, path)
    store.schema = Schema(store.schema.objects | {one.name.lower(): one for one in own.values()})
    return store.schema


def read_describe(path: Path) -> ObjectType:
    """An object from a describe result."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        fields = tuple(_field(entry) for entry in content["fields"])
        one = ObjectType(
            content["name"],
            content.get("keyPrefix") or "a99",
            content.get("label", content["name"]),
            content.get("labelPlural", content["name"]),
            fields,
            queryable=content.get("queryable", True),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"{path} is not a describe result: {problem!r}") from None
    missing = sorted(name for name in SYSTEM_FIELDS if one.field(name) is None)
    if missing:
        raise ValueError(f"{path}: {one.name} lacks the system field {missing[0]}")
    return one


def _field(entry: dict[str, Any]) -> Field:
    return Field(
        name=entry["name"],
        type=entry["type"],
        label=entry.get("label", ""),
        length=entry.get("length", 0),
        precision=entry.get("digits", 0) if entry["type"] == "int" else entry.get("precision", 0),
        scale=entry.get("scale", 0),
        nillable=entry.get("nillable", True),
        reference_to=tuple(entry.get("referenceTo", ())),
        relationship_name=entry.get("relationshipName"),
        values=tuple(one["value"] for one in entry.get("picklistValues", ())),
        compound=entry.get("compoundFieldName"),
        labels=tuple(
            (one["value"], one["label"])
            for one in entry.get("picklistValues", ())
            if one.get("label", one["value"]) != one["value"]
        ),
        loaded_formula=entry.get("calculated", False),
        name_field=entry.get("nameField", False),
        auto_number=entry.get("autoNumber", False),
        unique=entry.get("unique", False),
    )


def _fill(store: Store, one: ObjectType, path: Path) -> None:
    with store.writing() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {quoted(one.name)}")
    if not path.exists():
        store.create(one)
        return
    # the columns come by the header's names, as text, and take their field's type here
    columns = ", ".join(_converted(field) for field in one.stored_fields)
    source = f"read_csv({literal(str(path))}, header = true, all_varchar = true, quote = '\"', escape = '\"', strict_mode = true)"
    store.create(one, f"SELECT {columns} FROM {source}", why=f"{path} does not fit {one.name}{SUFFIX}")


def _converted(field: Field) -> str:
    text = f"nullif({quoted(field.name)}, '')"
    if field.type == "base64":
        return f"from_base64({text})"
    if field.type in {"datetime", "time"}:
        text = f"rtrim({text}, 'Z')"
    if field.type == "boolean":
        return f"coalesce({text}::BOOLEAN, FALSE)"
    return f"{text}::{field.sql_type}"
