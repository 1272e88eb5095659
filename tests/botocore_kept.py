"""botocore reads and makes everything anew for each session and client, of which tests make thousands: here it is kept.

What is kept is the same for all of them: the models of services, read from botocore's own files, the methods that a model gives a client,
and names of events.
"""

import inspect
from functools import cache
from types import FunctionType, MethodType
from typing import Any

from botocore import hooks
from botocore.client import ClientCreator
from botocore.loaders import JSONFileLoader, Loader
from botocore.model import ServiceModel


@cache
def _file(path: str, read: Any = JSONFileLoader.load_file) -> Any:
    """Half a megabyte of JSON for S3."""
    return read(JSONFileLoader(), path)


@cache
def _services(kind: str, find: Any = Loader.list_available_services) -> Any:
    """Out of the folders of all of AWS's services."""
    return find(Loader(), kind)


@cache
def _model(service: str, version: str | None) -> ServiceModel:
    return ServiceModel(
        Loader().load_service_model(service, "service-2", api_version=version), service_name=service
    )


_made: dict[int, dict[str, Any]] = {}  # by the id of a model, which stays


def _methods(creator: Any, model: ServiceModel, make: Any = ClientCreator._create_methods) -> dict[str, Any]:
    if id(model) not in _made:
        _made[id(model)] = make(creator, model)
    return dict(_made[id(model)])  # handlers of events add to it


@cache
def _event(name: str, alias: Any = hooks.EventAliaser._alias_event_name) -> str:
    return str(alias(hooks.EventAliaser(None), name))


def _takes_more(function: Any, ask: Any = hooks.accepts_kwargs) -> bool:
    """Whether a handler has **kwargs, of which its code says as much as its signature, at once."""
    if isinstance(function, (FunctionType, MethodType)) and hasattr(function, "__code__"):
        return bool(function.__code__.co_flags & inspect.CO_VARKEYWORDS)
    return bool(ask(function))


def keep() -> None:
    """From now on, in this process."""
    changed: Any = JSONFileLoader
    changed.load_file = lambda _self, path: _file(path)
    changed = Loader
    changed.list_available_services = lambda _self, type_name: _services(type_name)
    changed = ClientCreator
    changed._load_service_model = lambda _self, service_name, api_version=None: _model(
        service_name, api_version
    )
    changed._create_methods = _methods
    changed = hooks
    changed.EventAliaser._alias_event_name = lambda _self, event_name: _event(event_name)
    changed.accepts_kwargs = _takes_more
