"""Fill an org from a seed: same seed, size and clock, same rows."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.salesforce.data.recipes import Recipe
from sandbox.salesforce.data.record_id import CAPACITY
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.schema.model import ObjectType

# Rows of the other objects, as a share of those of Opportunity.
SHARES: Mapping[str, float] = {
    "Account": 0.1,
    "Contact": 0.2,
    "Lead": 0.1,
    "Opportunity": 1.0,
    "OpportunityLineItem": 0.5,
    "Case": 0.1,
    "Task": 0.25,
    "Meter_Reading__c": 0.5,
    "Site_Contract__c": 0.1,
    "Attachment": 0.002,
    "ContentDocument": 0.01,
    "ContentDocumentLink": 0.02,
    "FeedItem": 0.02,
    "Meter_Event__b": 0.1,
    "OpportunityFieldHistory": 0.3,
    "AccountShare": 0.2,
}
FIXED_COUNTS: Mapping[str, int] = {
    "User": 60,
    "Product2": 200,
    "CaseStatus": 4,
    "Organization": 1,
    "Group": 5,
    "Knowledge__kav": 40,
    "Knowledge__DataCategorySelection": 60,
}


def row_counts(rows: int) -> dict[str, int]:
    """How many rows each object gets where Opportunity gets `rows`."""
    if not 0 <= rows <= CAPACITY:
        raise ValueError(f"rows must lie between 0 and {CAPACITY}, not {rows}")
    return {
        name: max(20, round(rows * share)) if share != 1 else rows for name, share in SHARES.items()
    } | dict(FIXED_COUNTS)


def generate(store: Store, *, rows: int, seed: int, clock: datetime, timezone: str, locale: str) -> None:
    """Create and fill every table of the store's schema; `clock` is the instant that no stamp exceeds."""
    moment = clock.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    counts = row_counts(rows)
    recipe = Recipe(store.schema, counts, seed, moment, timezone, locale)
    with store.planning_plainly():
        for one in store.schema.objects.values():
            store.create(one, _rows_of(recipe, one))


def _rows_of(recipe: Recipe, one: ObjectType) -> str:
    columns = ", ".join(f'{recipe.column(one, field)} AS "{field.name}"' for field in one.stored_fields)
    return f"SELECT {columns} FROM {recipe.rows(one)}"
