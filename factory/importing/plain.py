"""Operations on plain values, kept from growing without bounds: a DAG file is not trusted to be small."""

import ast
import operator
import re
import string
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Any

from factory.importing.calendar_steps import MOMENT_METHODS, CalendarStep

MAX_TEXT, MAX_ITEMS, MAX_BITS = 1_000_000, 20_000, 2_048

# What an operation on plain values may raise; the file would fail at the same place.
FAULTS = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, MemoryError)

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_, ast.BitXor: operator.xor, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip

MUTATORS = {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault",
            "popitem", "add", "discard"}  # fmt: skip
_WIDTH = re.compile(r"\d{5,}")
_SIZED = {"ljust", "rjust", "center", "zfill", "expandtabs"}
_TYPES = (str, bytes, list, dict, set, frozenset, tuple, int, float, datetime, date, time, timedelta, PurePosixPath,
          re.Pattern, re.Match, range, string.Template)  # fmt: skip


def bounded(value: Any) -> Any:
    """The value, if it is not too large to go on with.

    Raises:
        ValueError: it is.
    """
    large = (
        (isinstance(value, str | bytes) and len(value) > MAX_TEXT)
        or (isinstance(value, list | tuple | dict | set | frozenset | range) and len(value) > MAX_ITEMS)
        or (isinstance(value, int) and value.bit_length() > MAX_BITS)
    )
    if large:
        raise ValueError("the value grows too large")
    return value


def binary(kind: type[ast.operator], left: Any, right: Any) -> Any:
    """`left + right` and its kin.

    Raises:
        one of FAULTS: Python would raise it, or the value would be too large.
    """
    if kind is ast.Pow and isinstance(right, int | float) and abs(right) > 64:
        raise ValueError("the value grows too large")
    if kind is ast.LShift and isinstance(right, int) and right > MAX_BITS:
        raise ValueError("the value grows too large")
    if kind is ast.Mult:
        _refuse_large_repetition(left, right)
    if kind is ast.Mod and isinstance(left, str | bytes) and _WIDTH.search(str(left)):
        raise ValueError("the value grows too large")
    return bounded(OPERATORS[kind](left, right))


def _refuse_large_repetition(left: Any, right: Any) -> None:
    for many, times in ((left, right), (right, left)):
        if (
            isinstance(many, str | bytes | list | tuple)
            and isinstance(times, int)
            and len(many) * times > MAX_ITEMS
        ):
            raise ValueError("the value grows too large")


def method(target: Any, name: str) -> Callable[..., Any] | None:
    """A method of a plain value that may be called here; None where there is none."""
    if isinstance(target, date) and name in MOMENT_METHODS:
        return lambda *positional, **named: MOMENT_METHODS[name](target, *positional, **named)
    if name.startswith("_") or not isinstance(target, _TYPES) or not callable(getattr(target, name, None)):
        return None
    if isinstance(target, str) and name in ("format", "format_map"):
        return lambda *positional, **named: _formatted(target, name, positional, named)
    found: Callable[..., Any] = getattr(target, name)

    def call(*positional: Any, **named: Any) -> Any:
        if name in _SIZED and any(isinstance(one, int) and one > MAX_ITEMS for one in positional):
            raise ValueError("the value grows too large")
        if name == "replace" and isinstance(target, str) and len(positional) > 1:
            _refuse_large_repetition(str(positional[1]), target.count(str(positional[0])))
        result = found(*positional, **named)
        bounded(target)
        return bounded(list(result) if name in ("items", "keys", "values") else result)

    return call


def attribute(target: Any, name: str) -> Any:
    """A plain attribute of a plain value: `date.year`, `path.parent`.

    Raises:
        AttributeError: it has none of that name.
    """
    allowed = isinstance(target, date | time | timedelta | PurePosixPath | CalendarStep)
    if name.startswith("_") or not allowed or callable(getattr(target, name)):
        raise AttributeError(name)
    return getattr(target, name)


def formatted(value: Any, conversion: int, spec: str) -> str:
    """One part of an f-string.

    Raises:
        ValueError: the format does not fit, or would make the text too large.
    """
    if _WIDTH.search(spec):
        raise ValueError("the value grows too large")
    converted = {-1: value, ord("s"): str(value), ord("r"): repr(value), ord("a"): ascii(value)}[conversion]
    return format(converted, spec)


def _formatted(text: str, name: str, positional: tuple[Any, ...], named: dict[str, Any]) -> str:
    if _WIDTH.search(text) or re.search(
        r"\{[^{}]*(\._|\[_)", text
    ):  # widths, and ways into Python's own objects
        raise ValueError("the format is not a plain one")
    result: str = getattr(text, name)(*positional, **named)
    return str(bounded(result))
