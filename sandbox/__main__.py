"""Entry of the sandbox: `python -m sandbox org|databases|airflow|fleet|run|screenshots`."""

import importlib
import sys
from typing import Any, Final

COMMANDS = {
    "org": (
        "sandbox.salesforce.command",
        "serve a Salesforce org over HTTPS, with a proxy for *.salesforce.com",
    ),
    "databases": ("sandbox.databases.command", "serve the databases of the sample units"),
    "airflow": ("sandbox.airflow.command", "start the org, S3 and Airflow, and leave them up for browsing"),
    "fleet": (
        "sandbox.fleet.command",
        "run many DAGs in an Airflow with several workers, and kill one of them",
    ),
    "run": ("sandbox.run", "start everything, run every sample DAG, print what landed"),
    "screenshots": ("sandbox.browser.screenshots", "take the pictures of docs/ in a browser"),
}

# DuckDB and Arrow load them where they are installed, and use nothing of them here: a third of an org's start.
UNUSED: Final = {"org": ("numpy", "pandas")}


def main(argv: list[str]) -> int:
    """Run one command; each module is loaded only when its command is called."""
    if not argv or argv[0] not in COMMANDS:
        print("usage: python -m sandbox COMMAND [--help]\n")
        for name, (_, summary) in COMMANDS.items():
            print(f"  {name:11} {summary}")
        return 0 if argv and argv[0] in {"-h", "--help"} else 2
    module, _ = COMMANDS[argv[0]]
    loaded: dict[str, Any] = sys.modules
    loaded.update(dict.fromkeys(UNUSED.get(argv[0], ())))
    exit_code: int = importlib.import_module(module).main(argv[1:])
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
