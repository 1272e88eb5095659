"""Query jobs of Bulk API 2.0 as clients write and read them."""

from typing import Any, Final

from sandbox.salesforce.api.call import Call
from sandbox.salesforce.api.error_answer import ApiError
from sandbox.salesforce.data.canonical import rest_instant
from sandbox.salesforce.results.jobs import Job, JobRequest, JobState

DELIMITERS: Final = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS: Final = {"LF": "\n", "CRLF": "\r\n"}


def request_of(call: Call, content: dict[str, Any]) -> JobRequest:
    """What a client asks for.

    Raises:
        ApiError: 400, a key or value that a query job does not have.
    """
    known = {"operation", "query", "contentType", "columnDelimiter", "lineEnding", "concurrencyMode"}
    unknown = sorted(set(content) - known)
    if unknown:
        raise ApiError(400, "INVALIDJOB", f"Unrecognized field {unknown[0]!r} in the query job")
    if content.get("operation") not in {"query", "queryAll"}:
        raise ApiError(400, "INVALIDOPERATION", "operation must be query or queryAll")
    if not isinstance(content.get("query"), str) or not content["query"].strip():
        raise ApiError(400, "API_ERROR", "query is required")
    delimiter, ending = content.get("columnDelimiter", "COMMA"), content.get("lineEnding", "LF")
    if delimiter not in DELIMITERS or ending not in LINE_ENDINGS:
        raise ApiError(400, "API_ERROR", "Value does not match expected type: columnDelimiter or lineEnding")
    user = call.user.user.id
    return JobRequest(content["operation"], content["query"], call.version, user, delimiter, ending)


def check_quota(call: Call) -> None:
    """Raise 400 LIMIT_EXCEEDED when the last 24 hours leave no job or no storage."""
    state, now = call.state, call.state.clock.now()
    if not state.usage.remaining("DailyBulkV2QueryJobs", now):
        most = state.usage.maximum("DailyBulkV2QueryJobs")
        raise ApiError(400, "LIMIT_EXCEEDED", f"Max bulk v2 query jobs ({most}) per 24 hrs has been reached")
    if not state.usage.remaining("DailyBulkV2QueryFileStorageMB", now):
        most = state.usage.maximum("DailyBulkV2QueryFileStorageMB") * 1024
        message = f"Max bulk v2 query result size stored ({most}) kb per 24 hrs has been exceeded"
        raise ApiError(400, "LIMIT_EXCEEDED", message)


def summary(job: Job) -> dict[str, Any]:
    """What creation and the list show of a job."""
    return {
        "id": job.id,
        "operation": job.request.operation,
        "object": job.object_name,
        "createdById": job.request.created_by,
        "createdDate": rest_instant(job.created),
        "systemModstamp": rest_instant(job.created),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.request.version),
        "lineEnding": job.request.line_ending,
        "columnDelimiter": job.request.column_delimiter,
    }


def details(job: Job) -> dict[str, Any]:
    """What its status shows."""
    state = job.state
    rows = job.rows.rows if state is JobState.JOB_COMPLETE else 0
    details = summary(job) | {
        "state": state,
        "jobType": "V2Query",
        "numberRecordsProcessed": rows,
        "retries": 0,
        "totalProcessingTime": job.processing_milliseconds,
        "isPkChunkingSupported": job.chunkable,
    }
    if state is JobState.FAILED:
        details["errorMessage"] = job.error
    return details


def listed(call: Call, kind: str) -> list[dict[str, Any]]:
    """The jobs of a type: V2Query, Classic (Bulk API 1.0), or V2Ingest, of which there are none."""
    if kind == "V2Query":
        return [summary(job) | {"jobType": kind} for job in call.state.jobs.all() if not job.classic]
    if kind == "Classic":
        return [
            {
                "id": job.id,
                "operation": job.operation,
                "object": job.object,
                "state": job.state,
                "jobType": kind,
            }
            | {"createdDate": rest_instant(job.created), "contentType": job.content_type}
            for job in call.state.legacy_jobs.all()
        ]
    return []
