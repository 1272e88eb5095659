"""A condition in SQL taken apart: its parts that AND joins, and what a part says of one column and a point in time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from factory.importing.sql_names import bare

_OPERATORS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.GTE: (">=", "<="), exp.GT: (">", "<"), exp.LTE: ("<=", ">="), exp.LT: ("<", ">"), exp.EQ: ("=", "="),
}  # fmt: skip  # as written, and as seen from the other side
_STEPS = {
    "WEEK": timedelta(weeks=1),
    "DAY": timedelta(days=1),
    "HOUR": timedelta(hours=1),
    "MINUTE": timedelta(minutes=1),
}
_DAY_OF = (exp.Date, exp.TsOrDsToDate)
_TIMES = ("TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ", "TIMESTAMPLTZ", "DATETIME")
_OPENS, _CLOSES = (TokenType.L_PAREN, TokenType.CASE), (TokenType.R_PAREN, TokenType.END)


@dataclass(frozen=True, slots=True)
class SqlPoint:
    """A text that is a point in time, so much later; `day` where the query makes a day of it."""

    text: str
    later: timedelta = timedelta()
    day: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """`column operator point`; `of_day` where the day of the column's value is compared, `owner` the table that stands before the column."""

    owner: str
    column: str
    operator: str
    point: SqlPoint
    of_day: bool


def parts(tokens: Sequence[Token]) -> list[list[Token]] | None:
    """The tokens between the outermost ANDs; None where an OR stands there."""
    pieces: list[list[Token]] = [[]]
    depth, between = 0, False
    for token in tokens:
        depth += (token.token_type in _OPENS) - (token.token_type in _CLOSES)
        if depth == 0 and token.token_type in (TokenType.OR, TokenType.XOR):
            return None
        between = between or (depth == 0 and token.token_type == TokenType.BETWEEN)
        if depth == 0 and token.token_type == TokenType.AND:
            if not between:
                pieces.append([])
                continue
            between = False
        pieces[-1].append(token)
    return pieces


@lru_cache(maxsize=1024)
def bounds(condition: str, sql: str) -> tuple[Bound, ...]:
    """What a part of a condition says of a column and points in time: one bound, two for a BETWEEN, none for anything else."""
    try:
        tree = Dialect.get_or_raise(sql).parse(condition)[0]
    except (SqlglotError, RecursionError, IndexError):
        return ()
    while isinstance(tree, exp.Paren):
        tree = tree.this
    if tree is None:
        return ()
    found = tuple(_bounds(tree, sql))
    return () if None in found else tuple(one for one in found if one is not None)


def _bounds(tree: exp.Expr, sql: str) -> Iterator[Bound | None]:
    if isinstance(tree, exp.Between) and not tree.args.get("symmetric"):
        yield _bound(tree.this, ">=", tree.args["low"], sql)
        yield _bound(tree.this, "<=", tree.args["high"], sql)
    elif type(tree) in _OPERATORS:
        straight, turned = _OPERATORS[type(tree)]
        yield _bound(tree.this, straight, tree.expression, sql) or _bound(
            tree.expression, turned, tree.this, sql
        )


def _bound(side: exp.Expr, operator: str, other: exp.Expr, sql: str) -> Bound | None:
    of_day = isinstance(side, _DAY_OF) or (isinstance(side, exp.Cast) and _type(side) == "DATE")
    column = side.this if of_day else side
    point = _point(other)
    if (
        not isinstance(column, exp.Column)
        or not isinstance(column.this, exp.Identifier)
        or column.args.get("db")
        or point is None
    ):
        return None
    owner = column.args.get("table")
    return Bound(bare(owner, sql) if owner else "", bare(column.this, sql), operator, point, of_day)


def _point(tree: exp.Expr | None) -> SqlPoint | None:
    if isinstance(tree, exp.Paren):
        return _point(tree.this)
    if isinstance(tree, exp.Literal) and tree.is_string:
        return SqlPoint(str(tree.this))
    if isinstance(tree, _DAY_OF) or (isinstance(tree, exp.Cast) and _type(tree) == "DATE"):
        inner = _point(tree.this)
        return replace(inner, day=True) if inner and not inner.later else None
    if isinstance(tree, exp.Cast) and _type(tree) in _TIMES:
        return _point(tree.this)
    if isinstance(tree, exp.Add | exp.Sub | exp.DateAdd | exp.DateSub):
        inner, step = _point(tree.this), _step(tree)
        sign = 1 if isinstance(tree, exp.Add | exp.DateAdd) else -1
        return replace(inner, later=inner.later + sign * step) if inner and step is not None else None
    return None


def _step(tree: exp.Expr) -> timedelta | None:
    """A length of time whose seconds are known; whole numbers beside a day count days."""
    more, unit = tree.expression, tree.args.get("unit")
    if isinstance(more, exp.Interval):
        more, unit = more.this, more.args.get("unit")
    elif unit is None and isinstance(tree, exp.Add | exp.Sub):
        inner = _point(tree.this)
        unit = exp.Var(this="DAY") if inner and inner.day else None
    if not isinstance(more, exp.Literal) or unit is None or not str(more.this).isdecimal():
        return None
    size = _STEPS.get(str(unit.name).upper().removesuffix("S"))
    return size * int(str(more.this)) if size else None


def _type(cast: exp.Cast) -> str:
    return str(cast.to.this.name)
