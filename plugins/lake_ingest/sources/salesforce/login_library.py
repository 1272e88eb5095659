"""simple-salesforce's login, without loading what no login uses.

Its package loads all of itself at once: the metadata API with a SOAP client, Bulk 2.0 with a library about lists, and PyJWT with every
kind of key. A process that lives for one task would pay more for these than for the login. So each is loaded when it is first used, by
whoever uses it: nothing of the library is missing.
"""

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Its modules import each other: of two threads of the triggerer that load it at once, one would find it half made.
_IMPORTING = threading.Lock()
_CLASSES = {"simple_salesforce.metadata": "SfdcMetadataApi", "simple_salesforce.bulk2": "SFBulk2Handler"}
_SIGNER = "jwt"


def load_login() -> Any:
    """The function `SalesforceLogin`."""
    with _IMPORTING, _on_first_use():
        from simple_salesforce.login import SalesforceLogin  # noqa: PLC0415 - it takes a while
    return SalesforceLogin


@contextmanager
def _on_first_use() -> Iterator[None]:
    """Let what imports these modules in here get something that loads them when it is used."""
    absent = {
        name: module
        for name, module in (
            (_SIGNER, _loading(_SIGNER)),
            *((name, _making(name, one)) for name, one in _CLASSES.items()),
        )
        if name not in sys.modules
    }
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def _loading(name: str) -> ModuleType:
    """Stands in for a module, and gives what the real one has."""

    def attribute(wanted: str) -> Any:
        return getattr(importlib.import_module(name), wanted)

    module = ModuleType(name)
    module.__dict__["__getattr__"] = attribute
    return module


def _making(name: str, class_name: str) -> ModuleType:
    """Stands in for a module whose one class others import, and makes what the real class makes."""

    def made(*arguments: Any, **named: Any) -> Any:
        return getattr(importlib.import_module(name), class_name)(*arguments, **named)

    module = ModuleType(name)
    module.__dict__[class_name] = made
    return module
