"""moto's Glue, which takes an update only of the version that its sender has read, as Glue does.

Two runs that change a table at once depend on it: https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateTable.html.
"""

import threading
from typing import Any

from moto.glue.exceptions import GlueClientError
from moto.glue.responses import GlueResponse

_update = GlueResponse.update_table
_one_by_one = threading.Lock()


class ConcurrentModificationError(GlueClientError):
    """Somebody else changed the table since it was read."""

    def __init__(self) -> None:
        """With Glue's own words."""
        super().__init__(
            "ConcurrentModificationException", "Update table failed due to concurrent modifications."
        )


def refuse_stale_updates() -> None:
    """Let moto's Glue in this process look at the version."""
    GlueResponse.update_table = _update_table  # type: ignore[method-assign, assignment]


def _update_table(response: GlueResponse) -> Any:
    read = response.parameters.get("VersionId")
    with _one_by_one:
        table = response.glue_backend.get_table(
            response.parameters["DatabaseName"], response.parameters["TableInput"]["Name"]
        )
        if read is not None and read != table.as_dict()["VersionId"]:
            raise ConcurrentModificationError
        return _update(response)
