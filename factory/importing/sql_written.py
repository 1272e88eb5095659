"""A query in SQL that no other keys say, as `query`: joins, aggregates, computed columns; the window bounds a column of its result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from factory.importing.findings import UNORDERED
from factory.importing.run_windows import NotAWindowError
from factory.importing.sql_conditions import parts
from factory.importing.sql_names import bare, table_name
from factory.importing.sql_select import NotASelectError, one_query
from factory.importing.sql_window import sql_window
from factory.importing.template_marks import TemplateMarks, has_mark
from factory.importing.timing import Timing
from factory.model.traits import About

_BEHIND_WHERE = {
    TokenType.GROUP_BY, TokenType.HAVING, TokenType.ORDER_BY, TokenType.LIMIT, TokenType.OFFSET, TokenType.FETCH, TokenType.WINDOW,
    TokenType.QUALIFY, TokenType.FOR, TokenType.LOCK,
}  # fmt: skip
_CHOOSES = {"limit": "LIMIT", "offset": "OFFSET", "qualify": "QUALIFY"}
_SETS = ("rollup", "cube", "grouping_sets", "totals")


@dataclass(frozen=True)
class WrittenQuery:
    """The keys for a query, and notes."""

    keys: dict[str, Any]
    notes: tuple[str, ...]


def written_query(
    marks: TemplateMarks, sql: str, timing: Timing | None, about: Callable[[str], About]
) -> WrittenQuery:
    """The keys for a query as it is written; conditions that move with the run become the window.

    `about` is asked for a table by its name.

    Raises:
        NotASelectError: it cannot be read, or reads no table that is named with its schema.
        NotAWindowError: it has templates that no window of a spec surely means.
    """
    tokens, query = one_query(marks.text, sql)
    tokens, notes = _unordered([one for one in tokens if one.token_type != TokenType.SEMICOLON], query)
    whole = marks.text[: tokens[-1].end + 1]
    keys: dict[str, Any] = {"object": _object(query, sql), "window": "full"}
    if not has_mark(whole):
        return WrittenQuery(keys | {"query": _tidy(whole)}, notes)
    if not isinstance(query, exp.Select):
        raise NotAWindowError("the query has templates, and is more than one SELECT")
    pieces = _pieces(tokens)
    texts = [marks.text[piece[0].start : piece[-1].end + 1] for piece in pieces]
    tables = _tables(query, sql)
    window = sql_window(texts, marks, sql, timing, lambda owner: _about(owner, tables, about))
    kept = [piece for piece, text in zip(pieces, texts, strict=True) if text in window.others]
    text = _without(whole, tokens, pieces, kept) if window.column else whole
    if has_mark(text) or window.column is None:
        raise NotAWindowError("the query has templates elsewhere than in its own condition")
    keys |= window.keys | {"cursor": _cursor(query, sql, window.column), "query": _tidy(text)}
    return WrittenQuery(keys, (*notes, *window.notes))


def _unordered(tokens: list[Token], query: exp.Query) -> tuple[list[Token], tuple[str, ...]]:
    """The tokens without the order of all rows, which chooses none; and a note of it."""
    if not query.args.get("order") or any(query.args.get(key) for key in ("limit", "offset", "locks")):
        return tokens, ()
    place = next(
        (
            place
            for place, (one, depth) in enumerate(_outermost(tokens))
            if depth == 0 and one.token_type == TokenType.ORDER_BY
        ),
        len(tokens),
    )
    return tokens[:place], (UNORDERED,)


def _object(query: exp.Query, sql: str) -> str:
    """The first table of the query's own FROM, else the first that it reads at all."""
    tables = list(query.find_all(exp.Table))
    within = {one.alias for one in query.find_all(exp.CTE)}
    named = [one for one in tables if one.args.get("db") or one.name not in within]
    source = query.args.get("from_")
    own = [one for one in named if source is not None and one is source.this]
    without = next((one for one in named if not table_name(one, sql)), None)
    if without is not None:
        raise NotASelectError(f"the table `{without.name}` stands without its schema")
    if not named:
        raise NotASelectError("the query reads no table")
    if any(has_mark(table_name(one, sql)) for one in named):
        raise NotASelectError("a table is a template")
    return table_name((own or named)[0], sql)


def _tables(select: exp.Select, sql: str) -> dict[str, str]:
    """The tables of a SELECT's own FROM by the names that it has for them; "" for a query in the place of one."""
    found = {}
    for one in (select.args.get("from_"), *(select.args.get("joins") or ())):
        source = one.this if one is not None else None
        if isinstance(source, exp.Table):
            alias = source.args.get("alias")
            found[bare(alias.this if alias else source.this, sql)] = table_name(source, sql)
        elif source is not None:
            found[source.alias_or_name] = ""
    return found


def _about(owner: str, tables: dict[str, str], about: Callable[[str], About]) -> About:
    """What the catalogue says of the bounded column's table, where that is known."""
    table = tables.get(owner) if owner or len(tables) != 1 else next(iter(tables.values()))
    return about(table) if table else About()


def _pieces(tokens: list[Token]) -> list[list[Token]]:
    """The parts of the query's own condition that AND joins."""
    depths = _outermost(tokens)
    begins = next(
        (
            place
            for place, (one, depth) in enumerate(depths)
            if depth == 0 and one.token_type == TokenType.WHERE
        ),
        None,
    )
    if begins is None:
        return []
    rest = depths[begins + 1 :]
    ends = next(
        (place for place, (one, depth) in enumerate(rest) if depth == 0 and one.token_type in _BEHIND_WHERE),
        len(rest),
    )
    condition = [one for one, _ in rest[:ends]]
    found = parts(condition)
    return found if found is not None else [condition]


def _outermost(tokens: list[Token]) -> list[tuple[Token, int]]:
    """Each token, and how many brackets stand around it."""
    depth, found = 0, []
    for one in tokens:
        depth += (one.token_type == TokenType.L_PAREN) - (one.token_type == TokenType.R_PAREN)
        found.append((one, depth))
    return found


def _without(text: str, tokens: list[Token], pieces: list[list[Token]], kept: list[list[Token]]) -> str:
    """The text with those of its conditions that are kept."""
    first, last = pieces[0][0].start, pieces[-1][-1].end + 1
    condition = " AND ".join(text[one[0].start : one[-1].end + 1] for one in kept)
    if not kept:
        place = next(index for index, one in enumerate(tokens) if one is pieces[0][0])
        first = len(text[: tokens[place - 1].start].rstrip(" "))  # before WHERE itself
    elif "\n" in text[first:last]:
        margin = " " * (first - text.rfind("\n", 0, first) - 1)
        condition = f"\n{margin}AND ".join(text[one[0].start : one[-1].end + 1] for one in kept)
    return text[:first] + condition + text[last:]


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n") if line.strip())


def _cursor(select: exp.Select, sql: str, bounded: tuple[str, str]) -> str:
    """The column of the result that the window bounds, where that bounds the same rows as the query's own condition did."""
    owner, column = bounded
    shown = f"{owner}.{column}" if owner else column
    chosen = next((_CHOOSES[key] for key in _CHOOSES if select.args.get(key)), None)
    distinct = select.args.get("distinct")
    if chosen is None and distinct is not None and distinct.args.get("on"):
        chosen = "DISTINCT ON"
    if chosen is None and any(_own(select, one) for one in select.find_all(exp.Window)):
        chosen = "OVER"
    if chosen:
        raise NotAWindowError(
            f"`{chosen}` chooses or counts the rows of each run; a window would bound them afterwards"
        )
    if not _one_value_a_group(select, bounded, sql):
        raise NotAWindowError(
            f"rows are summed up over `{shown}`; a window would bound the sums instead of the rows"
        )
    found = next((one for one in select.expressions if _selects(select, one, bounded, sql)), None)
    if found is None:
        raise NotAWindowError(
            f"`{shown}` bounds the rows of each run, and the query does not select it, so that no window can"
        )
    given = found.args.get("alias")
    return bare(given, sql) if isinstance(given, exp.Identifier) else column


def _own(select: exp.Select, node: exp.Expr) -> bool:
    return node.find_ancestor(exp.Select) is select


def _selects(select: exp.Select, one: exp.Expr, bounded: tuple[str, str], sql: str) -> bool:
    """Whether a column of the result is the bounded one, or holds it among all columns."""
    if one.is_star:
        before = one.args.get("table") if isinstance(one, exp.Column) else None
        return before is None or bare(before, sql) == bounded[0]
    return _is(select, one.unalias(), bounded, sql)


def _is(select: exp.Select, node: exp.Expr, bounded: tuple[str, str], sql: str) -> bool:
    """Whether a node names the bounded column; without its table too, unless a join makes one column of two."""
    if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
        return False
    owner, column = bounded
    before = node.args.get("table")
    named = bare(before, sql) if before else ""
    joins = select.args.get("joins") or ()
    merges = any(one.args.get("using") or one.args.get("method") for one in joins)
    return bare(node.this, sql) == column and (named == owner or (not merges and "" in (named, owner)))


def _one_value_a_group(select: exp.Select, bounded: tuple[str, str], sql: str) -> bool:
    """Whether all rows that become one row of the result have one value of the bounded column."""
    group = select.args.get("group")
    if group is None:
        return not select.args.get("having") and not any(
            _own(select, one) for one in select.find_all(exp.AggFunc)
        )
    if any(group.args.get(key) for key in _SETS):
        return False
    numbered = {str(number): one.unalias() for number, one in enumerate(select.expressions, 1)}
    keys = (numbered.get(one.name, one) if isinstance(one, exp.Literal) else one for one in group.expressions)
    return any(_is(select, one, bounded, sql) for one in keys)
