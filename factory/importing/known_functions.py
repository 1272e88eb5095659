"""Functions of Python that call back, look at names, or read a file: followed here one by one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from factory.importing.airflow_objects import AirflowObjects
from factory.importing.course import Course
from factory.importing.iteration import items_of
from factory.importing.neighbours import OpenText
from factory.importing.values import (
    STAND_INS,
    Apply,
    Bound,
    Function,
    Given,
    Imported,
    Instance,
    LocalClass,
    Scope,
    is_known,
    truth,
)

_KINDS = {
    "str": str,
    "list": list,
    "dict": dict,
    "tuple": tuple,
    "int": int,
    "float": float,
    "bool": bool,
    "set": set,
}


class KnownFunctions:
    """Applies them; `apply` does what a call does, `not_followed` what one does of which nothing is known."""

    def __init__(self, course: Course, airflow: AirflowObjects, apply: Apply, not_followed: Apply) -> None:
        self._course, self._apply, self._not_followed = course, apply, not_followed
        chain: Callable[[Given], Any] = lambda given: airflow.chain(given.positional)  # noqa: E731 - one of a table
        self._table: dict[str, Callable[[Given], Any]] = {
            "builtins.map": self._map,
            "builtins.filter": self._filter,
            "builtins.open": self._open,
            "io.open": self._open,
            "builtins.isinstance": self._isinstance,
            "builtins.getattr": self._getattr,
            "builtins.property": self._marked("property"),
            "builtins.staticmethod": self._marked("staticmethod"),
            **dict.fromkeys(
                ("builtins.globals", "builtins.vars", "builtins.locals"), lambda given: given.scope.module
            ),
            "functools.partial": self._partial,
            "types.SimpleNamespace": lambda given: _instance("SimpleNamespace", given),
            "dataclasses.field": lambda given: _instance("field", given),
            "collections.namedtuple": self._namedtuple,
            **dict.fromkeys(_SAME, _same),
            **dict.fromkeys(_CHAINS, chain),
        }

    def named(self, path: str) -> Callable[[Given], Any] | None:
        """The function of that name; None where it is none of these."""
        return self._table.get(path)

    def of_path(self, path: PurePosixPath, name: str, given: Given) -> Any:
        """`path.read_text()` and its kin."""
        if name not in ("read_text", "open"):
            return path
        opened = self._open(given.of(path, *(given.positional if name == "open" else ())))
        return opened.read() if isinstance(opened, OpenText) and name == "read_text" else opened

    def _map(self, given: Given) -> Any:
        function, *many = given.positional
        columns = [items_of(one) for one in many]
        if None in columns or not columns:
            return self._not_followed(function, given)
        rows = zip(*(one for one in columns if one is not None), strict=False)
        return [self._apply(function, given.of(*row)) for row in rows]

    def _filter(self, given: Given) -> Any:
        function, many = given.positional
        items = items_of(many)
        if items is None:
            return self._not_followed(function, given)
        truths = [
            truth(item if function is None else self._apply(function, given.of(item))) for item in items
        ]
        if None in truths:
            return self._course.unclear(given.node, given.scope)
        return [item for item, true in zip(items, truths, strict=True) if true]

    def _partial(self, given: Given) -> Any:
        function, *first = given.positional
        return Bound(lambda then: self._apply(function, then.after(*first, **given.named)), function)

    def _open(self, given: Given) -> Any:
        """The text of a file beside the DAG; `.read()` of it, or a loop over it, is the same text."""
        path = given.positional[0] if given.positional else given.named.get("file")
        mode = given.positional[1] if len(given.positional) > 1 else given.named.get("mode", "r")
        text = None
        if isinstance(path, str | PurePosixPath) and mode in ("r", "rt", "rb"):
            text = self._course.neighbours.text(path)
        return (
            self._course.unknown(given.node, given.scope, "reads a file that is not beside this one")
            if text is None
            else OpenText(text)
        )

    def _namedtuple(self, given: Given) -> Any:
        if len(given.positional) < 2 or not is_known(given.all):
            return self._course.unclear(given.node, given.scope)
        name, fields = given.positional[:2]
        names = fields.replace(",", " ").split() if isinstance(fields, str) else fields
        return LocalClass(str(name), (), Scope(given.scope.file), tuple(names))

    def _getattr(self, given: Given) -> Any:
        owner, name = (*given.positional, None, None)[:2]
        if isinstance(owner, Imported) and isinstance(name, str):
            return Imported(f"{owner.path}.{name}")
        if isinstance(owner, Instance) and isinstance(name, str) and name in owner.attributes:
            return owner.attributes[name]
        return self._course.unclear(given.node, given.scope)

    def _isinstance(self, given: Given) -> Any:
        value, wanted = given.positional
        many = wanted if isinstance(wanted, tuple) else (wanted,)
        found = [_KINDS.get(getattr(one, "path", "").removeprefix("builtins.")) for one in many]
        if isinstance(value, STAND_INS) or None in found:
            return self._course.unclear(given.node, given.scope)
        return isinstance(value, tuple(one for one in found if one is not None))

    @staticmethod
    def _marked(flow: str) -> Callable[[Given], Any]:
        def mark(given: Given) -> Any:
            function = given.positional[0] if given.positional else None
            return replace(function, flow=flow) if isinstance(function, Function) else function

        return mark


_SAME = (
    "dataclasses.dataclass", "functools.lru_cache", "functools.cache", "functools.wraps", "contextlib.contextmanager",
    "typing.cast",
)  # fmt: skip
_CHAINS = (
    "airflow.models.baseoperator.chain", "airflow.sdk.chain", "airflow.utils.helpers.chain", "airflow.models.chain",
    "airflow.sdk.bases.operator.chain",
)  # fmt: skip


def _same(given: Given) -> Any:
    """What changes nothing that matters here: it gives its last argument, or the decorator that does."""
    if not given.positional:
        return Bound(lambda then: then.positional[0] if then.positional else None)
    return given.positional[-1]


def _instance(name: str, given: Given) -> Instance:
    return Instance(LocalClass(name, (), Scope(given.scope.file)), dict(given.named))
