"""`OldValue` and `NewValue` of a history: fields of type anyType, which hold values of other fields, personal ones too."""

from collections.abc import Callable, Collection
from dataclasses import replace

from factory.sources.salesforce.catalog_object import CatalogObject

_HISTORY = "History"
_WHO = {"CreatedById", "LastModifiedById", "ChangedById", "OwnerId"}


def judged(
    one: CatalogObject, said: Collection[str], find: Callable[[str], CatalogObject | None]
) -> CatalogObject:
    """An object whose recorded values are personal where any field of what they are recorded of is, or may be.

    Args:
        one: the object.
        said: its fields of which the catalogue says whether they are personal; that stays.
        find: looks another object up.
    """
    values = [field for field in one.fields.values() if field.type == "anyType" and field.name not in said]
    if not values:
        return one
    names = _recorded(one)
    found = {name: find(name) for name in names if not name.endswith(_HISTORY)}
    unseen = tuple(name for name, other in found.items() if other is None)
    personal = (
        not names
        or len(found) < len(names)
        or any(field.may_be_personal for other in found.values() if other for field in other.fields.values())
    )
    marked = {field.name: replace(field, personal=personal, unseen=unseen) for field in values}
    return replace(one, fields={**one.fields, **marked})


def _recorded(one: CatalogObject) -> tuple[str, ...]:
    """The objects whose changes a history records; none where that cannot be told."""
    if not one.name.endswith(_HISTORY):
        return ()
    of = (field for field in one.fields.values() if field.name not in _WHO)
    return tuple(dict.fromkeys(name for field in of for name in field.parents))
