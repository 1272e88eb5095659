"""ING25x: datasets that a spec runs after."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from factory.model.ingestion import Ingestion
from factory.model.pace import source_of
from factory.model.unit import Unit
from factory.near import near
from factory.read.document import KeyPath
from factory.rules.problem import Problem
from factory.rules.rule import Rule

_RIGHT = "object: Account\nwindow: full\nafter: finance.neighbour\n"

UNKNOWN_DATASET = Rule(
    "ING250", "unknown-dataset", "A spec runs after a dataset that no spec publishes.",
    "It would wait for ever, and nobody would notice.",
    wrong="object: Account\nwindow: full\nafter: finance.neighbor\n", right=_RIGHT, fixed=True,
)  # fmt: skip
CIRCLE = Rule(
    "ING251", "after-itself", "Specs run after each other in a circle.",
    "Each waits for the others, so none of them ever runs.",
    wrong="object: Account\nwindow: full\nafter: finance.example\n", right=_RIGHT, fixed=True,
)  # fmt: skip
TWO_CLOCKS = Rule(
    "ING252", "schedule-beside-after", "A spec has a schedule and runs after others.",
    "It runs by one of the two: at its own hour, or when what it follows is published.",
    wrong='object: Account\nwindow: full\nschedule: "0 5 * * *"\nafter: finance.neighbour\n', right=_RIGHT, fixed=True,
)  # fmt: skip
DATASET = Rule(
    "ING253", "dataset-not-allowed", "The unit was not given the dataset that its spec runs after.",
    "Who depends on another unit's data is agreed in unit.yaml, where a reviewer sees it.",
    wrong="object: Account\nwindow: full\nafter: finance.neighbour\n", right='object: Account\nwindow: full\nschedule: "0 5 * * *"\n', fixed=True,
    example="../neighbours/example.yaml",
)  # fmt: skip

RULES = (UNKNOWN_DATASET, CIRCLE, TWO_CLOCKS, DATASET)


def check(units: Sequence[Unit], specs: Sequence[Ingestion], *, whole: bool) -> Iterator[Problem]:
    """What is wrong with what specs follow; of units that were not read nothing is known, where the tree is not `whole`."""
    known = {spec.dag_id: spec for spec in specs}
    datasets = frozenset(name for spec in specs for name in spec.datasets)
    read = {unit.name for unit in units}
    for spec in specs:
        if not spec.after or "after" in spec.broken:
            continue
        if spec.says("schedule"):
            message = "`after` and `schedule` are two answers to one question: when the DAG runs"
            yield TWO_CLOCKS.at(
                spec.document, ("schedule",), message, cure="Delete one of them.", on_key=True
            )
        for path, name in _named(spec):
            if name not in datasets:
                if whole or name.partition(".")[0] in read:
                    yield _unknown(spec, path, name, datasets)
            elif not spec.unit.may_follow(name):
                message = f"`{name}` is not among the `datasets` of {spec.unit.name}"
                cure = f"Add it to `datasets` in {spec.unit.document.path}."
                yield DATASET.at(spec.document, path, message, cure=cure)
            elif circle := _circle(spec, name, known):
                message = f"it waits for itself: {' after '.join(circle)}"
                yield CIRCLE.at(spec.document, path, message, cure="Give one of them a `schedule` instead.")


def _named(spec: Ingestion) -> Iterator[tuple[KeyPath, str]]:
    """Each dataset that a spec names, and the place of its name."""
    alone = isinstance(spec.settings["after"].value, str)
    for index, name in enumerate(spec.after):
        yield ("after",) if alone else ("after", index), name


def _unknown(spec: Ingestion, path: KeyPath, name: str, datasets: Collection[str]) -> Problem:
    """A name of nothing, with the one that was probably meant: the name of an Asset, or one without its unit."""
    said = name.removeprefix("lake://").replace("/", ".")
    own = f"{spec.unit.name}.{said}"
    meant = next((one for one in (said, own) if one in datasets), "") or near(said, datasets)
    if name.startswith("@") or re.fullmatch(r"(\S+\s+){4}\S+", name):
        cure = f'That is a schedule: write `schedule: "{name}"` instead.'
        return UNKNOWN_DATASET.at(spec.document, path, f"no spec publishes `{name}`", cure=cure)
    cure = "" if meant else "Write a unit and a spec of it, such as `finance.opportunity`."
    return UNKNOWN_DATASET.at(
        spec.document, path, f"no spec publishes `{name}`", cure=cure, near=meant, instead=meant
    )


def _circle(spec: Ingestion, name: str, known: Mapping[str, Ingestion]) -> tuple[str, ...]:
    """The DAGs by which what a spec follows leads back to it; none where it does not."""
    waiting: list[tuple[str, ...]] = [(spec.dag_id, source_of(name, known))]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        if way[-1] == spec.dag_id:
            return way
        if way[-1] not in seen and way[-1] in known:
            seen.add(way[-1])
            waiting += [(*way, source_of(one, known)) for one in known[way[-1]].after]
    return ()
