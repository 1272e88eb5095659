"""Lark's parse tree to the frozen syntax tree."""

from dataclasses import replace
from typing import Any, Literal, cast

from lark import Token, Transformer

from sandbox.salesforce.soql.constants import content_of, unescape
from sandbox.salesforce.soql.soql_error import NotServedError, SoqlError, unexpected
from sandbox.salesforce.soql.syntax import (
    Call,
    Categories,
    Comparison,
    Condition,
    Logical,
    Membership,
    Not,
    Ordering,
    Path,
    Query,
    Selected,
    SemiJoin,
    TypeOf,
    Value,
)

Operand = Path | Call


class TreeBuilder(Transformer[Token, Any]):
    """One method a rule of the grammar; lark calls them from the leaves up."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def start(self, children: list[Query]) -> Query:
        return children[0]

    def query(self, children: list[Any]) -> Query:
        selected, source, alias, *relations = children[:-9]
        scope, where, categories, group_by, having, order_by, limit, offset, _ = children[-9:]
        subtotals, groups = group_by or (None, ())
        return Query(
            selected=selected,
            source=source,
            alias=str(alias) if alias else None,
            relations=tuple(relations),
            filter_scope=scope,
            where=where,
            categories=categories or (),
            group_by=groups,
            subtotals=subtotals,
            having=having,
            order_by=order_by or (),
            limit=limit,
            offset=offset,
            text=self.text,
        )

    def relation(self, children: list[Any]) -> tuple[Path, str]:
        return children[0], str(children[1])

    def scope(self, children: list[Token]) -> str:
        return str(children[0])

    def mode(self, children: list[Token]) -> None:
        """Every mode means the same here: the org has one user, who may read everything."""
        if children[0].type == "WITH_OTHER":
            raise NotServedError(f"the SOQL clause {' '.join(children[0].split()[:3]).upper()}")

    def categories(self, children: list[Categories]) -> tuple[Categories, ...]:
        return tuple(children)

    def category(self, children: list[Token]) -> Categories:
        group, selector, *names = (str(one) for one in children)
        written = cast("Literal['AT', 'ABOVE', 'BELOW', 'ABOVE_OR_BELOW']", selector.upper())
        return Categories(group, written, tuple(names))

    def ending(self, children: list[Token]) -> None:
        """FOR VIEW, FOR REFERENCE and UPDATE touch nothing that can be read here."""
        clause = " ".join(children[0].split()).upper()
        if clause == "ALL ROWS":  # Apex only
            raise SoqlError("MALFORMED_QUERY", "ALL ROWS not allowed in this context")
        if clause == "FOR UPDATE":
            raise NotServedError("the SOQL clause FOR UPDATE")

    def select_list(self, children: list[Selected]) -> tuple[Selected, ...]:
        return tuple(children)

    def selected(self, children: list[Any]) -> Selected:
        return Selected(children[0], str(children[1]) if children[1] else None)

    def selected_query(self, children: list[Query]) -> Selected:
        return Selected(children[0])

    def selected_type_of(self, children: list[TypeOf]) -> Selected:
        return Selected(children[0])

    def type_of(self, children: list[Any]) -> TypeOf:
        path, *branches, otherwise = children
        return TypeOf(path, tuple(branches), otherwise or ())

    def when(self, children: list[Any]) -> tuple[str, tuple[Path, ...]]:
        return str(children[0]), children[1]

    def otherwise(self, children: list[tuple[Path, ...]]) -> tuple[Path, ...]:
        return children[0]

    def path_list(self, children: list[Path]) -> tuple[Path, ...]:
        return tuple(children)

    def path(self, children: list[Token]) -> Path:
        return Path(tuple(str(token) for token in children), children[0].start_pos or 0)

    def call(self, children: list[Any]) -> Call:
        name, *arguments = children
        if len(arguments) > 1 or isinstance(arguments[0], Token):
            if name.upper() in {"DISTANCE", "GEOLOCATION"}:
                raise NotServedError(f"the SOQL function {name.upper()}()")
            raise unexpected(str(arguments[-1]))
        return Call(str(name).upper(), arguments[0], name.start_pos or 0)

    def where(self, children: list[Condition]) -> Condition:
        return children[0]

    having = where

    def all_of(self, children: list[Condition]) -> Logical:
        return Logical("AND", tuple(children))

    def any_of(self, children: list[Condition]) -> Logical:
        return Logical("OR", tuple(children))

    def negation(self, children: list[Condition]) -> Not:
        return Not(children[0])

    def comparison(self, children: list[Any]) -> Comparison:
        operand, operator, value = children
        written = "!=" if operator == "<>" else str(operator)
        return Comparison(operand, cast("Literal['=', '!=', '<', '<=', '>', '>=']", written), value)

    def like(self, children: list[Any]) -> Comparison:
        operand, value = children
        if isinstance(value.content, str):
            value = replace(value, content=unescape(value.text, as_pattern=True))
        return Comparison(operand, "LIKE", value)

    def is_in(self, children: list[Any]) -> Membership | SemiJoin:
        operand, right = children
        return (
            SemiJoin(operand, False, right) if isinstance(right, Query) else Membership(operand, "IN", right)
        )

    def is_not_in(self, children: list[Any]) -> Membership | SemiJoin:
        operand, right = children
        return (
            SemiJoin(operand, True, right)
            if isinstance(right, Query)
            else Membership(operand, "NOT IN", right)
        )

    def includes(self, children: list[Any]) -> Membership:
        return Membership(children[0], "INCLUDES", tuple(children[1:]))

    def excludes(self, children: list[Any]) -> Membership:
        return Membership(children[0], "EXCLUDES", tuple(children[1:]))

    def value_list(self, children: list[Value]) -> tuple[Value, ...]:
        return tuple(children)

    def query_list(self, children: list[Query]) -> Query:
        return children[0]

    def group_by(self, children: list[Any]) -> tuple[str | None, tuple[Operand, ...]]:
        if isinstance(children[0], Token):
            return str(children[0]).upper(), tuple(children[1:])
        return None, tuple(children)

    def order_by(self, children: list[Ordering]) -> tuple[Ordering, ...]:
        return tuple(children)

    def ordering(self, children: list[Any]) -> Ordering:
        operand, direction, nulls = children
        descending = direction is not None and direction.type == "DESC"
        return Ordering(operand, descending, nulls is not None and nulls.type == "LAST")

    def limit(self, children: list[Token]) -> int:
        return _natural(children[0])

    offset = limit

    def value(self, children: list[Token]) -> Value:
        token = children[0]
        return Value(content_of(token), str(token), token.start_pos or 0)


def _natural(token: Token) -> int:
    if not token.isdigit():
        raise unexpected(str(token))
    return int(token)
