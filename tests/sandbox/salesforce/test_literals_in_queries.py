"""Every relative date literal with every operator, in queries, on the day on which Brussels' clocks go forward."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.salesforce import Org, running_org
from sandbox.salesforce.soql.literals import FIXED_NAMES, N_NAMES, Calendar, Range, resolve
from sandbox.salesforce.soql.syntax import DateLiteral

NOW = datetime(2024, 3, 31, 8, tzinfo=UTC)
WHERE = Calendar(NOW, ZoneInfo("Europe/Brussels"))
LITERALS = {name: resolve(DateLiteral(name, None), WHERE) for name in sorted(FIXED_NAMES)} | {
    f"{name}:3": resolve(DateLiteral(name, 3), WHERE) for name in sorted(N_NAMES)
}
# SOQL: a range is equal to what lies inside, and the order operators mean one of its ends.
RULES: dict[str, Callable[[Any, Any, Any], bool]] = {
    "=": lambda value, start, end: start <= value < end,
    "!=": lambda value, start, end: not start <= value < end,
    "<": lambda value, start, _: value < start,
    ">=": lambda value, start, _: value >= start,
    "<=": lambda value, _, end: value < end,
    ">": lambda value, _, end: value >= end,
}


@pytest.fixture(scope="module")
def dated(client_of: Callable[[Org], Any]) -> Iterator[tuple[Any, dict[str, datetime], dict[str, date]]]:
    """An org stopped at that moment, with a reading around every bound and a contract on every day around one."""
    second = timedelta(seconds=1)
    instants = sorted(
        {
            bound + step
            for one in LITERALS.values()
            for bound in ends(one)
            for step in (-second, 0 * second, second)
        }
    )
    days = sorted(
        {
            day + timedelta(step)
            for one in LITERALS.values()
            for day in (one.start, one.end)
            for step in (-1, 0, 1)
        }
    )
    with running_org(
        rows=20, clock=NOW.isoformat(), timezone="Europe/Brussels", session_seconds=10**9
    ) as org:
        org.clock(at=NOW, frozen=True)
        readings = org.insert(
            "Meter_Reading__c", [{"Meter_Id__c": "bound", "Read_At__c": one.isoformat()} for one in instants]
        )
        contracts = org.insert(
            "Site_Contract__c", [{"Name": "bound", "Start_Date__c": one.isoformat()} for one in days]
        )
        yield (
            client_of(org),
            dict(zip(readings, instants, strict=True)),
            dict(zip(contracts, days, strict=True)),
        )


def ends(one: Range) -> tuple[datetime, datetime]:
    return one.start_instant, one.end_instant.replace(microsecond=0)


@pytest.mark.parametrize("written", LITERALS)
def test_instants(written: str, dated: Any) -> None:
    client, readings, _ = dated
    meant = LITERALS[written]
    for sign, rule in RULES.items():
        soql = f"SELECT Id FROM Meter_Reading__c WHERE Meter_Id__c = 'bound' AND Read_At__c {sign} {written}"
        found = {one["Id"] for one in client.records(soql)}
        expected = {
            key for key, value in readings.items() if rule(value, meant.start_instant, meant.end_instant)
        }
        assert found == expected, sign


@pytest.mark.parametrize("written", LITERALS)
def test_days(written: str, dated: Any) -> None:
    client, _, contracts = dated
    meant = LITERALS[written]
    for sign, rule in RULES.items():
        soql = f"SELECT Id FROM Site_Contract__c WHERE Name = 'bound' AND Start_Date__c {sign} {written}"
        found = {one["Id"] for one in client.records(soql)}
        assert found == {key for key, value in contracts.items() if rule(value, meant.start, meant.end)}, sign


def test_the_bounds_tell_the_operators_apart(dated: Any) -> None:
    _, readings, _ = dated
    for written, meant in LITERALS.items():
        kept = {
            sign: {key for key, value in readings.items() if rule(value, *ends(meant))}
            for sign, rule in RULES.items()
        }
        assert len(set(map(frozenset, kept.values()))) == len(RULES), written
        assert kept["="] == kept[">="] & kept["<="]
