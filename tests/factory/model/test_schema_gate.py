"""A file is only looked at in detail where a faster reader of the same schema finds fault: the two must agree on what conforms."""

import json
from contextlib import suppress
from pathlib import Path

import jsonschema_rs
import pytest
from jsonschema import Draft7Validator

from factory.read.composer import Composer
from factory.read.file_text import read
from factory.vocabulary.schemas import schema

TESTS = Path(__file__).parents[2]
KINDS = {"group.yaml": "group", "unit.yaml": "unit"}
ODD = (
    None,
    True,
    1,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "é x",
    "6 months",
    "2026-02-30",
    [],
    ["Id", "Id"],
    {},
    {"x": 1},
    [{"name": "Id"}],
)


def _documents():
    """Every file of the cases and of the samples, as the compiler reads it, by the kind of its schema."""
    for folder in (TESTS / "cases", TESTS.parent / "configs"):
        for path in sorted(folder.rglob("*.yaml")):
            with suppress(OSError, ValueError):
                data = Composer(read(path, str(path))).compose().data
                if isinstance(data, dict):
                    yield KINDS.get(path.name, "ingestion"), data


@pytest.mark.parametrize("kind", ["group", "unit", "ingestion"])
def test_both_readers_of_a_schema_agree(kind):
    slow, fast = Draft7Validator(schema(kind)), jsonschema_rs.Draft7Validator(schema(kind))
    whole = [data for of, data in _documents() if of == kind]
    known = schema(kind)["properties"]
    keyed = [{**whole[0], key: value} for key in known for value in ODD]
    found = {
        json.dumps(data, default=str): (slow.is_valid(data), fast.is_valid(data)) for data in [*whole, *keyed]
    }
    assert {text for text, (one, other) in found.items() if one != other} == set()
    assert {one for one, _ in found.values()} == {True, False}
