"""Dates that are to be written as numbers (ING335), where no date is written."""

from collections.abc import Iterator

from factory.model.ingestion import Ingestion
from factory.rules.landing import no_dates
from factory.rules.problem import Problem
from factory.sources.salesforce.catalog import Broken, Catalog, resolve

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
    yield no_dates(spec)
