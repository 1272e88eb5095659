"""A key of a spec whose value is SOQL, with the place of everything in it."""

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

    def refused(self, rule: Rule, error: SoqlError) -> Problem:
        """The problem that the reader found, with the keyword that was probably meant."""
        meant = near(self.text[error.start : error.end], error.expected)
        return self.at(rule, Word("", error.start, error.end), str(error), meant=meant)
