"""What an editor shows while a spec is written: the real YAML language server on our schemas."""

from collections.abc import Iterator

import pytest

from factory.sources.registry import SOURCES
from factory.vocabulary.schemas import schema
from tests.factory.conftest import REPOSITORY
from tests.factory.vocabulary.language_client import Editor

SPEC = f"# yaml-language-server: $schema={REPOSITORY}/factory/schema/ingestion.schema.json\n"
UNIT = f"# yaml-language-server: $schema={REPOSITORY}/factory/schema/unit.schema.json\n"


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with Editor(tmp_path_factory.mktemp("editor")) as session:
        yield session


@pytest.mark.parametrize(
    "body",
    [
        "object: Account\nwindow: {last: 6 months}\nfields: [Id, {name: Phone, protect: mask}]\n",
        'source: postgresql\nobject: billing."Open Items"\nwindow: full\nfields: [Id, {name: e-mail, protect: mask}]\n',
        "source: dynamodb\nobject: meter_state\nwindow: full\n",
    ],
)
def test_a_good_spec_has_no_diagnostics(editor, body):
    uri = editor.open(f"good_{abs(hash(body))}.yaml", SPEC + body)
    assert editor.diagnostics(uri) == []


@pytest.mark.parametrize(
    ("body", "line", "start", "end", "word"),
    [
        ("object: Account\nwindw: full\n", 2, 0, 5, "windw"),
        ("object: Account\nformat: parqet\n", 2, 8, 14, "csv"),
        ("object: Account\nwindow: ful\n", 2, 8, 11, "incremental"),
        ("object: Account\nwindow: {last: 6}\n", 2, 15, 16, "string"),
        ("object: Account\nwindow: {last: six}\n", 2, 15, 18, "whole number and a unit"),
        ("object: Account\nfields: [{name: Email, protect: hsh}]\n", 2, 32, 35, "mask"),
        ("object: Account\nfields: [{nam: Email}]\n", 2, 10, 13, "nam"),
        ("window: full\n", 1, 0, 1, "object"),
        ("object: Account\nwindow: full\ncursor: CreatedDate\n", 3, 0, 6, "takes every row"),
        ("object: Account\nformat: csv\ntable: true\n", 3, 7, 11, "A table is made of parquet"),
        ("source: mysq\nobject: Account\n", 1, 8, 12, "postgresql"),
        ("source: postgresql\nobject: invoice\n", 2, 8, 15, "schema and table"),
        ("source: salesforce\nobject: billing.invoice\n", 2, 8, 23, "API name"),
    ],
)
def test_a_mistake_is_underlined_where_it_stands(editor, body, line, start, end, word):
    uri = editor.open(f"bad_{abs(hash(body))}.yaml", SPEC + body)
    found = editor.diagnostics(uri)
    assert len(found) >= 1
    places = {
        (
            one["range"]["start"]["line"],
            one["range"]["start"]["character"],
            one["range"]["end"]["character"],
        ): one["message"]
        for one in found
    }
    assert any(word in message for place, message in places.items() if place == (line, start, end)), places


def test_every_key_is_offered_with_its_meaning(editor):
    uri = editor.open("keys.yaml", SPEC + "object: Account\n")
    offered = editor.completions(uri, 2, 0)
    about = schema("ingestion")["properties"]
    assert set(about) - {"object"} <= set(offered)
    for key in set(about) - {"object"}:
        text = offered[key].get("documentation")
        assert about[key]["markdownDescription"].split(".")[0] in (
            text["value"] if isinstance(text, dict) else text or ""
        )


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("object: Account\nformat: \n", {"csv", "json", "ndjson", "parquet"}),
        ("object: Account\napi: \n", {"auto", "rest", "bulk"}),
        (
            "object: Account\nwindow: \n",
            {"full", "incremental", "last month", "yesterday", "this week so far"},
        ),
        ("object: Account\ninclude_deleted: \n", {"true", "false"}),
        ("object: Account\nsource: \n", set(SOURCES)),
        ("object: Account\nschedule: \n", {"@daily", "@hourly"}),
    ],
)
def test_values_are_offered(editor, body, values):
    uri = editor.open(f"values_{abs(hash(body))}.yaml", SPEC + body)
    last = body.splitlines()[-1]
    assert values <= set(editor.completions(uri, 2, len(last)))


def test_keys_inside_a_window_and_a_field_are_offered(editor):
    uri = editor.open("inside.yaml", SPEC + "object: Account\nwindow:\n  \nfields:\n  - name: Email\n    \n")
    assert {"last", "from", "to"} <= set(editor.completions(uri, 3, 2))
    assert "protect" in editor.completions(uri, 6, 4)


def test_snippets_write_whole_specs(editor):
    uri = editor.open("snippet.yaml", SPEC)
    offered = editor.completions(uri, 1, 0)
    assert {"full load", "incremental load"} <= set(offered)


def test_hovering_teaches(editor):
    uri = editor.open("hover.yaml", SPEC + "object: Account\noverlap: 10 minutes\n")
    assert "committed late" in editor.hover(uri, 2, 2)


def test_the_defaults_of_a_unit_complete_as_in_a_spec(editor):
    uri = editor.open("unit.yaml", UNIT + "name: finance\ndefaults:\n  format: \n")
    assert {"csv", "parquet"} <= set(editor.completions(uri, 3, 10))
    uri = editor.open("bad_unit.yaml", UNIT + "name: finance\ndefaults:\n  format: parqet\n")
    assert any(one["range"]["start"] == {"line": 3, "character": 10} for one in editor.diagnostics(uri))
