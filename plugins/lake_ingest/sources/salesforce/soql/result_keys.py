"""Salesforce's own name for each value that a query gives.

In a plain query a field keeps its path, and so does another form of it (`toLabel(Status)`); its alias takes the place of its
last name. In a grouped query a record is flat: a field has its alias or its last name (`Account.Name` comes as `Name`), and of the
other expressions those without alias are numbered among themselves: expr0, expr1 …
https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby_alias.htm
https://github.com/jetstreamapp/soql-parser-js/issues/113 (a grouped `Account.Name`)
"""

from collections.abc import Iterator, Sequence

from lake_ingest.sources.salesforce.soql.functions import FORMS, aggregates, paths_in
from lake_ingest.sources.salesforce.soql.nodes import Call, Item, Path, Query, TypeOf, Word
from lake_ingest.sources.salesforce.soql.refusal import SoqlError

Expression = Path | Call | TypeOf | Query


def keyed(selected: Sequence[tuple[Expression, Word | None]], *, grouped: bool) -> tuple[Item, ...]:
    """The items of a SELECT list with their keys.

    Args:
        selected: expressions with their aliases, in order.
        grouped: whether the query groups or aggregates.

    Raises:
        SoqlError: two values have the same key, or a value has none that is known.
    """
    numbers = iter(range(len(selected)))
    items = tuple(Item(one, alias, _key(one, alias, numbers, grouped)) for one, alias in selected)
    _refuse_doubles(items)
    return items


def _key(one: Expression, alias: Word | None, numbers: Iterator[int], grouped: bool) -> tuple[str, ...]:
    if isinstance(one, Query):
        return (one.object.text,)
    if isinstance(one, TypeOf):
        return one.relationship.parts
    if isinstance(one, Path):
        return _path_key(one, alias, grouped)
    if one.name == "COUNT" and not one.arguments:
        raise SoqlError("COUNT() gives a total and no row; write `COUNT(Id)`", one.start, one.end)
    if one.name in FORMS and not aggregates(one):
        return _form_key(one, alias, grouped)
    return (alias.text if alias else f"expr{next(numbers)}",)


def _path_key(one: Path, alias: Word | None, grouped: bool) -> tuple[str, ...]:
    if grouped:
        return (alias.text if alias else one.parts[-1],)
    if alias:
        reason = f"`{alias.text}` follows `{one.text}` without a comma; only a grouped query renames a field"
        raise SoqlError(reason, alias.start, alias.end)
    return one.parts


def _form_key(one: Call, alias: Word | None, grouped: bool) -> tuple[str, ...]:
    path = next(paths_in(one))
    if grouped:
        if alias is None:
            reason = f"{one.name}() needs an alias in a grouped query, so that its value has a known name"
            raise SoqlError(reason, one.start, one.end)
        return (alias.text,)
    return (*path.parts[:-1], alias.text if alias else path.parts[-1])


def _refuse_doubles(items: tuple[Item, ...]) -> None:
    """A key twice, or one below another: `What.Name` beside `TYPEOF What`."""
    seen = dict[str, Item]()
    for item in items:
        name = item.name.lower()
        above = [
            other for other in seen if f"{name}.".startswith(f"{other}.") or other.startswith(f"{name}.")
        ]
        if above:
            place = item.expression if item.alias is None else item.alias
            raise SoqlError(_double(item, seen[above[0]]), place.start, place.end)
        seen[name] = item


def _double(item: Item, other: Item) -> str:
    if isinstance(item.expression, TypeOf) or isinstance(other.expression, TypeOf):
        return f"`{item.name}` is selected beside a TYPEOF of the same relationship"
    cure = (
        ""
        if isinstance(item.expression, Query)
        else "; leave one out, or give a function or grouped field an alias"
    )
    return f"two values of the query have the name `{item.name}`{cure}"
