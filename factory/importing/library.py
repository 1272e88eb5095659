"""Functions of Python, pendulum and Airflow whose result follows from their arguments."""

import calendar
import copy
import itertools
import json
import os.path
import re
import string
import textwrap
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import PurePosixPath
from typing import Any

import yaml

from factory.importing.calendar_steps import CalendarStep, moment, parsed, zone
from factory.importing.plain import bounded


def _sized(*bounds: int) -> list[int]:
    return list(bounded(range(*bounds)))


def _joined(first: Any, *rest: Any) -> str:
    return os.path.join(str(first), *map(str, rest))  # noqa: PTH118 - it is what the file calls


def _converted(kind: type, value: Any = "") -> Any:
    if isinstance(value, int) and value.bit_length() > 256:
        raise ValueError("the value grows too large")
    return kind(value)


def _product(*many: Any) -> list[Any]:
    size = 1
    for one in many:
        size *= len(one)
    bounded(range(size))
    return list(itertools.product(*many))


def _replaced(pattern: str, by: str, text: str) -> str:
    if len(text) > 500 or len(pattern) > 60 or re.search(r"[*+}][)]?[*+{]", pattern):
        raise ValueError("the pattern may take too long")
    return str(bounded(re.sub(pattern, by, text)))


_BUILTINS: dict[str, Callable[..., Any]] = {
        "abs": abs, "all": all, "any": any, "bool": bool, "dict": dict, "float": float, "format": format,
        "frozenset": frozenset, "int": int, "len": len, "list": list, "max": max, "min": min, "range": _sized,
        "repr": repr, "reversed": lambda many: list(reversed(many)), "round": round, "set": set, "sorted": sorted,
        "str": lambda value="": _converted(str, value), "sum": sum, "tuple": tuple, "print": lambda *_, **__: None,
        "enumerate": lambda many, start=0: list(enumerate(many, start)), "zip": lambda *many, **how: list(zip(*many, **how)),  # noqa: B905 - as the file calls it
        "iter": list,
}  # fmt: skip

# Names that every file has, those among them that are not followed.
NAMES = frozenset((
    "abs", "all", "any", "bool", "dict", "enumerate", "exec", "eval", "filter", "float", "format", "frozenset",
    "getattr", "globals", "hasattr", "id", "int", "isinstance", "iter", "len", "list", "locals", "map", "max",
    "min", "next", "object", "open", "print", "range", "repr", "reversed", "round", "set", "sorted", "str",
    "sum", "super", "tuple", "type", "vars", "zip", "Exception", "ValueError", "KeyError", "property",
    "staticmethod", "classmethod",
))  # fmt: skip

_PURE: dict[str, Callable[..., Any]] = {
    **{f"builtins.{name}": function for name, function in _BUILTINS.items()},
    "datetime.datetime": datetime, "datetime.date": date, "datetime.time": time, "datetime.timedelta": timedelta,
    "datetime.timezone": timezone, "datetime.datetime.strptime": datetime.strptime,
    "datetime.datetime.fromisoformat": datetime.fromisoformat, "datetime.date.fromisoformat": date.fromisoformat,
    "datetime.datetime.combine": datetime.combine,
    "zoneinfo.ZoneInfo": zone, "pytz.timezone": zone, "dateutil.tz.gettz": zone,
    "pendulum.datetime": moment, "pendulum.DateTime": moment, "pendulum.create": moment, "pendulum.timezone": zone,
    "pendulum.tz.timezone": zone, "pendulum.Timezone": zone, "pendulum.parse": parsed, "pendulum.date": date,
    "pendulum.duration": timedelta, "pendulum.instance": lambda value, tz="UTC": value if value.tzinfo else value.replace(tzinfo=zone(tz)),
    "dateutil.relativedelta.relativedelta": CalendarStep.of, "dateutil.parser.parse": datetime.fromisoformat,
    "airflow.utils.timezone.datetime": moment, "airflow.utils.timezone.parse": parsed,
    "airflow.sdk.timezone.datetime": moment, "airflow.sdk.timezone.parse": parsed,
    "pathlib.Path": PurePosixPath, "pathlib.PurePath": PurePosixPath, "pathlib.PosixPath": PurePosixPath,
    "pathlib.PurePosixPath": PurePosixPath,
    "os.path.join": _joined, "os.path.dirname": lambda path: os.path.dirname(str(path)),  # noqa: PTH120
    "os.path.basename": lambda path: os.path.basename(str(path)),  # noqa: PTH119
    "os.path.abspath": str, "os.path.realpath": str, "os.path.normpath": lambda path: os.path.normpath(str(path)),
    "os.path.splitext": lambda path: os.path.splitext(str(path)),  # noqa: PTH122
    "json.loads": json.loads, "json.load": json.loads, "json.dumps": json.dumps,
    "yaml.safe_load": yaml.safe_load,
    "itertools.chain": lambda *many: list(itertools.chain(*many)), "itertools.product": _product,
    "itertools.chain.from_iterable": lambda many: list(itertools.chain.from_iterable(many)),
    "itertools.zip_longest": lambda *many, **how: list(itertools.zip_longest(*many, **how)),
    "itertools.pairwise": lambda many: list(itertools.pairwise(many)),
    "itertools.combinations": lambda many, size: list(itertools.combinations(many[:12], size)),
    "textwrap.dedent": textwrap.dedent, "inspect.cleandoc": textwrap.dedent,
    "copy.copy": copy.copy, "copy.deepcopy": copy.deepcopy, "collections.OrderedDict": OrderedDict,
    "re.sub": _replaced, "string.Template": string.Template,
    "calendar.monthrange": calendar.monthrange, "calendar.isleap": calendar.isleap,
    "string.capwords": lambda text: " ".join(word.capitalize() for word in text.split()),
}  # fmt: skip

# Of these the arguments may hold what is not known: they only arrange it.
_ARRANGING = frozenset(
    {f"builtins.{name}" for name in ("dict", "list", "tuple", "enumerate", "zip", "reversed", "len", "print", "iter")}
    | {"copy.copy", "itertools.chain", "itertools.product", "itertools.chain.from_iterable", "itertools.zip_longest",
       "itertools.pairwise", "collections.OrderedDict"}
)  # fmt: skip

_VALUES: dict[str, Any] = {
    "datetime.timezone.utc": UTC, "datetime.UTC": UTC, "pytz.UTC": UTC, "pytz.utc": UTC, "pendulum.UTC": UTC,
    "airflow.utils.timezone.utc": UTC,
}  # fmt: skip

# Functions that answer differently each time, or by what the machine holds; what they answer is not carried.
THE_MOMENT = "depends on the moment at which the file runs"
RUN_TIME = {
    "airflow.models.Variable.get": "is an Airflow Variable, which is read when the file runs",
    "os.environ": "is read from the environment of the machine that runs it",
    "os.getenv": "is read from the environment of the machine that runs it",
    "datetime.datetime.now": THE_MOMENT,
    "datetime.datetime.utcnow": THE_MOMENT,
    "datetime.datetime.today": THE_MOMENT,
    "datetime.date.today": THE_MOMENT,
    "pendulum.now": THE_MOMENT,
    "pendulum.today": THE_MOMENT,
    "pendulum.yesterday": THE_MOMENT,
    "airflow.utils.timezone.utcnow": THE_MOMENT,
    "airflow.utils.dates.days_ago": THE_MOMENT,
}  # fmt: skip


def known_value(path: str) -> Any:
    """The value of a name of the library: `datetime.timezone.utc`; None where it has none."""
    return _VALUES.get(path)


def function(path: str) -> Callable[..., Any] | None:
    """A function of the library; None where its result does not follow from its arguments."""
    return _PURE.get(path)


def arranges(path: str) -> bool:
    """Whether a function only arranges its arguments, so that parts of them need not be known."""
    return path in _ARRANGING


def why_not(path: str) -> str:
    """Why the result of a call is not known."""
    for known, why in RUN_TIME.items():
        if path == known or path.startswith(f"{known}."):
            return why
    if path.endswith("Variable.get"):
        return RUN_TIME["airflow.models.Variable.get"]
    return "is known only when the file runs"
