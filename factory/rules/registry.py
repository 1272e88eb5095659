"""Every rule, by its id."""

from factory.rules import output, reading, schedule, structure, suppression, unit, window
from factory.rules.rule import Rule

_MODULES = (reading, structure, schedule, window, output, unit, suppression)

RULES: dict[str, Rule] = {rule.id: rule for module in _MODULES for rule in module.RULES}
