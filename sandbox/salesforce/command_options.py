"""The options of `python -m sandbox org`, and the plan that they make."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.salesforce.assemble import Plan
from sandbox.salesforce.state import Settings

DESCRIPTION = """\
Serve a Salesforce org, Northwind Energy, over HTTPS on loopback: REST, Bulk API 2.0 and 1.0 queries, OAuth and SOAP
login, with rows made from a seed. Addresses and credentials are written to the ready file and printed.
"""
EXAMPLES = """\
reach it:
  by its own address     https://127.0.0.1:PORT, trusting the CA that the ready file names
  as the real one        through the CONNECT proxy, which answers for *.salesforce.com:
                         REQUESTS_CA_BUNDLE=<bundle>, proxies={"https": "<proxy>"}, domain="northwind-energy.my"

examples:
  python -m sandbox org --rows 5000 --ready-file org.json
  python -m sandbox org --clock 2026-03-29T00:30:00Z --timezone Europe/Brussels
  python -m sandbox org --load my_objects/          own objects: X.describe.json and X.csv
  python -m sandbox org --job-seconds 5 --latency-ms 80 --limit DailyApiRequests=500

change it while it runs:
  python -m sandbox org insert org.json '{"object": "Account", "rows": [{"Name": "Grid"}]}'
  python -m sandbox org update org.json '{"object": "Account", "ids": ["001…"], "changes": {"Name": "Net"}}'
  python -m sandbox org clock  org.json '{"advance": 3600}'
  python -m sandbox org fault  org.json '{"kind": "unavailable", "path": "/query", "times": 2}'
  VERB is one of insert, update, delete, undelete, hard_delete, commit_late, begin, commit, clock, fault, clear_faults,
  limits, revoke_sessions, password_expired, rows, reset_log; the same as POST /__sandbox__/VERB at its own address

look at it:
  python -m sandbox org requests|faults|objects org.json, and the page at its own address
"""


def plan_of(arguments: argparse.Namespace, directory: Path) -> Plan:
    """The plan of an org whose files lie in `directory`.

    Raises:
        ValueError: there is no such time zone.
    """
    try:
        ZoneInfo(arguments.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"--timezone: no time zone is called {arguments.timezone}") from None
    settings = Settings(
        timezone=arguments.timezone,
        locale=arguments.locale,
        fiscal_start_month=arguments.fiscal_start_month,
        job_seconds=arguments.job_seconds,
        latency_seconds=arguments.latency_ms / 1000,
        session_seconds=arguments.session_seconds,
        batch_size=arguments.batch_size,
        bulk_page_rows=arguments.bulk_page_rows,
        soap_login=not arguments.no_soap_login,
        trusted_network=arguments.trusted_network,
        cursors_per_user=arguments.cursors_per_user,
    )
    limits = dict(arguments.limit)
    return Plan(directory, arguments.rows, arguments.seed, arguments.clock, arguments.load, settings, limits)


def _limit(text: str) -> tuple[str, int]:
    name, _, value = text.partition("=")
    return name, int(value)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parser() -> argparse.ArgumentParser:
    """The parser, whose help teaches."""
    options = argparse.ArgumentParser(
        "python -m sandbox org",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_server_options(options.add_argument_group("serving"))
    _add_data_options(options.add_argument_group("data"))
    _add_behaviour_options(options.add_argument_group("behaviour"))
    return options


def _add_server_options(group: Any) -> None:
    group.add_argument("--port", type=int, default=0, help="HTTPS port; 0, the default, takes a free one")
    group.add_argument(
        "--proxy-port", type=int, default=0, help="port of the CONNECT proxy; 0 takes a free one"
    )
    group.add_argument(
        "--ready-file", type=Path, help="JSON with addresses and credentials, written when ready"
    )
    group.add_argument("--parent-pid", type=int, help="end when that process does")


def _add_data_options(group: Any) -> None:
    group.add_argument(
        "--rows", type=int, default=100_000, help="rows of Opportunity; the other objects scale with it"
    )
    group.add_argument("--seed", type=int, default=1, help="same seed, rows and clock: same data")
    group.add_argument(
        "--clock", type=_instant, help="the org's time at start, ISO 8601; default: the machine's"
    )
    group.add_argument("--load", type=Path, help="folder of own objects, X.describe.json and X.csv each")


def _add_behaviour_options(group: Any) -> None:
    group.add_argument("--timezone", default="Europe/Brussels", help="the running user's, for date literals")
    group.add_argument("--locale", default="en_US", help="the running user's, for the first day of the week")
    group.add_argument("--fiscal-start-month", type=int, choices=range(1, 13), default=1, metavar="MONTH")
    group.add_argument("--job-seconds", type=float, default=0.0, help="least time that a bulk job takes")
    group.add_argument("--latency-ms", type=float, default=0.0, help="added to every answer, logins included")
    group.add_argument("--session-seconds", type=float, default=7200.0, help="life of an unused session")
    group.add_argument(
        "--batch-size", type=int, default=2000, help="records of a REST page, unless the client asks"
    )
    group.add_argument("--bulk-page-rows", type=int, default=50_000, help="rows of a bulk page, likewise")
    group.add_argument(
        "--cursors-per-user",
        type=int,
        default=0,
        help="REST cursors open at a time; default: 10 up to version 55",
    )
    group.add_argument(
        "--limit", type=_limit, action="append", default=[], metavar="NAME=MAX", help="as in /limits"
    )
    group.add_argument("--no-soap-login", action="store_true", help="refuse SOAP login in every version")
    group.add_argument("--trusted-network", action="store_true", help="SOAP login without security token")
