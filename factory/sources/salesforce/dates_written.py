"""ING335: dates that are to be written as numbers, where no date is written."""

from collections.abc import Iterator

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.salesforce.catalog import Broken, Catalog, resolve

NO_DATES = Rule(
    "ING335", "no-dates", "`coerce_to_timestamp` stands where no date is written.",
    "It writes dates and date-times as numbers. A protected value is no date any more.",
    wrong="object: Opportunity\nwindow: full\nfields: [Id, Name]\ncoerce_to_timestamp: true\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, Name, CloseDate]\ncoerce_to_timestamp: true\n",
)  # fmt: skip
RULES = (NO_DATES,)

_DATES = ("date", "datetime")


def check(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    """Whether the fields that a spec names hold a date, where that is to be written otherwise."""
    one = catalog.object(spec.object)
    if one is None or not spec.fields or not spec.coerce_to_timestamp or not spec.says("coerce_to_timestamp"):
        return
    if spec.compare_ids or {"fields", "object"} & spec.broken:
        return  # the time at which a row was found missing is a date
    found = [resolve(one, field.name, catalog) for field in spec.fields if not field.protect]
    if any(isinstance(field, Broken) or field.type in _DATES or field.unseen for field in found):
        return
    message = "`coerce_to_timestamp` has no effect: none of the fields is written as a date"
    cure = "Delete it, or add a date to the fields."
    yield NO_DATES.at(spec.document, ("coerce_to_timestamp",), message, cure=cure, on_key=True)
