"""The registry of kinds of source, and what it must agree on with the schemas that editors show."""

import pytest

from factory.linter.all_rules import RULES
from factory.sources.registry import DEFAULT, SOURCES
from factory.vocabulary.schemas import schema

KINDS = list(SOURCES.values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.traits.kind)
def test_every_key_of_a_kind_is_in_the_schema(kind):
    assert set(kind.traits.options) | set(kind.traits.defaults) <= schema("ingestion")["properties"].keys()
    assert kind.traits.kind in schema("unit")["properties"]["connections"]["properties"]


def test_the_schema_shows_the_defaults_of_the_usual_kind():
    shown = {key: about.get("default") for key, about in schema("ingestion")["properties"].items()}
    assert {key: shown[key] for key in DEFAULT.traits.defaults} == DEFAULT.traits.defaults


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.traits.kind)
def test_the_rules_of_a_kind_are_among_all_rules(kind):
    assert {rule.id for rule in kind.rules} <= RULES.keys()
