"""Every rule, by its id."""

from factory.rules import (
    agreement,
    capacity,
    ignoring,
    keys,
    landing,
    rows_read,
    timing,
    yaml_form,
)
from factory.rules.rule import Rule
from factory.sources.salesforce import catalog_rules, query_catalog_rules, query_rules

_MODULES = (
    yaml_form,
    keys,
    timing,
    rows_read,
    landing,
    query_rules,
    catalog_rules,
    query_catalog_rules,
    agreement,
    capacity,
    ignoring,
)

EVERY = tuple(rule for module in _MODULES for rule in module.RULES)
RULES: dict[str, Rule] = {rule.id: rule for rule in EVERY}
