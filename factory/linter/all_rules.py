"""Every rule, by its id."""

from factory.rules import (
    agreement,
    calendars,
    crowd,
    date_cursor,
    environments,
    expected,
    following,
    ignoring,
    keys,
    landing,
    notices,
    one_moment,
    other_habits,
    published_files,
    row_batches,
    rows_read,
    table_state,
    timing,
    versions,
    window_ends,
    yaml_form,
)
from factory.rules.rule import Rule
from factory.sources import foreign_keys
from factory.sources.registry import SOURCES

_MODULES = (
    yaml_form,
    keys,
    foreign_keys,
    timing,
    following,
    notices,
    rows_read,
    row_batches,
    one_moment,
    other_habits,
    table_state,
    window_ends,
    date_cursor,
    expected,
    landing,
    published_files,
    agreement,
    calendars,
    versions,
    environments,
    crowd,
    ignoring,
)

EVERY = (
    *(rule for module in _MODULES for rule in module.RULES),
    *dict.fromkeys(rule for kind in SOURCES.values() for rule in kind.rules),
)
RULES: dict[str, Rule] = {rule.id: rule for rule in sorted(EVERY, key=lambda rule: rule.id)}
