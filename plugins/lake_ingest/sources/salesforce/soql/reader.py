"""Reads SELECT as the SOQL reference has it; what it cannot read is refused with its place.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from functools import lru_cache

from lake_ingest.sources.salesforce.soql.conditions import ConditionReader, Names
from lake_ingest.sources.salesforce.soql.cursor import RESERVED, Cursor
from lake_ingest.sources.salesforce.soql.functions import aggregates
from lake_ingest.sources.salesforce.soql.nodes import (
    Call,
    Case,
    Condition,
    Ordering,
    Path,
    Query,
    TypeOf,
    Word,
)
from lake_ingest.sources.salesforce.soql.refusal import SoqlError
from lake_ingest.sources.salesforce.soql.result_keys import Expression, keyed
from lake_ingest.sources.salesforce.soql.tokens import END, Token

_CLAUSES = {
    "USING": ("SCOPE",),
    "WHERE": (),
    "WITH": (),
    "GROUP": ("BY",),
    "HAVING": (),
    "ORDER": ("BY",),
    "LIMIT": (),
    "OFFSET": (),
    "FOR": ("VIEW", "REFERENCE", "UPDATE"),
    "UPDATE": ("TRACKING", "VIEWSTAT"),
    "ALL": ("ROWS",),
}
_AFTER_FROM = ("USING", "WHERE", "WITH", "GROUP", "ORDER", "LIMIT", "OFFSET")
_APEX_MODES = ("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE")


@lru_cache(maxsize=8)  # several rules look at the query of a spec, one after the other
def read_query(text: str) -> Query:
    """Read a text that is one SELECT.

    Raises:
        SoqlError: it is not, or it asks for what gives no rows over the API.
    """
    cursor = Cursor(text)
    query = _QueryReader(cursor, {}, top=True).query()
    if cursor.token.kind != END:
        raise cursor.unexpected("the end")
    return query


@lru_cache(maxsize=8)
def read_condition(text: str, object_name: str) -> Condition:
    """Read a text that is one condition, as it stands behind WHERE, and nothing more.

    Args:
        text: the condition.
        object_name: of the object whose fields it names; it may stand before them.

    Raises:
        SoqlError: it is not.
    """
    cursor = Cursor(text)
    condition = ConditionReader(cursor, {object_name.lower(): ()}, _inner_query).condition()
    if cursor.token.kind != END:
        raise cursor.unexpected("AND", "OR", "the end")
    return condition


def _inner_query(cursor: Cursor) -> Query:
    """The query of a semi-join."""
    return _QueryReader(cursor, {}, top=True).query()


class _QueryReader:
    """Reads one SELECT, and hands its child queries to others of its kind."""

    def __init__(self, cursor: Cursor, outer: Names, *, top: bool) -> None:
        self._cursor, self._outer, self._top = cursor, outer, top
        self._names: dict[str, tuple[str, ...]] = {}
        self._conditions = ConditionReader(cursor, self._names, _inner_query)
        self._clauses: list[Word] = []

    def query(self) -> Query:
        """One SELECT. FROM is read first, for it says what the aliases in the list mean."""
        start = self._cursor.expect("SELECT")
        after_select = self._cursor.place
        object_name = self._from_ahead()
        after_from = self._cursor.place
        self._cursor.go(after_select)
        selected = self._selected()
        self._cursor.expect("FROM")
        if object_name is None:
            object_name = self._from()
        else:
            self._cursor.go(after_from)
        where, groups, having = self._scope_to_having()
        has_aggregates = any(aggregates(one) for one, _ in selected)
        grouped = has_aggregates or bool(groups)
        if grouped:
            self._refuse_in_groups(selected)
        if self._cursor.token.is_word("LIMIT") and has_aggregates and not groups:
            raise self._at(self._cursor.take(), "a query with aggregates takes LIMIT only with GROUP BY")
        ordering, limit, offset = self._order_to_end()
        return Query(
            object=object_name,
            items=keyed(selected, grouped=grouped),
            where=where,
            groups=groups,
            having=having,
            ordering=ordering,
            limit=limit,
            offset=offset,
            clauses=tuple(self._clauses),
            aggregates=grouped,
            start=start.start,
            end=self._cursor.last_end,
        )

    def _from_ahead(self) -> Word | None:
        """Read the FROM of this query, wherever it stands; None where there is none."""
        depth = 0
        while self._cursor.token.kind != END and depth >= 0:
            token = self._cursor.take()
            depth += token.is_sign("(") - token.is_sign(")")
            if depth == 0 and token.is_word("FROM"):
                return self._from()
        return None

    def _from(self) -> Word:
        """`Opportunity o`, `Contact c, c.Account a`, and in a child query `Account.Contacts`."""
        first = self._source()
        if len(first.parts) != 1:
            what = "relationship" if not self._top else "object"
            raise SoqlError(f"`{first.text}` is not the name of one {what}", first.start, first.end)
        self._names[first.parts[0].lower()] = ()
        self._alias_of(())
        while self._cursor.accept_sign(","):
            self._alias_of(self._behind(first))
        return Word(first.parts[0], first.start, first.end)

    def _behind(self, first: Path) -> tuple[str, ...]:
        """A relationship that gets an alias of its own: `c.Account a`."""
        before = self._cursor.token.text.lower()
        path = self._conditions.path()
        if before not in self._names or self._cursor.token.kind != "word":
            reason = f"behind `{first.text}` a query reads its relationships, each with an alias: `{first.text}.Parent p`"
            raise SoqlError(reason, path.start, path.end)
        return path.parts

    def _source(self) -> Path:
        path = self._conditions.path(own=False)
        before = self._outer.get(path.parts[0].lower()) if len(path.parts) > 1 else None
        return path if before is None else Path((*before, *path.parts[1:]), path.start, path.end)

    def _alias_of(self, parts: tuple[str, ...]) -> None:
        if self._cursor.token.kind == "word" and not self._at_clause():
            alias = self._alias()
            self._names[alias.text.lower()] = parts

    def _at_clause(self) -> bool:
        """Whether a clause begins; its first word alone may be a name: `FROM Order o`."""
        token, following = self._cursor.token, self._cursor.ahead()
        second = _CLAUSES.get(token.text.upper())
        if second is None:
            return token.is_word(*RESERVED)
        return not second or following.is_word(*second)

    def _alias(self) -> Word:
        if self._cursor.token.is_word("AS"):
            token = self._cursor.token
            raise SoqlError("SOQL writes an alias without AS", token.start, token.end)
        return self._cursor.guess()

    def _selected(self) -> list[tuple[Expression, Word | None]]:
        found = [self._item()]
        while self._cursor.accept_sign(","):
            found.append(self._item())
        return found

    def _item(self) -> tuple[Expression, Word | None]:
        if self._cursor.accept_sign("("):
            return self._child(), None
        if self._cursor.token.is_word("TYPEOF") and self._cursor.ahead().kind == "word":
            return self._type_of(), None
        if self._cursor.token.is_word(*RESERVED) and not self._cursor.ahead().is_sign("."):
            raise self._cursor.unexpected("a field")
        expression = self._conditions.operand()
        following = self._cursor.token
        if following.kind != "word" or following.is_word("FROM"):
            return expression, None
        if following.is_word(*RESERVED) and self._cursor.ahead().is_word(
            "FROM"
        ) | self._cursor.ahead().is_sign(","):
            reason = f"`{following.text}` is a word of SOQL and cannot be an alias"
            raise SoqlError(reason, following.start, following.end)
        return expression, self._alias() if not following.is_word(*RESERVED) else None

    def _child(self) -> Query:
        self._cursor.deeper()
        child = _QueryReader(self._cursor, self._names, top=False).query()
        self._cursor.expect_sign(")")
        self._cursor.shallower()
        if child.aggregates:
            raise SoqlError("a child query neither groups nor aggregates", child.start, child.end)
        return child

    def _type_of(self) -> TypeOf:
        start = self._cursor.take()
        relationship = self._conditions.path()
        cases = []
        while self._cursor.accept("WHEN"):
            target = self._cursor.expect_word("an object")
            self._cursor.expect("THEN")
            cases.append(Case(target, self._paths()))
        if not cases:
            raise self._cursor.unexpected("WHEN")
        otherwise = self._paths() if self._cursor.accept("ELSE") else ()
        end = self._cursor.expect("END") if otherwise else self._cursor.expect("WHEN", "ELSE", "END")
        return TypeOf(relationship, tuple(cases), otherwise, start.start, end.end)

    def _paths(self) -> tuple[Path, ...]:
        paths = [self._conditions.path(own=False)]
        while self._cursor.accept_sign(","):
            paths.append(self._conditions.path(own=False))
        return tuple(paths)

    def _refuse_in_groups(self, selected: list[tuple[Expression, Word | None]]) -> None:
        for one, _ in selected:
            if isinstance(one, Query | TypeOf):
                what = "child query" if isinstance(one, Query) else "TYPEOF"
                raise SoqlError(f"a query that groups or aggregates takes no {what}", one.start, one.end)

    def _scope_to_having(self) -> tuple[Condition | None, tuple[Path | Call, ...], Condition | None]:
        if start := self._cursor.accept_both("USING", "SCOPE"):
            self._cursor.expect_word("a scope")
            self._note(start, "USING SCOPE")
        where = self._conditions.condition() if self._cursor.accept("WHERE") else None
        if start := self._cursor.accept("WITH"):
            self._with(start)
        groups: tuple[Path | Call, ...] = ()
        having = None
        if start := self._cursor.accept_both("GROUP", "BY"):
            groups = self._groups()
            self._note(start, "GROUP BY")
            having = self._conditions.condition(grouped=True) if self._cursor.accept("HAVING") else None
        return where, groups, having

    def _with(self, start: Token) -> None:
        """`WITH DATA CATEGORY …`, or a condition such as `WITH UserId = '…'`; what means Apex is refused."""
        if mode := self._cursor.accept(*_APEX_MODES):
            reason = f"WITH {mode.text.upper()} is for Apex; over the API the rights of the connection's user hold anyway"
            raise SoqlError(reason, start.start, mode.end)
        if not self._cursor.accept_both("DATA", "CATEGORY"):
            self._conditions.condition()
            self._note(start, "WITH")
            return
        self._category()
        while self._cursor.accept("AND"):
            self._category()
        self._note(start, "WITH DATA CATEGORY")

    def _category(self) -> None:
        self._cursor.expect_word("a group of categories")
        self._cursor.expect("AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW")
        if not self._cursor.accept_sign("("):
            self._cursor.expect_word("a category")
            return
        self._cursor.expect_word("a category")
        while self._cursor.accept_sign(","):
            self._cursor.expect_word("a category")
        self._cursor.expect_sign(")")

    def _groups(self) -> tuple[Path | Call, ...]:
        if self._cursor.token.is_word("ROLLUP", "CUBE") and self._cursor.ahead().is_sign("("):
            self._cursor.take()
            self._cursor.take()
            groups = self._operands()
            self._cursor.expect_sign(")")
            return groups
        return self._operands()

    def _operands(self) -> tuple[Path | Call, ...]:
        found = [self._conditions.operand()]
        while self._cursor.accept_sign(","):
            found.append(self._conditions.operand())
        return tuple(found)

    def _order_to_end(self) -> tuple[tuple[Ordering, ...], int | None, int | None]:
        ordering: tuple[Ordering, ...] = ()
        if self._cursor.accept_both("ORDER", "BY"):
            ordering = self._ordering()
        limit = self._number() if self._cursor.accept("LIMIT") else None
        offset = None
        if start := self._cursor.accept("OFFSET"):
            offset = self._number()
            self._note(start, "OFFSET")
        self._marks()
        if self._cursor.token.kind == "word":
            raise self._cursor.unexpected(*_AFTER_FROM)
        return ordering, limit, offset

    def _ordering(self) -> tuple[Ordering, ...]:
        found = [self._order()]
        while self._cursor.accept_sign(","):
            found.append(self._order())
        return tuple(found)

    def _order(self) -> Ordering:
        key = Ordering(self._conditions.operand())
        self._cursor.accept("ASC", "DESC")
        if self._cursor.accept("NULLS"):
            self._cursor.expect("FIRST", "LAST")
        return key

    def _number(self) -> int:
        if not self._cursor.token.text.isdecimal():
            raise self._cursor.unexpected("a number")
        return int(self._cursor.take().text)

    def _marks(self) -> None:
        """FOR VIEW, FOR REFERENCE, UPDATE TRACKING, UPDATE VIEWSTAT; what Apex alone takes is refused."""
        while start := self._cursor.accept("FOR", "UPDATE"):
            first = start.text.upper()
            mark = self._mark(start)
            while self._cursor.accept_sign(","):
                self._cursor.accept(first)
                mark = self._mark(start)
            self._note(start, f"{first} {mark}")
        if start := self._cursor.accept_both("ALL", "ROWS"):
            raise self._at(start, "ALL ROWS is for Apex; write `include_deleted: true` instead")

    def _mark(self, start: Token) -> str:
        mark = self._cursor.expect(*_CLAUSES[start.text.upper()]).text.upper()
        if start.is_word("FOR") and mark == "UPDATE":
            raise self._at(start, "FOR UPDATE locks rows and is for Apex; leave it out")
        return mark

    def _note(self, start: Token, name: str) -> None:
        self._clauses.append(Word(name, start.start, self._cursor.last_end))

    def _at(self, start: Token, reason: str) -> SoqlError:
        return SoqlError(reason, start.start, max(start.end, self._cursor.last_end))
