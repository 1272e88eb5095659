"""Rows are written, changed, deleted and committed late; the clock moves."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.salesforce import Org


@pytest.fixture
def account(org: Org) -> Any:
    (identity,) = org.insert("Account", {"Name": "Grid & Sons", "AnnualRevenue": 5})
    yield identity
    org.hard_delete("Account", identity)


def stamp(org: Org, identity: str) -> str:
    return org.rows("Account", ["SystemModstamp"], f"Id = '{identity}'", deleted=True)[0]["SystemModstamp"]


def test_an_inserted_row_is_there_and_stamped_now(client: Any, org: Org, account: str) -> None:
    record = client.records(
        f"SELECT Name, AnnualRevenue, CreatedDate, IsDeleted FROM Account WHERE Id = '{account}'"
    )[0]
    assert (record["Name"], record["AnnualRevenue"], record["IsDeleted"]) == ("Grid & Sons", 5.0, False)
    assert abs(org.clock().timestamp() - org.clock().timestamp()) < 5
    assert stamp(org, account).endswith(".000Z")


def test_an_update_moves_the_stamp(client: Any, org: Org, account: str) -> None:
    before = stamp(org, account)
    org.clock(advance=10)
    assert org.update("Account", account, Name="Net") == 1
    assert client.records(f"SELECT Name FROM Account WHERE Id = '{account}'")[0]["Name"] == "Net"
    assert stamp(org, account) > before


def test_a_deleted_row_goes_to_the_bin_and_back(client: Any, org: Org, account: str) -> None:
    soql = f"SELECT Id, IsDeleted FROM Account WHERE Id = '{account}'"
    before = stamp(org, account)
    org.clock(advance=10)
    assert org.delete("Account", account) == 1
    assert client.records(soql) == []
    assert client.records(soql, every=True)[0]["IsDeleted"] is True
    assert stamp(org, account) > before
    assert org.undelete("Account", account) == 1
    assert client.records(soql)[0]["IsDeleted"] is False
    assert org.hard_delete("Account", account) == 1
    assert client.records(soql, every=True) == []


def test_a_late_commit_appears_behind_what_was_read(client: Any, org: Org) -> None:
    now = org.clock()
    late = (now - timedelta(hours=3)).replace(microsecond=0)
    window = f"SystemModstamp >= {(late - timedelta(minutes=1)):%Y-%m-%dT%H:%M:%SZ} AND SystemModstamp < {(late + timedelta(minutes=1)):%Y-%m-%dT%H:%M:%SZ}"
    before = len(client.records(f"SELECT Id FROM Account WHERE {window}"))
    ids = org.commit_late("Account", {"Name": "late"}, late)
    assert len(client.records(f"SELECT Id FROM Account WHERE {window}")) == before + 1
    org.hard_delete("Account", ids)


def test_the_clock_can_be_set_and_stopped(org: Org) -> None:
    real = org.clock()
    frozen = org.clock(at="2026-03-29T00:59:59Z", frozen=True)
    assert frozen.isoformat() == "2026-03-29T00:59:59+00:00"
    assert org.clock() == frozen
    assert org.clock(advance=1).isoformat() == "2026-03-29T01:00:00+00:00"
    assert org.clock(at=real) >= real


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("Nothing", {"Name": "x"}, "no object is called Nothing"),
        ("Account", {"Nothing": "x"}, "Account has no field Nothing that can be written"),
        ("Account", {"BillingAddress": "x"}, "no field BillingAddress"),
        ("Account", {"AnnualRevenue": "much"}, "AnnualRevenue .currency. cannot hold 'much'"),
        ("Account", {"Name": "x" * 256}, "Name .string. cannot hold"),
        ("Opportunity", {"CloseDate": "2025-02-29"}, "CloseDate .date. cannot hold '2025-02-29'"),
    ],
)
def test_what_a_field_cannot_hold_is_refused(name: str, row: dict[str, Any], reason: str, org: Org) -> None:
    with pytest.raises(ValueError, match=reason):
        org.insert(name, row)


def test_an_unknown_verb_names_the_known_ones(org: Org) -> None:
    with pytest.raises(ValueError, match="no verb destroy; there are rows, insert"):
        org.tell("destroy", {})
    with pytest.raises(ValueError, match="unknown or missing: object"):
        org.tell("insert", {})
    with pytest.raises(ValueError, match="no limit is called DailyCoffee"):
        org.limits(DailyCoffee=1)
