"""The host of an org as people paste it: an address from the browser's bar, with a path, a port, in capitals.

Salesforce serves one org under several domains (My Domain URL formats); the API answers at `<name>.my.salesforce.com`.
"""

import re
from urllib.parse import urlsplit

_SUFFIX = ".salesforce.com"
_LABELS = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
# Of one org, its pages and its setup; the partition (sandbox, develop, scratch …) stays where it is.
_PAGES = (".my.salesforce-setup.com", ".lightning.force.com", ".my.salesforce.com")
_VISUALFORCE = (".vf.force.com", ".visualforce.com", ".visual.force.com")
_INSTANCE = re.compile(r"[a-z]{2,4}\d{1,4}[a-z]?")
_NOT_ORGS = ("www", "help", "developer", "trailhead", "status", "trust", "appexchange")
_HOW = "write login.salesforce.com, test.salesforce.com or the org's My Domain, <name>.my.salesforce.com"


class UnusableHostError(Exception):
    """No host of an org; the text goes on after the name of the value and says what to write."""


def read_host(pasted: str) -> str:
    """The host that was meant, less `.salesforce.com`: login, test, acme.my, acme--dev.sandbox.my.

    Raises:
        UnusableHostError: it is none of Salesforce, or which one is not certain.
    """
    name = _name(pasted)
    if name in ("login", "test") or (name.endswith(".my") and name.count(".") < 3):
        return name
    if "." not in name:
        return name if _INSTANCE.fullmatch(name) else _my_domain(name)
    for suffix in _PAGES:
        if name.endswith(suffix):
            return _my_domain(name.removesuffix(suffix), renamed=suffix != _PAGES[-1])
    for suffix in _VISUALFORCE:
        if name.endswith(suffix):
            return _of_visualforce(name.removesuffix(suffix), name)
    if not name.endswith(_SUFFIX):
        raise UnusableHostError(f"'{name}' is not a Salesforce host; {_HOW}")
    short = name.removesuffix(_SUFFIX)
    if short in _NOT_ORGS:
        raise UnusableHostError(f"'{name}' is a website of Salesforce, not the host of an org; {_HOW}")
    return short


def _name(pasted: str) -> str:
    """The bare name: no scheme, user, port, path or dot at its end.

    Raises:
        UnusableHostError: there is no name, or a port that Salesforce does not have.
    """
    text = "".join(pasted.split()).strip("'\"<>").lower()
    try:
        parts = urlsplit(text if "://" in text else f"//{text.lstrip('/')}")
        name, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise UnusableHostError(f"'{text[:100]}' is not the name of a host; {_HOW}") from None
    if not _LABELS.fullmatch(name):
        raise UnusableHostError(f"'{name[:100]}' is not the name of a host; {_HOW}")
    if port not in (None, 443):
        raise UnusableHostError(
            f"'{name}' has the port {port}, but Salesforce answers at 443 only; leave it out"
        )
    return name


def _my_domain(name: str, *, renamed: bool = False) -> str:
    """Raises: UnusableHostError: the address is of a sandbox as they were named before enhanced domains."""
    if renamed and "--" in name and "." not in name:
        raise UnusableHostError(
            f"'{name}' seems to be a sandbox under its old address; write its My Domain, such as"
            f" {name}.sandbox.my.salesforce.com"
        )
    return f"{name}.my"


def _of_visualforce(left: str, name: str) -> str:
    """`acme--c` and `acme--dev--c.sandbox`: the org's name and, after two hyphens, the package of the page."""
    first, _, partition = left.partition(".")
    org, hyphens, _ = first.rpartition("--")
    legacy = bool(_INSTANCE.fullmatch(partition))
    if not hyphens or ("--" in org and partition != "sandbox"):
        raise UnusableHostError(f"'{name}' does not say which org it is; {_HOW}")
    return f"{org}.my" if legacy or not partition else f"{org}.{partition}.my"
