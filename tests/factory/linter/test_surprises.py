"""Whatever a reader notices, some rule is broken by it."""

import pytest

from factory.linter.surprises import judged
from factory.read.span import START
from factory.read.surprise import Surprise, Yaml
from factory.tree.workspace import Lost
from factory.vocabulary.complaint import Misfit

KINDS = [*Yaml, *Misfit, *Lost]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_surprise_has_a_rule(kind):
    problem = judged(Surprise(kind, "configs/finance/example.yaml", START, "what was noticed", path=("a", 1)))
    assert (problem.path, problem.span, problem.message, problem.key) == (
        "configs/finance/example.yaml",
        START,
        "what was noticed",
        "$.a[1]",
    )


def test_no_two_kinds_share_a_rule():
    rules = {judged(Surprise(kind, "f", START, "noticed")).rule for kind in KINDS}
    assert len(rules) == len(KINDS)
