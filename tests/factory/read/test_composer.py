"""Reading YAML: plain values with their places, and what is surprising about them, unjudged."""

import pytest

from factory.read.composer import Composer
from factory.read.file_text import SourceText
from factory.read.span import Span
from factory.read.surprise import Yaml


def compose(text, *, marked=False):
    composer = Composer(SourceText("example.yaml", text, marked))
    return composer.compose(), composer.surprises


def test_values_are_those_of_yaml_1_2():
    document, surprises = compose("a: [1, 1.5, true, null, text, '1', \"true\"]\nb: {c: ~}\n")
    assert document.data == {"a": [1, 1.5, True, None, "text", "1", "true"], "b": {"c": None}}
    assert surprises == []


def test_every_key_and_value_has_its_place():
    document, _ = compose("window:\n  last: 6 months  # so long\nfields: [Id, Name]\n")
    assert document.key_span(("window", "last")) == Span(2, 3, 2, 7)
    assert document.value_span(("window", "last")) == Span(2, 9, 2, 17)
    assert document.value_span(("fields", 1)) == Span(3, 14, 3, 18)
    assert document.value_span(("window", "from")) == Span(1, 1, 1, 7)  # absent: the nearest key around it


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ('a: "b\n', Yaml.SYNTAX, Span(1, 4, 1, 5)),
        ("a:\n\tb: c\n", Yaml.TAB, Span(2, 1, 2, 2)),
        ("a: 1\na: 2\n", Yaml.DUPLICATE_KEY, Span(2, 1, 2, 2)),
        ("a: NO\n", Yaml.AMBIGUOUS, Span(1, 4, 1, 6)),
        ("a: 12:30\n", Yaml.AMBIGUOUS, Span(1, 4, 1, 9)),
        ("a: &b c\n", Yaml.ALIAS, Span(1, 4, 1, 8)),
        ("a: *b\n", Yaml.ALIAS, Span(1, 4, 1, 6)),
        ("a: !!python/name:os.system x\n", Yaml.ALIAS, Span(1, 4, 1, 29)),
        ("schedule: */5 * * * *\n", Yaml.UNQUOTED_CRON, Span(1, 11, 1, 22)),
        ("- a\n", Yaml.STRUCTURE, Span(1, 1, 2, 1)),
        ("", Yaml.STRUCTURE, Span(1, 1, 1, 1)),
        ("a: b\n---\nc: d\n", Yaml.STRUCTURE, Span(2, 1, 2, 4)),
    ],
)
def test_what_is_surprising_has_its_kind_and_place(text, kind, span):
    _, surprises = compose(text)
    assert [(one.kind, one.span) for one in surprises] == [(kind, span)]


def test_a_byte_order_mark_is_noticed():
    _, surprises = compose("a: b\n", marked=True)
    assert [one.kind for one in surprises] == [Yaml.ENCODING]
