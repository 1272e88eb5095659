"""What the shell offers when somebody presses TAB: units, specs, rules and keys, formats.

It looks at names only, so that it answers at once; whatever fails offers nothing.
"""

# ruff: noqa: PLC0415 - as in cli

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from factory.tree import nearest


def _among(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    def offered(incomplete: str) -> list[str]:
        with suppress(Exception):  # a shell that waits for names must never see a traceback
            return sorted(name for name in names() if name.startswith(incomplete))
        return []

    return offered


def _units() -> list[str]:
    return [path.parent.name for path in nearest.tree(nearest.DEFAULT).glob("*/unit.yaml")]


def _specs() -> list[str]:
    tree = nearest.tree(nearest.DEFAULT)
    files = (path for path in tree.glob("[!_]*/*.y*ml") if path.stem != "unit")
    return [f"{path.parent.name}.{path.stem}" for path in files]


def _pointed() -> list[str]:
    tree = nearest.tree(nearest.DEFAULT)
    return [*_specs(), *(f"{tree / unit}/" for unit in _units())]


def _objects() -> list[str]:
    names: set[str] = set()
    for path in nearest.tree(nearest.DEFAULT).glob("_*/*/*.json"):
        names.add(unquote(path.stem))
    return list(names)


def _rules() -> list[str]:
    from factory.linter.all_rules import RULES
    from factory.report.key_pages import FILES, key_names

    return [*RULES, *(rule.name for rule in RULES.values()), *FILES, *key_names()]


def _report_formats() -> list[str]:
    from factory.report.formats import FORMATS

    return list(FORMATS)


def _environments() -> list[str]:
    from factory.read.composer import Composer
    from factory.read.file_text import read
    from factory.tree.workspace import GROUP_FILE

    path = nearest.tree(nearest.DEFAULT) / GROUP_FILE
    found = Composer(read(path, str(path))).compose().mapping.get("environments")
    return list(found) if isinstance(found, dict) else []


def _plan_formats() -> list[str]:
    from factory.plan.shown import FORMATS

    return list(FORMATS)


def paths(incomplete: str) -> list[str]:
    """DAG ids, units, and files that begin with what is typed."""
    here = Path(incomplete or ".")
    folder = here if incomplete.endswith("/") else here.parent
    with suppress(OSError):
        files = [
            f"{path}/" if path.is_dir() else str(path)
            for path in folder.iterdir()
            if path.suffix in ("", ".yaml", ".yml")
        ]
        return sorted(
            {
                *_among(_pointed)(incomplete),
                *(name for name in files if incomplete and name.startswith(incomplete)),
            }
        )
    return _among(_pointed)(incomplete)


units = _among(_units)
specs = _among(_specs)
objects = _among(_objects)
rules = _among(_rules)
report_formats = _among(_report_formats)
environments = _among(_environments)
plan_formats = _among(_plan_formats)
preview_formats = _among(lambda: ("table", "csv", "json"))
answer_formats = _among(lambda: ("table", "csv", "json", "parquet"))
file_formats = _among(lambda: ("csv", "json", "ndjson", "parquet"))
windows = _among(lambda: ("full", "incremental", "yesterday", "last week", "last month", "6 months"))
schedules = _among(lambda: ("@hourly", "@daily", "@weekly", "@monthly", "none"))
