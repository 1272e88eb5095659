"""The proxies of a connection, which may be written as a mapping, as JSON or as one address.

Addresses may hold a password: none is ever quoted.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_SCHEMES = ("http", "https", "all")
_EXAMPLE = '{"https": "http://proxy.example.com:3128"}'


class UnusableProxiesError(Exception):
    """No proxies; the text goes on after the name of the value."""


def read_proxies(value: Any) -> Mapping[str, str]:
    """A mapping from scheme to proxy; a plain address serves https, the only scheme that is used.

    Raises:
        UnusableProxiesError: it is neither.
    """
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        value = _of_text(value.strip())
    if not isinstance(value, Mapping):
        kind = "a list" if isinstance(value, list) else f"of type {type(value).__name__}"
        raise UnusableProxiesError(f"is {kind}; write {_EXAMPLE}")
    return {_scheme(scheme): _address(address) for scheme, address in value.items() if address}


def _of_text(text: str) -> Any:
    if not text.startswith(("{", "[", '"')):
        return {"https": text} if text else {}
    try:
        value = json.loads(text)
    except ValueError:
        raise UnusableProxiesError(f"is JSON that is cut off or damaged; write {_EXAMPLE}") from None
    return _of_text(value.strip()) if isinstance(value, str) else value


def _scheme(scheme: Any) -> str:
    name = str(scheme).strip().lower()
    host = name.partition("://")[2]
    if name.partition("://")[0] not in _SCHEMES:
        raise UnusableProxiesError(f"has the key '{name[:40]}', which is not a scheme; write {_EXAMPLE}")
    return name if host else name.partition("://")[0]


def _address(address: Any) -> str:
    text = address.strip().strip("'\"") if isinstance(address, str) else ""
    whole = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(whole)
        usable = bool(parts.hostname) and not (parts.hostname or "").isdigit() and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(letter.isspace() for letter in whole):
        raise UnusableProxiesError("holds an address that is not of the form http://host:port")
    if parts.scheme.lower() not in ("http", "https"):
        raise UnusableProxiesError(
            f"holds the address of a {parts.scheme} proxy, which is not supported; give it one of HTTP"
        )
    return whole
