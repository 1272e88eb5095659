"""Verbs of the command line for an org that runs: `python -m sandbox org insert org.json '{"object": …}'`."""

import argparse
import json
import sys
from pathlib import Path

from sandbox.salesforce.org import Org

VERBS = (
    "insert",
    "update",
    "delete",
    "undelete",
    "hard_delete",
    "commit_late",
    "begin",
    "commit",
    "clock",
    "fault",
    "clear_faults",
    "limits",
    "revoke_sessions",
    "password_expired",
    "rows",
    "reset_log",
)
SIGHTS = ("requests", "faults", "objects")


def main(argv: list[str]) -> int:
    """Send one verb and print the answer as JSON; 1 when the org refuses it."""
    parser = argparse.ArgumentParser(
        "python -m sandbox org", description="Tell a running org something, or ask it."
    )
    parser.add_argument("verb", choices=VERBS + SIGHTS)
    parser.add_argument("ready_file", type=Path, help="the file that the org wrote when it was ready")
    parser.add_argument("arguments", nargs="?", default="{}", help="JSON object, as for /__sandbox__/VERB")
    asked = parser.parse_args(argv)
    try:
        org = Org.attach(asked.ready_file)
        content = None if asked.verb in SIGHTS else json.loads(asked.arguments)
        answer = org.tell(asked.verb, content)
    except (OSError, ValueError) as problem:
        print(f"sandbox org: {problem}", file=sys.stderr)
        return 1
    print(json.dumps(answer, indent=2, ensure_ascii=False))
    return 0
