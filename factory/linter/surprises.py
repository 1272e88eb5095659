"""The rules that what readers noticed breaks."""

from enum import StrEnum

from factory.read.surprise import Surprise, Yaml
from factory.rules import agreement, keys, yaml_form
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.tree.workspace import Lost
from factory.vocabulary.complaint import Misfit

_BROKEN: dict[StrEnum, Rule] = {
    Yaml.SYNTAX: yaml_form.SYNTAX,
    Yaml.TAB: yaml_form.TAB,
    Yaml.ENCODING: yaml_form.ENCODING,
    Yaml.DUPLICATE_KEY: yaml_form.DUPLICATE_KEY,
    Yaml.AMBIGUOUS: yaml_form.AMBIGUOUS,
    Yaml.ALIAS: yaml_form.ALIAS,
    Yaml.UNQUOTED_CRON: yaml_form.UNQUOTED_CRON,
    Yaml.CUT: yaml_form.CUT,
    Yaml.STRUCTURE: yaml_form.STRUCTURE,
    Misfit.UNKNOWN_KEY: keys.UNKNOWN_KEY,
    Misfit.MISSING_KEY: keys.MISSING_KEY,
    Misfit.WRONG_TYPE: keys.WRONG_TYPE,
    Misfit.NOT_A_CHOICE: keys.NOT_A_CHOICE,
    Misfit.MALFORMED: keys.MALFORMED,
    Misfit.TEMPLATE: keys.TEMPLATE,
    Misfit.NOT_CARRIED: keys.NOT_CARRIED,
    Lost.NO_UNIT: agreement.NO_UNIT,
    Lost.MISPLACED: agreement.MISPLACED,
}


def judged(surprise: Surprise) -> Problem:
    """The problem that a surprise is."""
    return _BROKEN[surprise.kind].on(surprise)
