"""The schemas themselves: right in form, telling in every key, and the same for a key wherever it may stand."""

import json

import pytest
from jsonschema import Draft7Validator

from factory.sources.registry import DEFAULT, SOURCES
from factory.vocabulary.schemas import schema
from factory.vocabulary.side_by_side import side_by_side
from tests.factory.conftest import REPOSITORY

FOLDER = REPOSITORY / "factory/schema"
KINDS = ("ingestion", "unit", "group")
NOT_DEFAULTABLE = {
    "source",
    "object",
    "description",
    "fields",
    "filter",
    "query",
    "relationship_object",
    "after",
    "destination",
    "file_name",
    "partition_by",
    "other_attributes",
    "written_at",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_draft_07_schema_with_its_version(kind):
    Draft7Validator.check_schema(schema(kind))
    assert schema(kind)["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema(kind)["$id"].endswith(f":{kind}:version:1")


@pytest.mark.parametrize("kind", ["unit", "group"])
def test_defaults_take_the_keys_of_a_spec(kind, golden):
    """The keys are copied, for editors do not follow references between files whose schemas have ids."""
    spec = schema("ingestion")["properties"]
    expected = json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    expected["properties"]["defaults"]["properties"] = {
        key: about for key, about in spec.items() if key not in NOT_DEFAULTABLE
    }
    golden(FOLDER / f"{kind}.schema.json", json.dumps(expected, indent=2, ensure_ascii=False) + "\n")


def test_a_spec_names_every_kind_of_source_and_what_each_calls_things(golden):
    """What a kind says of the keys holds where `source` names it; without one the usual kind is meant."""
    expected = json.loads((FOLDER / "ingestion.schema.json").read_text(encoding="utf-8"))
    source = expected["properties"]["source"]
    source["enum"] = list(SOURCES)
    source["enumDescriptions"] = [kind.traits.title for kind in SOURCES.values()]
    source["default"] = DEFAULT.traits.kind
    expected["allOf"] = [
        {
            "if": {
                "properties": {"source": {"const": name}},
                **({} if kind is DEFAULT else {"required": ["source"]}),
            },
            "then": {"properties": kind.vocabulary.spec},
        }
        for name, kind in SOURCES.items()
    ] + side_by_side(
        _refused_by_kind(),
        DEFAULT.traits.kind,
        tuple(name for name, kind in SOURCES.items() if kind.traits.cuts_queries),
    )
    golden(FOLDER / "ingestion.schema.json", json.dumps(expected, indent=2, ensure_ascii=False) + "\n")


def _refused_by_kind():
    """Keys that a kind of source cannot honour, or that are another kind's own."""
    options = dict.fromkeys(key for kind in SOURCES.values() for key in kind.traits.options)
    return {
        name: tuple(key for key in (*kind.traits.lacks, *options) if key not in kind.traits.options)
        for name, kind in SOURCES.items()
    }


def test_a_unit_gives_connections_and_objects_of_every_kind(golden):
    expected = json.loads((FOLDER / "unit.schema.json").read_text(encoding="utf-8"))
    connections, objects = (expected["properties"][key] for key in ("connections", "objects"))
    connections["properties"] = {
        **{name: connection(kind) for name, kind in SOURCES.items()},
        "aws": connections["properties"]["aws"],
    }
    objects["else"] = {
        **allowed(DEFAULT),
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {name: objects_of(kind) for name, kind in SOURCES.items()},
    }
    objects["examples"] = [
        list(DEFAULT.vocabulary.objects),
        {name: list(kind.vocabulary.objects) for name, kind in SOURCES.items()},
    ]
    golden(FOLDER / "unit.schema.json", json.dumps(expected, indent=2, ensure_ascii=False) + "\n")


def connection(kind):
    told = "One connection, or a list; a spec takes the first unless it says otherwise."
    an_id = {
        "pattern": "^[A-Za-z0-9_.-]{1,200}$",
        "patternErrorMessage": "Write the id of an Airflow connection.",
    }
    return {
        "title": kind.traits.title,
        "description": told,
        "markdownDescription": told,
        "type": ["string", "array"],
        "if": {"type": "string"},
        "then": an_id,
        "else": {"minItems": 1, "uniqueItems": True, "items": {"type": "string", **an_id}},
        "examples": [kind.vocabulary.connection],
    }


def objects_of(kind):
    told = 'A list, or `"*"` for all, with `objects_reason`.'
    return {
        "title": kind.traits.title,
        "description": told.replace("`", ""),
        "markdownDescription": told,
        "type": ["string", "array"],
        "if": {"type": "string"},
        "then": {"enum": ["*"]},
        "else": allowed(kind),
        "examples": [list(kind.vocabulary.objects)],
    }


def allowed(kind):
    return {"minItems": 1, "uniqueItems": True, "items": {"type": "string", **kind.vocabulary.allowed}}


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_teaches_and_its_default_and_examples_are_valid(kind):
    for key, about in schema(kind)["properties"].items():
        assert about["title"], key
        assert about["description"] == about["markdownDescription"].replace("`", "").replace("**", "")
        validator = Draft7Validator(about)
        for example in (*about.get("examples", ()), *([about["default"]] if "default" in about else ())):
            validator.validate(example)


def test_no_union_spoils_a_message():
    for kind in KINDS:
        text = (FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8")
        assert '"oneOf"' not in text
        assert '"anyOf"' not in text
