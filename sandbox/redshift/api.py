"""The Data API: requests in AWS's JSON 1.1, and their answers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from sandbox.redshift.statements import Statement
from sandbox.redshift.warehouse import Warehouse

_LONGEST = 100_000  # bytes of a statement
_STATUS = {"InternalServerException": 500, "AccessDeniedException": 403}
_KNOWN = {
    "Sql",
    "Sqls",
    "ClientToken",
    "Database",
    "ClusterIdentifier",
    "WorkgroupName",
    "DbUser",
    "SecretArn",
    "Id",
    "NextToken",
}


class ApiError(Exception):
    """An error of the Data API: its name, and what it says."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class DataApi:
    """The operations over one warehouse."""

    warehouse: Warehouse
    statements: dict[str, Statement] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        try:
            if "/redshift-data/aws4_request" not in request.headers.get("Authorization", ""):
                raise ApiError("UnrecognizedClientException", "The request is not signed for redshift-data.")
            body: dict[str, Any] = json.loads(request.get_data() or b"{}")
            struck = self.warehouse.struck(operation, body)
            if struck:
                raise ApiError(struck, "Armed.")
            if unknown := sorted(body.keys() - _KNOWN):
                raise ApiError("NotImplemented", f"this stand-in does not serve {unknown[0]}")
            method = self._operations().get(operation)
            if method is None:
                raise ApiError("NotImplemented", f"this stand-in does not serve {operation}")
            return _json(method(body), 200)
        except ApiError as error:
            return _json({"__type": error.code, "message": str(error)}, _STATUS.get(error.code, 400))

    def _operations(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        return {
            "ExecuteStatement": lambda body: self._start([body["Sql"]], body, together=False),
            "BatchExecuteStatement": lambda body: self._start(body["Sqls"], body, together=True),
            "DescribeStatement": lambda body: self._known(body["Id"]).described(),
            "GetStatementResult": self._result,
            "CancelStatement": self._cancel,
        }

    def _start(self, sqls: list[str], body: dict[str, Any], *, together: bool) -> dict[str, Any]:
        user, token = self._user(body), body.get("ClientToken")
        if any(len(sql.encode()) > _LONGEST for sql in sqls):
            raise ApiError("ValidationException", "Cannot process query string larger than 100kB")
        with self._lock:
            if token in self.tokens:
                found = self.statements[self.tokens[token]]
                if list(found.sqls) != sqls:
                    raise ApiError("ValidationException", "The client token was used with other parameters.")
                return {"Id": found.id, "CreatedAt": found.since, "Database": body["Database"]}
            statement = Statement(sqls, user, together)
            self.statements[statement.id] = statement
            if token:
                self.tokens[token] = statement.id
        threading.Thread(target=statement.run, args=(self.warehouse,), daemon=True).start()
        return {"Id": statement.id, "CreatedAt": statement.since, "Database": body["Database"]}

    def _user(self, body: dict[str, Any]) -> str:
        warehouse = self.warehouse
        if body.get("ClusterIdentifier", warehouse.cluster) != warehouse.cluster:
            raise ApiError("ValidationException", "Redshift endpoint doesn't exist in this region.")
        if body.get("WorkgroupName", warehouse.workgroup) != warehouse.workgroup:
            raise ApiError("ResourceNotFoundException", f"Couldn't find workgroup {body['WorkgroupName']}.")
        if body.get("Database") != warehouse.database:
            raise ApiError("ValidationException", f'database "{body.get("Database")}" does not exist')
        if "SecretArn" in body:
            if body["SecretArn"] not in warehouse.secrets:
                raise ApiError("ValidationException", "Secrets Manager can't find the specified secret.")
            return warehouse.secrets[body["SecretArn"]]
        user: str = body.get("DbUser", warehouse.users[0])
        if user not in warehouse.users:
            raise ApiError("ValidationException", f'user "{user}" does not exist')
        return user

    def _known(self, identity: str) -> Statement:
        statement = self.statements.get(identity.partition(":")[0])
        if statement is None:
            raise ApiError("ResourceNotFoundException", "Query does not exist.")
        return statement

    def _result(self, body: dict[str, Any]) -> dict[str, Any]:
        statement = self._known(body["Id"])
        number = int(body["Id"].partition(":")[2] or 1)
        if statement.status != "FINISHED" or not statement.answers[number - 1].columns:
            raise ApiError(
                "ResourceNotFoundException",
                "Query does not have result. Please check query status with DescribeStatement.",
            )
        return statement.answers[number - 1].page(int(body.get("NextToken", 0)), self.warehouse.page_rows)

    def _cancel(self, body: dict[str, Any]) -> dict[str, Any]:
        statement = self._known(body["Id"])
        if statement.status in ("FINISHED", "FAILED", "ABORTED"):
            raise ApiError(
                "ValidationException", f"Could not cancel a query that is already in {statement.status} state"
            )
        statement.stop()
        return {"Status": True}


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def serving(warehouse: Warehouse, port: int = 0) -> Iterator[tuple[DataApi, str]]:
    """The Data API on loopback; gives it and its URL."""
    api = DataApi(warehouse)
    application = Request.application(api.answer)
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield api, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def _json(body: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(body), status, content_type="application/x-amz-json-1.1")
