"""ING108: keys that a spec's kind of source cannot honour."""

from collections.abc import Iterator, Mapping

from factory.model.ingestion import Ingestion
from factory.model.traits import Traits
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.registry import SOURCES

FOREIGN_KEY = Rule(
    "ING108", "key-of-another-source", "A key has no effect, for the source of the spec does not know it.",
    "A key that is accepted acts. What another kind of source has, this one would ignore in silence.",
    wrong="source: postgresql\nobject: billing.invoice\nfields: [id]\nwindow: full\napi: bulk\n",
    right="source: postgresql\nobject: billing.invoice\nfields: [id]\nwindow: full\n", fixed=True,
)  # fmt: skip
RULES = (FOREIGN_KEY,)


def foreign(source: Traits) -> Mapping[str, str]:
    """The keys of a spec that a kind of source does not know, each with what to do instead."""
    others = {
        key: f"Delete it: it is a key of {kind.traits.title}."
        for kind in SOURCES.values()
        for key in kind.traits.options
        if key not in source.options
    }
    return {**others, **source.lacks}


def check(spec: Ingestion) -> Iterator[Problem]:
    """Every key of a spec that its source does not know."""
    for key, cure in foreign(spec.traits).items():
        if key in spec.document.mapping:
            message = f"`{key}` has no effect: this spec reads {spec.traits.title}"
            yield FOREIGN_KEY.at(spec.document, (key,), message, cure=cure, on_key=True)
    if not spec.traits.declares_types:
        yield from _types(spec)
    elif spec.exceptions:
        message = f"`all` has no effect: {spec.traits.title} has no list of the fields"
        cure = "Name the fields; `other_attributes` takes all others."
        yield FOREIGN_KEY.at(spec.document, ("fields", "all"), message, cure=cure, on_key=True)


def _types(spec: Ingestion) -> Iterator[Problem]:
    for field in spec.named_fields:
        if field.type:
            message = f"`type` has no effect: the fields of {spec.traits.title} have types of their own"
            path = (*field.path[:-1], "type")
            yield FOREIGN_KEY.at(spec.document, path, message, cure="Delete it.", on_key=True)
