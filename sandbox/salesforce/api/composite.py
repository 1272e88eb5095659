"""`/composite/batch`, for GET subrequests of objects' descriptions, limits and queries."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from sandbox.salesforce.api import query, resources
from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import ApiError, not_found, not_served
from sandbox.salesforce.results.spool import FileSlice

MAXIMUM_SUBREQUESTS: Final = 25
PLAIN: Final[Mapping[tuple[str, ...], Callable[[Call], Reply]]] = {
    ("limits",): resources.limits,
    ("query",): query.query,
    ("queryAll",): query.query_all,
    ("sobjects",): resources.sobjects,
}


def batch(call: Call) -> Reply:
    """POST /composite/batch {"batchRequests": [{"method", "url"}], "haltOnError"}; each counts as a call"""
    content = call.json()
    requests = content.get("batchRequests")
    if not isinstance(requests, list) or not requests:
        raise ApiError(400, "INVALID_BATCH_REQUEST", "batchRequests must be a list of requests")
    if len(requests) > MAXIMUM_SUBREQUESTS:
        raise ApiError(400, "LIMIT_EXCEEDED", f"a batch holds {MAXIMUM_SUBREQUESTS} requests at most")
    results: list[dict[str, Any]] = []
    for request in requests:
        if content.get("haltOnError") and any(one["statusCode"] >= 400 for one in results):
            halted = {
                "errorCode": "BATCH_PROCESSING_HALTED",
                "message": "Batch processing halted per request",
            }
            results.append({"statusCode": 412, "result": [halted]})
        else:
            results.append(_one(call, request))
    return json_reply({"hasErrors": any(one["statusCode"] >= 400 for one in results), "results": results})


def _one(call: Call, request: Any) -> dict[str, Any]:
    try:
        reply = _dispatch(call, request)
    except ApiError as problem:
        return {"statusCode": problem.status, "result": json.loads(problem.rest_body())}
    body = reply.body.read() if isinstance(reply.body, FileSlice) else reply.body
    return {"statusCode": reply.status, "result": json.loads(body) if body else None}


def _dispatch(call: Call, request: Any) -> Reply:
    if not isinstance(request, dict) or not isinstance(request.get("url"), str):
        raise ApiError(400, "INVALID_BATCH_REQUEST", "a request needs a method and a url")
    method = str(request.get("method", "GET")).upper()
    parts = urlsplit(request["url"])
    version, *rest = parts.path.strip("/").removeprefix("services/data/").split("/")
    if not version.startswith("v") or not rest:
        raise not_found()
    if method != "GET":
        raise not_served(f"{method} in composite/batch")
    call.state.usage.add("DailyApiRequests", call.state.clock.now())
    inner = replace(
        call,
        method=method,
        path=parts.path,
        parameters=dict(parse_qsl(parts.query, keep_blank_values=True)),
        path_parameters={"version": version[1:], "name": rest[1] if len(rest) > 1 else ""},
    )
    return _handler(parts.path, rest)(inner)


def _handler(path: str, rest: list[str]) -> Callable[[Call], Reply]:
    if rest[0] == "sobjects" and len(rest) == 2:
        return resources.sobject
    if rest[0] == "sobjects" and rest[2:] == ["describe"]:
        return resources.describe
    if tuple(rest) not in PLAIN:
        raise not_served(f"{path} in composite/batch")
    return PLAIN[tuple(rest)]
