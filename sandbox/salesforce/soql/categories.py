"""WITH DATA CATEGORY: articles by where they stand in the org's trees of categories."""

from collections.abc import Iterator

from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.schema.knowledge import CATEGORIES, SELECTION_SUFFIX, Category
from sandbox.salesforce.soql.names import Scope
from sandbox.salesforce.soql.soql_error import SoqlError
from sandbox.salesforce.soql.syntax import Categories


def categories_sql(scope: Scope, alias: str, asked: Categories) -> str:
    """A condition over the rows of `alias`.

    Raises:
        SoqlError: the object has no categories, or there is no such group or category. The texts are unverified.
    """
    selection = scope.schema.object(scope.object.name.removesuffix("kav") + SELECTION_SUFFIX)
    if selection is None or not scope.object.name.endswith("__kav"):
        reason = f"WITH DATA CATEGORY is for articles, which {scope.object.name} is not"
        raise SoqlError("MALFORMED_QUERY", reason)
    group = _own(asked.group)
    root = next((one for name, one in CATEGORIES.items() if name.lower() == group.lower()), None)
    if root is None:
        raise SoqlError("MALFORMED_QUERY", f"there is no data category group {asked.group}")
    names = ", ".join(literal(name) for one in asked.names for name in _meant(root, one, asked.selector))
    inside = f'FROM {quoted(selection.name)} c WHERE c."ParentId" = {alias}."Id" AND NOT c."IsDeleted"'
    return (
        f'EXISTS (SELECT 1 {inside} AND lower(c."DataCategoryGroupName") = {literal(group.lower())} '
        f'AND c."DataCategoryName" IN ({names or "NULL"}))'
    )


def _own(name: str) -> str:
    """`Europe__c` is how a query writes the category `Europe`."""
    return name[:-3] if name.lower().endswith("__c") else name


def _meant(root: Category, name: str, selector: str) -> list[str]:
    path = next((one for one in _paths(root, ()) if one[-1].name.lower() == _own(name).lower()), None)
    if path is None:
        raise SoqlError("MALFORMED_QUERY", f"there is no data category {name}")
    above = [one.name for one in path[:-1]]
    below = [one[-1].name for one in _paths(path[-1], ())][1:]
    return {
        "AT": [path[-1].name],
        "ABOVE": above,
        "BELOW": below,
        "ABOVE_OR_BELOW": [*above, path[-1].name, *below],
    }[selector]


def _paths(one: Category, above: tuple[Category, ...]) -> Iterator[tuple[Category, ...]]:
    """The way to each category of a tree, from its root."""
    path = (*above, one)
    yield path
    for child in one.children:
        yield from _paths(child, path)
