"""Every rule, by its id."""

from factory.rules import (
    budget,
    catalog,
    output,
    query,
    query_catalog,
    reading,
    schedule,
    structure,
    suppression,
    unit,
    window,
)
from factory.rules.rule import Rule

_MODULES = (
    reading,
    structure,
    schedule,
    window,
    output,
    query,
    catalog,
    query_catalog,
    unit,
    budget,
    suppression,
)

EVERY = tuple(rule for module in _MODULES for rule in module.RULES)
RULES: dict[str, Rule] = {rule.id: rule for rule in EVERY}
