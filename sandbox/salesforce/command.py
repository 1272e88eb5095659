"""`python -m sandbox org`: serve a Salesforce org on loopback."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

from sandbox.parent import end_with
from sandbox.salesforce import tell
from sandbox.salesforce.assemble import assemble, key_file
from sandbox.salesforce.command_options import parser, plan_of
from sandbox.salesforce.server.application import application
from sandbox.salesforce.server.serve import listen, serve
from sandbox.salesforce.server.tls import Trust, issue
from sandbox.salesforce.state import LATEST_VERSION, MY_DOMAIN, OrgState


def main(argv: list[str]) -> int:
    """Serve until SIGINT or SIGTERM; 0 after those, 2 when the options make no org."""
    if argv and argv[0] in tell.VERBS + tell.SIGHTS:
        return tell.main(argv)
    arguments = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if arguments.parent_pid:
        end_with(arguments.parent_pid)
    directory = Path(tempfile.mkdtemp(prefix="sandbox-org-"))
    try:
        _run(arguments, directory)
    except ValueError as problem:
        print(f"sandbox org: {problem}", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def _run(arguments: argparse.Namespace, directory: Path) -> None:
    plan = plan_of(arguments, directory)
    with (
        listen(arguments.port) as direct,
        listen(arguments.proxy_port) as proxy,
        closing(assemble(plan)) as state,
    ):
        trust = issue(directory)
        state.url = f"https://127.0.0.1:{direct.getsockname()[1]}"
        facts = _facts(state, trust, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        serve(application(state), trust, direct, proxy, _announcer(facts, arguments.ready_file))


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def _announcer(facts: dict[str, Any], ready_file: Path | None) -> Callable[[], None]:
    def announce() -> None:
        text = json.dumps(facts, indent=2)
        if ready_file is None:
            print(text, flush=True)
            return
        partial = ready_file.with_name(ready_file.name + ".part")
        partial.touch(mode=0o600)
        partial.write_text(text, encoding="utf-8")
        partial.replace(ready_file)
        print(f"sandbox org: {facts['url']}, proxy {facts['proxy']}, credentials in {ready_file}", flush=True)

    return announce


def _facts(state: OrgState, trust: Trust, proxy: str) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "url": state.url,
        "proxy": proxy,
        "ca": str(trust.ca),
        "bundle": str(trust.bundle),
        "my_domain": MY_DOMAIN,
        "latest_version": f"{LATEST_VERSION}.0",
        "users": [
            {"username": one.username, "password": one.password, "security_token": one.security_token}
            for one in state.users
        ],
        "apps": [
            {
                "consumer_key": one.consumer_key,
                "consumer_secret": one.consumer_secret,
                "refresh_token": one.refresh_token,
                "username": one.username,
                "private_key_file": str(key_file(state.directory)),
            }
            for one in state.apps
        ],
    }
