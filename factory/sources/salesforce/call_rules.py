"""ING501, ING502 and ING504: the API calls that all specs together make."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from factory.model.demand import Demand
from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.unit import Unit
from factory.rules.example import UNIT
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule
from factory.sources.salesforce.forecast import forecast
from factory.sources.seam import Forecast, busiest_day

_GROUP = "org:\n  name: group\n  api_calls_per_day: {}\ndefaults:\n  schedule: '7 * * * *'\n"

ORG_LIMIT = Rule(
    "ING501", "org-limit", "All specs together need more API calls a day than the org has.",
    "At the limit Salesforce refuses every call, those of other systems and people included.",
    wrong=_GROUP.format(40), right=_GROUP.format(100000), fixed=True, example="group.yaml",
)  # fmt: skip
UNIT_SHARE = Rule(
    "ING502", "unit-share", "A unit's specs need more API calls a day than its share.",
    "The org's calls are shared among the units; a larger share is agreed in unit.yaml.",
    wrong=UNIT + "api_calls_per_day: 40\ndefaults: {schedule: '7 * * * *'}\n",
    right=UNIT + "api_calls_per_day: 1000\ndefaults: {schedule: '7 * * * *'}\n", example="unit.yaml", fixed=True,
)  # fmt: skip
SHARES = Rule(
    "ING504", "shares-exceed-limit", "The units' shares add up to more than the org has.",
    "If every unit used its share, the last ones would find nothing left.",
    wrong=_GROUP.format(4000).replace("7 * * * *", "7 5 * * *"), right=_GROUP.format(100000), severity=Severity.WARNING, example="group.yaml",
)  # fmt: skip

Cost = tuple[Forecast, str]  # what a run needs, and the DAG

RULES = (ORG_LIMIT, UNIT_SHARE, SHARES)


def check(group: Group, units: Sequence[Unit], specs: Sequence[Ingestion]) -> Iterator[Problem]:
    """What is wrong with the sum of all specs; each of these needs the whole tree."""
    calls: dict[str, list[Cost]] = defaultdict(list)
    for spec in specs:
        calls[spec.unit.name].append((forecast(Demand.of(spec)), spec.dag_id))
    yield from _shares(units, calls)
    if group.document is not None and group.calls_per_day is not None:
        yield from _limits(group, units, [one for some in calls.values() for one in some])


def _shares(units: Sequence[Unit], calls: Mapping[str, list[Cost]]) -> Iterator[Problem]:
    for unit in units:
        needed = _sum(calls[unit.name])
        if unit.calls_per_day is not None and needed > unit.calls_per_day:
            message = (
                f"the specs of {unit.name} need at least {needed:,} calls a day, its share is {unit.calls_per_day:,};"
                f" {_greediest(calls[unit.name])}"
            )
            cure = "Let some run less often or in fewer batches, or agree on a larger share."
            yield UNIT_SHARE.at(unit.document, ("api_calls_per_day",), message, cure=cure)


def _limits(group: Group, units: Sequence[Unit], costs: list[Cost]) -> Iterator[Problem]:
    document, limit, path = group.document, group.calls_per_day, ("org", "api_calls_per_day")
    if document is None or limit is None:
        return
    needed = _sum(costs)
    if needed > limit:
        message = (
            f"all specs need at least {needed:,} calls a day, the org has {limit:,}; {_greediest(costs)}"
        )
        yield ORG_LIMIT.at(document, path, message, cure="Let some run less often or in fewer batches.")
    shares = sum(unit.calls_per_day or 0 for unit in units)
    if shares > limit:
        message = f"the units' shares add up to {shares:,} calls a day, the org has {limit:,}"
        yield SHARES.at(document, path, message, cure="Make some shares smaller.")


def _sum(costs: Sequence[Cost]) -> int:
    return busiest_day(cost for cost, _ in costs)


def _greediest(costs: Sequence[Cost]) -> str:
    """The three that need most."""
    first = sorted(costs, key=lambda cost: (-cost[0].least_a_day, cost[1]))[:3]
    return "most by " + ", ".join(f"{dag_id} ({cost.least_a_day:,})" for cost, dag_id in first)
