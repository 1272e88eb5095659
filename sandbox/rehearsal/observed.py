"""What the stages of a rehearsal ask of AWS: every call that the stand-in for IAM checks, and in which role it is made."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from moto.iam.access_control import IAMRequestBase

# Role as it is called in the stand-in, and action.
Observed = set[tuple[str, str]]


@contextmanager
def observing() -> Iterator[Observed]:
    """Note each call of a role while the block runs."""
    observed: Observed = set()
    check = IAMRequestBase.check_action_permitted

    def note(request: Any, resource: str) -> None:
        role = getattr(request._access_key, "_owner_role_name", None)  # noqa: SLF001  # moto offers no other way to see it
        if role is not None:
            observed.add((role, request._action))  # noqa: SLF001
        check(request, resource)

    with patch.object(IAMRequestBase, "check_action_permitted", note):
        yield observed


def keep(observed: Observed, path: Path) -> None:
    """Add the calls to those that the file holds from other stories."""
    known = {tuple(call) for call in json.loads(path.read_text("utf-8"))} if path.exists() else set()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(sorted(known | observed), indent=1) + "\n", encoding="utf-8")
