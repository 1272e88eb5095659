"""The grammar of SOQL itself; what it reads is tested by queries."""

from importlib.resources import files

from lark import Lark


def test_clauses_that_may_be_left_out_do_not_multiply() -> None:
    """Every org makes its parser at its first query. With all clauses in one rule, lark wrote out 2,048 and took four seconds."""
    grammar = files("sandbox.salesforce.soql").joinpath("soql.lark").read_text(encoding="utf-8")
    assert len(Lark(grammar, parser="lalr", maybe_placeholders=True).rules) < 300
