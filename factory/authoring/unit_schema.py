"""The JSON schema of one unit's specs: that of all specs, with the objects that the unit may read and the fields of each."""

import copy
import json
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from factory.authoring.modeline import FOLDER, lines_for
from factory.model.unit import Unit
from factory.sources.registry import DEFAULT, SOURCES
from factory.sources.seam import Offer, Offline, SourceKind
from factory.tree.workspace import Workspace
from factory.vocabulary.schemas import schema

_MODELINE = re.compile(r"(# (?:yaml-language-server: \$schema=|\$schema: ))(\S+)")


def unit_schema(workspace: Workspace, unit: Unit) -> str:
    """The text of the schema file."""
    whole = copy.deepcopy(schema("ingestion"))
    whole["$id"] = f"{whole['$id']}:{unit.name}"
    for name, kind in SOURCES.items():
        known = dict(_known(workspace.offline[name], kind, unit))
        if not known:
            continue
        whole["properties"]["object"].pop("examples", None)  # which are other units' too
        of_kind: dict[str, Any] = {"properties": {"source": {"const": name}}}
        if kind is not DEFAULT:
            of_kind["required"] = ["source"]
        whole["allOf"].append({"if": of_kind, "then": {"properties": {"object": {"enum": list(known)}}}})
        for one, fields in known.items():
            condition = {
                "properties": {**of_kind["properties"], "object": {"const": one}},
                "required": [*of_kind.get("required", ()), "object"],
                "not": {"required": ["query"]},  # whose result has columns of its own
            }
            whole["allOf"].append({"if": condition, "then": {"properties": _of_object(kind, fields)}})
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def linked(text: str, unit: str) -> str:
    """A spec whose first comments name the schema of its unit."""
    schema = f"../{FOLDER}/{unit}.json"
    lines = text.splitlines(keepends=True)
    comments = len(list(takewhile(lambda line: line.startswith("#"), lines)))
    if not any(map(_MODELINE.search, lines[:comments])):
        return lines_for(schema) + text
    named = [_MODELINE.sub(rf"\g<1>{schema}", line) for line in lines[:comments]]
    return "".join([*named, *lines[comments:]])


def _known(offline: Offline, kind: SourceKind, unit: Unit) -> Iterator[tuple[str, tuple[Offer, ...]]]:
    """The objects that a unit may read and the catalogue has, with their fields."""
    for connection in unit.sources.get(kind.traits.kind, ()):
        for name in offline.names(connection):
            fields = offline.offers(connection, name) if unit.may_read(kind.traits, name) else None
            if fields:
                yield name, fields


def _of_object(kind: SourceKind, fields: tuple[Offer, ...]) -> dict[str, Any]:
    """What an object says of the keys that name fields."""
    own = {"type": "string", "enum": [one.name for one in fields]}
    of_parents = {"type": "string", "pattern": r"\."}
    name: dict[str, Any] = {"anyOf": [own, of_parents]} if kind is DEFAULT else own
    strings = [own, of_parents] if kind is DEFAULT else [own]
    item = {"anyOf": [*strings, {"type": "object", "properties": {"name": name}}]}
    return {
        "fields": {
            "if": {"type": "array"},
            "then": {"items": item},
            "else": {"properties": {"except": {"items": item}}},
        },
        "cursor": own,
        "partition_by": name,
    }
