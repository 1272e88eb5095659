"""A request as handlers see it, and what they return."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.salesforce.api.error_answer import ApiError, invalid_session
from sandbox.salesforce.api.sessions import Session
from sandbox.salesforce.results.spool import FileSlice

if TYPE_CHECKING:
    from sandbox.salesforce.state import OrgState


@dataclass(frozen=True, slots=True)
class Call:
    """One request; header names are lower-case, parameters decoded."""

    state: "OrgState"
    method: str
    path: str
    query: str
    host: str
    parameters: dict[str, str]
    path_parameters: dict[str, str]
    headers: dict[str, str]
    body: bytes
    session: Session | None = None

    @property
    def version(self) -> str:
        """The API version in the path, such as `68.0`."""
        return self.path_parameters["version"]

    @property
    def user(self) -> Session:
        """Who is calling.

        Raises:
            ApiError: 401, nobody that is known.
        """
        if self.session is None:
            raise invalid_session()
        return self.session

    def required(self, name: str) -> str:
        """A query parameter that must be there."""
        if not self.parameters.get(name):
            raise ApiError(400, "MISSING_ARGUMENT", f"{name} parameter is required")
        return self.parameters[name]

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            ApiError: 400, it is not one.
        """
        try:
            content = json.loads(self.body or b"{}")
        except ValueError as problem:
            raise ApiError(400, "JSON_PARSER_ERROR", f"Unexpected character in JSON: {problem}") from None
        if not isinstance(content, dict):
            raise ApiError(400, "JSON_PARSER_ERROR", "the body must be a JSON object")
        return content


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back; a `FileSlice` is streamed from its file."""

    status: int = 200
    body: bytes | FileSlice = b""
    media_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A reply of JSON."""
    return Reply(status, json.dumps(content).encode(), headers=headers or {})
