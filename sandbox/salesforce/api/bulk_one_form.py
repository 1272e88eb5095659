"""Bodies of Bulk API 1.0: XML, unless the job's content is JSON or the request itself is."""

import json
from typing import Any, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.error_answer import ApiError

NAMESPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"


def wants_xml(headers: dict[str, str]) -> bool:
    """Whether a request neither carries nor accepts JSON."""
    return "json" not in (headers.get("content-type", "") + headers.get("accept", "")).lower()


def answers_in_xml(call: Call) -> bool:
    """Whether an answer is XML.

    A request that describes a job is answered in its own language; all others in that of the job's content, whatever a
    `Content-Type` says of a body that is not there, or is SOQL.
    """
    job = call.state.legacy_jobs.find(call.path_parameters.get("job", ""))
    describes = call.method == "POST" and not call.path.endswith("/batch")
    if describes or (job is None and call.method != "GET"):
        return wants_xml(call.headers)
    return job is None or job.content_type != "JSON"


def read(call: Call) -> dict[str, Any]:
    """The body, as the names and texts of its elements.

    Raises:
        ApiError: it is neither XML nor JSON.
    """
    if not wants_xml(call.headers):
        return call.json()
    if b"<!DOCTYPE" in call.body:
        raise ApiError(400, "InvalidJob", "a document type is not allowed")
    try:
        root = ET.fromstring(call.body)
    except ET.ParseError as problem:
        raise ApiError(400, "InvalidJob", f"the body is not XML: {problem}") from None
    return {element.tag.rpartition("}")[2]: element.text or "" for element in root}


def reply(call: Call, name: str, content: dict[str, Any], status: int = 200) -> Reply:
    """One job or batch."""
    if answers_in_xml(call):
        return _xml(_element(name, content, f' xmlns="{NAMESPACE}"'), status)
    return Reply(status, json.dumps(content).encode())


def reply_list(call: Call, batches: list[dict[str, Any]]) -> Reply:
    """The batches of a job."""
    if answers_in_xml(call):
        inner = "".join(_element("batchInfo", info) for info in batches)
        return _xml(f'<batchInfoList xmlns="{NAMESPACE}">{inner}</batchInfoList>')
    return Reply(body=json.dumps({"batchInfo": batches}).encode())


def results_reply(call: Call, identities: list[str]) -> Reply:
    """The ids of a batch's results."""
    if answers_in_xml(call):
        inner = "".join(f"<result>{identity}</result>" for identity in identities)
        return _xml(f'<result-list xmlns="{NAMESPACE}">{inner}</result-list>')
    return Reply(body=json.dumps(identities).encode())


def _element(name: str, content: dict[str, Any], attributes: str = "") -> str:
    inner = "".join(
        f"<{key}>{escape(str(value))}</{key}>" for key, value in content.items() if value is not None
    )
    return f"<{name}{attributes}>{inner}</{name}>"


def _xml(text: str, status: int = 200) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()
    return Reply(status, body, "application/xml;charset=UTF-8")
