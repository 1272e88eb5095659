"""ING501, ING502 and ING504: the API calls that all specs together make."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from factory.model.demand import Demand
from factory.model.environment import Environment
from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.unit import Unit
from factory.read.document import Document
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

_OFTEN = "Let some run less often or in fewer batches."
_TWO = 2  # environments, of which one alone shares with nobody

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
    yield from _in_environments(group, units, calls)


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
        yield ORG_LIMIT.at(document, path, message, cure=_OFTEN)
    shares = sum(unit.calls_per_day or 0 for unit in units)
    if shares > limit:
        message = f"the units' shares add up to {shares:,} calls a day, the org has {limit:,}"
        yield SHARES.at(document, path, message, cure="Make some shares smaller.")


def _in_environments(
    group: Group, units: Sequence[Unit], calls: Mapping[str, list[Cost]]
) -> Iterator[Problem]:
    """The same in each environment, and in all that read the group's own org together."""
    document, everything = group.document, [one for some in calls.values() for one in some]
    if document is None:
        return
    for one in group.environments:
        place = ("environments", one.name)
        if one.scheduled:
            yield from _shares_there(document, one, units, calls)
        needed, limit = _sum(everything) if one.scheduled else 0, one.own_calls_per_day
        if limit is not None and needed > limit:
            message = f"in {one.name} all specs need at least {needed:,} calls a day, its org has {limit:,}"
            yield ORG_LIMIT.at(document, (*place, "api_calls_per_day"), message, cure=_OFTEN)
        if limit is not None and (shares := _shares_of(one, units)) > limit:
            message = (
                f"in {one.name} the units' shares add up to {shares:,} calls a day, its org has {limit:,}"
            )
            yield SHARES.at(
                document, (*place, "api_calls_per_day"), message, cure="Lower its `share_of_calls`."
            )
    yield from _shared_org(group, document, units, everything)


def _shares_there(
    document: Document, one: Environment, units: Sequence[Unit], calls: Mapping[str, list[Cost]]
) -> Iterator[Problem]:
    for unit in units:
        needed, share, own = _sum(calls[unit.name]), one.calls_of(unit.calls_per_day), unit.calls_per_day
        if share is not None and own is not None and share < needed <= own:
            message = f"in {one.name} the specs of {unit.name} need at least {needed:,} calls a day, its share there is {share:,}"
            cure = "Raise it, or write `scheduled: false`."
            yield UNIT_SHARE.at(document, ("environments", one.name, "share_of_calls"), message, cure=cure)


def _shared_org(
    group: Group, document: Document, units: Sequence[Unit], everything: list[Cost]
) -> Iterator[Problem]:
    """Environments without an org of their own read the group's; alone each may be within its limit, and not together."""
    sharing = [one for one in group.environments if one.own_calls_per_day is None]
    limit, place = group.calls_per_day, ("environments",)
    if limit is None or len(sharing) < _TWO:
        return
    names = " and ".join(one.name for one in sharing)
    alone = _sum(everything)
    needed = alone * sum(one.scheduled for one in sharing)
    if needed > limit >= alone:
        message = f"{names} read one org, and need at least {needed:,} calls a day together; it has {limit:,}"
        cure = "Write `scheduled: false` in one of them, or `api_calls_per_day` of the org that it reads."
        yield ORG_LIMIT.at(document, place, message, cure=cure, on_key=True)
    shares = sum(_shares_of(one, units) for one in sharing)
    if shares > limit >= sum(unit.calls_per_day or 0 for unit in units):
        message = f"{names} read one org, and their units' shares add up to {shares:,} calls a day; it has {limit:,}"
        cure = "Give one of them a smaller `share_of_calls`, or `api_calls_per_day` of the org that it reads."
        yield SHARES.at(document, place, message, cure=cure, on_key=True)


def _shares_of(one: Environment, units: Sequence[Unit]) -> int:
    return sum(one.calls_of(unit.calls_per_day) or 0 for unit in units)


def _sum(costs: Sequence[Cost]) -> int:
    return busiest_day(cost for cost, _ in costs)


def _greediest(costs: Sequence[Cost]) -> str:
    """The three that need most."""
    first = sorted(costs, key=lambda cost: (-cost[0].least_a_day, cost[1]))[:3]
    return "most by " + ", ".join(f"{dag_id} ({cost.least_a_day:,})" for cost, dag_id in first)
