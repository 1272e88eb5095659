"""The schemas themselves: right in form, telling in every key, and the same for a key wherever it may stand."""

import json

import pytest
from jsonschema import Draft7Validator

from factory.vocabulary.schemas import schema
from tests.factory.conftest import REPOSITORY

FOLDER = REPOSITORY / "factory/schema"
KINDS = ("ingestion", "unit", "group")
NOT_DEFAULTABLE = {"object", "description", "fields", "filter", "query", "relationship_object", "destination"}


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
