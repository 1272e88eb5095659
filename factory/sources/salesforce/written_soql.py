"""A key of a spec whose value is SOQL, with the place of everything in it."""

import re
from dataclasses import dataclass

from lake_ingest.sources.salesforce.soql.nodes import Path, Value, Word
from lake_ingest.sources.salesforce.soql.refusal import SoqlError

from factory.model.ingestion import Ingestion
from factory.near import near
from factory.read.inner import inner_span
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.salesforce.catalog import Catalog
from factory.sources.salesforce.catalog_rules import Place
from factory.sources.salesforce.labels import field_name
from factory.sources.salesforce.soql_habits import Habit, habit


@dataclass(frozen=True)
class WrittenSoql:
    """A key of a spec whose value is SOQL."""

    spec: Ingestion
    key: str
    text: str
    catalog: Catalog

    def place(self, start: int, end: int) -> Place:
        """A stretch of the value, in the file."""
        return Place((self.key,), inner_span(self.spec.document, (self.key,), self.text, start, end))

    def at(
        self, rule: Rule, node: Word | Path | Value, message: str, cure: str = "", meant: str = ""
    ) -> Problem:
        """A problem of a rule at a node."""
        place = self.place(node.start, node.end)
        return rule.at(self.spec.document, place.path, message, cure=cure, near=meant, span=place.span)

    def instead(self, rule: Rule, node: Word | Path | Value, message: str, text: str, cure: str) -> Problem:
        """A problem at a node with the text to write there; inside quotes, which the text might end, it is said in words."""
        place = self.place(node.start, node.end)
        if text and self.spec.document.places.styles.get((self.key,)) in ("", "|", ">"):
            return rule.at(self.spec.document, place.path, message, span=place.span, instead=text)
        return rule.at(
            self.spec.document,
            place.path,
            message,
            span=place.span,
            cure=f"Write `{text}`." if text else cure,
        )

    def refused(self, rule: Rule, error: SoqlError) -> Problem:
        """The problem that the reader found, with what was probably meant."""
        found = self._label(error) or habit(self.text, error)
        if found is not None:
            return self.instead(
                rule, Word("", found.start, found.end), found.said or str(error), found.instead, found.cure
            )
        meant = near(self.text[error.start : error.end], error.expected)
        return self.at(rule, Word("", error.start, error.end), str(error), meant=meant)

    def _label(self, error: SoqlError) -> Habit | None:
        """A label of two or three words, where the API name of a field belongs."""
        one = self.catalog.object(self.spec.object)
        for match in re.finditer(r"[A-Za-z]+ [A-Za-z]+( [A-Za-z]+)?", self.text) if one else ():
            for words in (match[0], " ".join(match[0].split()[:2])):
                end = match.start() + len(words)
                meant = (
                    field_name(words, one, self.catalog) if one and match.start() <= error.start < end else ""
                )
                if meant:
                    return Habit(match.start(), end, meant)
        return None
