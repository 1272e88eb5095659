"""What code asks of AWS while it runs on the stand-ins: every call that the stand-in for IAM checks, in whose name, on what.

`make rehearse` and `make run` keep them below build/, and `make audit` evaluates each against the policies of the templates.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from moto.iam.access_control import IAMRequestBase

_SEGMENTS = 4  # of an object's key that are kept: deeper than any rule of a policy looks


class Observed(NamedTuple):
    """A call: who made it (the name of a role or user in the stand-in), the action, the resource, and the prefix of a list."""

    name: str
    action: str
    resource: str
    prefix: str | None


@contextmanager
def observing(tell: Callable[[Observed], None]) -> Iterator[None]:
    """Tell of each call while the block runs, each once."""
    told: set[Observed] = set()
    check = IAMRequestBase.check_action_permitted

    def note(request: Any, resource: str) -> None:
        key = request._access_key  # noqa: SLF001  # moto offers no other way to see it
        name = str(getattr(key, "_owner_role_name", None) or getattr(key, "_owner_user_name", ""))
        asked = parse_qs(urlsplit(request._path).query, keep_blank_values=True)  # noqa: SLF001
        prefix = asked["prefix"][0] if "prefix" in asked else None
        seen = Observed(name, request._action, _shortened(resource), prefix)  # noqa: SLF001
        if seen not in told:
            told.add(seen)
            tell(seen)
        check(request, resource)

    with patch.object(IAMRequestBase, "check_action_permitted", note):
        yield


def keep(path: Path) -> Callable[[Observed], None]:
    """Add calls to a file, a line each, behind those that it holds from others."""
    path.parent.mkdir(parents=True, exist_ok=True)

    def append(seen: Observed) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(seen) + "\n")

    return append


def kept(path: Path) -> set[Observed]:
    """The calls of a file; none without one."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {Observed(*json.loads(line)) for line in lines}


def _shortened(resource: str) -> str:
    """An object's ARN without what makes each object another one."""
    bucket, *segments = resource.split("/")
    if not resource.startswith("arn:aws:s3:::") or len(segments) <= _SEGMENTS:
        return resource
    return "/".join((bucket, *segments[:_SEGMENTS], "x"))
