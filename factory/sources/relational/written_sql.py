"""A key of a spec whose value is SQL, with the place of everything in it, and what it does besides reading."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lake_ingest.spec.table_name import TableName
from sqlglot import exp

from factory.model.ingestion import Ingestion
from factory.read.inner import inner_span
from factory.rules import other_habits
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.relational.catalog import CatalogColumn, CatalogTable
from factory.sources.relational.dialect import Dialect
from factory.sources.relational.sql_text import place

_WRITES = (exp.DML, exp.DDL, exp.Command, exp.Merge, exp.Into, exp.TruncateTable)
_OTHERWISE = re.compile(
    r"(pg_|lo_|dblink|(query|table|cursor|schema|database)_to_xml|xml_?is|nextval|setval|currval|lastval|set_config|txid_|load_file|sleep|benchmark"
    r"|get_lock|release_(all_)?locks?|last_insert_id|(master|source)_pos_wait|wait_for_executed_gtid_set|sys_(exec|eval))"
)
_MOVING = {
    "now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "clock_timestamp", "statement_timestamp",
    "transaction_timestamp", "timeofday", "random", "rand", "gen_random_uuid", "uuid_generate_v4", "uuid", "getdate", "sysdate", "curdate",
    "unix_timestamp", "current_user", "session_user", "utc_timestamp", "utc_date", "utc_time", "uuid_short", "connection_id", "user", "system_user",
}  # fmt: skip
_ONLY = {"filter": "A filter only compares.", "query": "A query only selects."}


class Findings(NamedTuple):
    """The rules of a key: what is not its SQL, what does more than read, what means something else each time."""

    syntax: Rule
    acts: Rule
    changing: Rule


@dataclass(frozen=True)
class WrittenSql:
    """A key of a spec, its text, and the problems at the places of that."""

    spec: Ingestion
    key: str
    text: str
    dialect: Dialect

    def at(self, rule: Rule, node: exp.Expr, message: str, cure: str = "", meant: str = "") -> Problem:
        """A problem of a rule at a node."""
        start, end = place(node) or (0, len(self.text))
        return self.within(rule, start, end, message, cure, meant)

    def within(
        self, rule: Rule, start: int, end: int, message: str, cure: str = "", meant: str = ""
    ) -> Problem:
        """A problem of a rule at a stretch of the text."""
        span = inner_span(self.spec.document, (self.key,), self.text, start, end)
        return rule.at(self.spec.document, (self.key,), message, cure=cure, near=meant, span=span)

    def known(self, table: CatalogTable | None, name: str) -> CatalogColumn | None:
        """A table's column of a name; where the database finds names in any case, so does this."""
        columns: Mapping[str, CatalogColumn] = table.columns if table else {}
        if name in columns or not self.dialect.any_case:
            return columns.get(name)
        return next((one for one in columns.values() if one.name.lower() == name.lower()), None)

    def name(self, identifier: exp.Identifier) -> str:
        """What an identifier stands for."""
        return str(identifier.name) if identifier.quoted else self.dialect.folds(identifier.name)

    def called(self, node: exp.Expr) -> str:
        """A function's name as it is written, in small letters."""
        if "start" in node.meta:
            return self.text[node.meta["start"] : node.meta["end"] + 1].lower().strip('"')
        if isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous):
            return str(node.sql_name()).lower()
        return str(node.name if isinstance(node, exp.Anonymous) else node.key).lower()

    def acts(self, node: exp.Expr, rules: Findings) -> Iterator[Problem]:
        """What a node does besides reading."""
        what = f"the {self.key}"
        if isinstance(node, _WRITES):
            yield self.at(rules.acts, node, f"{what} holds a statement that writes", _ONLY[self.key])
        elif isinstance(node, exp.Lock):
            select = node.find_ancestor(exp.Select) or node
            yield self.at(rules.acts, select, f"{what} locks the rows that it reads", "Delete `FOR …`.")
        elif isinstance(node, exp.Placeholder | exp.Parameter | exp.SessionParameter):
            message = f"{what} has a placeholder, and nothing fills it"
            yield self.at(rules.syntax, node.parent or node, message, "Write the value itself.")
        elif isinstance(node, exp.Func):
            name = self.called(node)
            if _OTHERWISE.match(name):
                message = f"`{name}` does more than compare values"
                yield self.at(rules.acts, node, message, "Compare columns instead.")
            elif name in _MOVING:
                message = f"`{name}` gives another value each time, so that a rerun reads other rows"
                yield self.at(rules.changing, node, message, "Write a fixed value, or use `window`.")

    def seems(self, node: exp.Expr) -> Iterator[Problem]:
        """A value that reads as another one to whoever wrote it."""
        odd = None
        if isinstance(node, exp.Like | exp.ILike) and node.expression.is_string:
            odd = other_habits.of_pattern(node.expression.name)
        elif isinstance(node, exp.Literal) and not node.is_string:
            odd = other_habits.of_number(node.name)
        if odd is not None:
            yield self.at(other_habits.HABIT, node.expression if isinstance(node, exp.Binary) else node, *odd)
        elif isinstance(node, exp.Div | exp.Sub) and (found := place(node)):
            odd = other_habits.of_day(self.text[slice(*found)])
            if odd is not None:
                yield self.at(other_habits.HABIT, node, *odd)
        elif isinstance(node, exp.ArrayOverlaps) and any(isinstance(one, exp.Literal) for one in node.walk()):
            yield self.at(other_habits.HABIT, node, "`&&` compares arrays", "Write `AND`.")

    def table_of(self, node: exp.Expr) -> str:
        """The table that a node names with its schema; "" where it is no such node."""
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            return ""
        schema = node.args.get("db")
        if not isinstance(schema, exp.Identifier):
            return ""
        return str(TableName(self.name(schema), self.name(node.this)))

    def reads(self, node: exp.Expr, rules: Findings) -> Iterator[Problem]:
        """A table that nobody knows, or that the unit was not given."""
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            return
        table = self.table_of(node)
        if not table:
            if not is_named_within(node, node.name):
                cure = (
                    "Write its schema too, as in `billing.invoice`: without it each database looks elsewhere."
                )
                message = f"nobody knows which `{self.name(node.this)}` the {self.key} reads"
                yield self.at(rules.acts, node, message, cure)
        elif not self.spec.unit.may_read(self.spec.traits, table):
            message = (
                f"the {self.key} reads `{table}`, which is not among the `objects` of {self.spec.unit.name}"
            )
            yield self.at(rules.acts, node, message, f"Add it in {self.spec.unit.document.path}.")


def is_named_within(node: exp.Expr, name: str) -> bool:
    """Whether a WITH around a node gives the name to a query of its own."""
    around = node.parent
    while around is not None:
        given = around.args.get("with_") or around.args.get("with")
        if given is not None and any(cte.alias.lower() == name.lower() for cte in given.expressions):
            return True
        around = around.parent
    return False
