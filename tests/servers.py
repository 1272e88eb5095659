"""Which code starts a server: whatever it names is followed, through tests and stand-ins, to what servers are started with.

`make check` runs each test that starts none. The mark follows from the code, so nobody has to remember it.
"""

import inspect
import socket
import socketserver
import subprocess
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType

FOLLOWED = ("tests.", "sandbox.", "moto.moto_server.", "werkzeug.serving")
STARTERS = (subprocess.Popen, socketserver.BaseServer)


@cache
def starts_a_server(code: object) -> bool:
    """Whether a function or class leads to a process that runs beside its caller, or to a socket that is served."""
    waiting, seen = [code], set()
    while waiting:
        thing = waiting.pop()
        if thing is socket.create_server or (isinstance(thing, type) and issubclass(thing, STARTERS)):
            return True
        if id(thing) not in seen:
            seen.add(id(thing))
            waiting += _named_by(thing)
    return False


def _named_by(thing: object) -> Iterator[object]:
    """The functions, classes and modules' members which a function of ours, or a method of a class of ours, names."""
    if isinstance(thing, (staticmethod, classmethod)):
        yield thing.__func__
    elif isinstance(thing, property):
        yield thing.fget
    elif isinstance(thing, type) and _is_ours(thing):
        yield from (*thing.__bases__, *vars(thing).values())
    elif isinstance(thing, FunctionType) and _is_ours(thing):
        yield from _named_by_function(inspect.unwrap(thing))


def _is_ours(thing: type | FunctionType) -> bool:
    return str(thing.__module__).startswith(FOLLOWED)


def _named_by_function(function: FunctionType) -> Iterator[object]:
    names = set(_names(function.__code__))
    for name in names:
        found = function.__globals__.get(name)
        if isinstance(found, ModuleType):
            yield from (vars(found)[attribute] for attribute in names & vars(found).keys())
        else:
            yield found
    yield from (cell.cell_contents for cell in function.__closure__ or ())


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
