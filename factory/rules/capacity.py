"""ING5xx: what all specs together ask of Salesforce."""

from collections import defaultdict
from collections.abc import Iterator
from zlib import crc32

from factory.model.extent import Extent
from factory.model.ingestion import Spec
from factory.model.schedule import CronError, expression, parse
from factory.model.unit import Group, Unit
from factory.rules.example import UNIT
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule
from factory.sources.salesforce.forecast import forecast

CROWD = 10  # so many DAGs may start in one minute; more queue up for the org's pool anyway

_GROUP = "org:\n  name: group\n  api_calls_per_day: {}\ndefaults:\n  schedule: '7 * * * *'\n"

ORG_LIMIT = Rule(
    "ING501", "org-limit", "All specs together need more API calls a day than the org has.",
    "At the limit Salesforce refuses every call, those of other systems and people included.",
    wrong=_GROUP.format(200), right=_GROUP.format(100000), fixed=True, example="group.yaml",
)  # fmt: skip
UNIT_SHARE = Rule(
    "ING502", "unit-share", "A unit's specs need more API calls a day than its share.",
    "The org's calls are shared among the units; a larger share is agreed in unit.yaml.",
    wrong=UNIT + "api_calls_per_day: 100\ndefaults: {schedule: '7 * * * *'}\n",
    right=UNIT + "api_calls_per_day: 1000\ndefaults: {schedule: '7 * * * *'}\n", example="unit.yaml", fixed=True,
)  # fmt: skip
SAME_MINUTE = Rule(
    "ING503", "same-minute", f"More than {CROWD} DAGs start in the same minute.",
    "They queue up for the org's pool and for the workers, while both are idle the rest of the hour.",
    wrong="", right='object: Account\nwindow: full\nschedule: "17 5 * * *"\n', severity=Severity.WARNING,
)  # fmt: skip
SHARES = Rule(
    "ING504", "shares-exceed-limit", "The units' shares add up to more than the org has.",
    "If every unit used its share, the last ones would find nothing left.",
    wrong=_GROUP.format(4000).replace("7 * * * *", "7 5 * * *"), right=_GROUP.format(100000), severity=Severity.WARNING, example="group.yaml",
)  # fmt: skip

RULES = (ORG_LIMIT, UNIT_SHARE, SAME_MINUTE, SHARES)


def check(group: Group, units: tuple[Unit, ...], specs: tuple[Spec, ...]) -> Iterator[Problem]:
    """What is wrong with the sum of all specs; each of these needs the whole tree."""
    calls: dict[str, int] = defaultdict(int)
    for spec in specs:
        calls[spec.unit.name] += forecast(Extent.of(spec)).calls_per_day
    yield from _shares(units, calls)
    if group.document is not None and group.calls_per_day is not None:
        yield from _limits(group, units, sum(calls.values()))
    yield from _crowds(specs)


def _shares(units: tuple[Unit, ...], calls: dict[str, int]) -> Iterator[Problem]:
    for unit in units:
        if unit.calls_per_day is not None and calls[unit.name] > unit.calls_per_day:
            message = f"the specs of {unit.name} need about {calls[unit.name]:,} calls a day, its share is {unit.calls_per_day:,}"
            cure = "Let some run less often or in fewer batches, or agree on a larger share."
            yield UNIT_SHARE.at(unit.document, ("api_calls_per_day",), message, cure=cure)


def _limits(group: Group, units: tuple[Unit, ...], needed: int) -> Iterator[Problem]:
    document, limit, path = group.document, group.calls_per_day, ("org", "api_calls_per_day")
    if document is None or limit is None:
        return
    if needed > limit:
        message = f"all specs need about {needed:,} calls a day, the org has {limit:,}"
        yield ORG_LIMIT.at(document, path, message, cure="Let some run less often or in fewer batches.")
    shares = sum(unit.calls_per_day or 0 for unit in units)
    if shares > limit:
        message = f"the units' shares add up to {shares:,} calls a day, the org has {limit:,}"
        yield SHARES.at(document, path, message, cure="Make some shares smaller.")


def _crowds(specs: tuple[Spec, ...]) -> Iterator[Problem]:
    starting: dict[tuple[str, str, int, int], list[Spec]] = defaultdict(list)
    for spec in specs:
        try:
            cron = parse(expression(spec.value("schedule"))) if spec.value("schedule") else None
        except CronError:
            continue
        for hour in cron.hours if cron else ():
            for minute in cron.minutes if cron else ():
                starting[spec.connection, spec.value("timezone"), hour, minute].append(spec)
    told: set[str] = set()
    for (connection, _, hour, minute), crowd in starting.items():
        for spec in crowd if len(crowd) > CROWD else ():
            if spec.dag_id not in told:
                told.add(spec.dag_id)
                setting = spec.settings["schedule"]
                free = 1 + crc32(spec.dag_id.encode()) % 59
                message = f"{len(crowd)} DAGs start at {hour:02}:{minute:02} with {connection}"
                yield SAME_MINUTE.at(
                    setting.document or spec.document,
                    setting.path,
                    message,
                    cure=f"Choose another minute, such as {free}.",
                )
