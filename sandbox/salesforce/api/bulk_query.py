"""Bulk API 2.0 query jobs (Bulk API 2.0 and Bulk API Developer Guide, "Query Jobs")."""

from typing import Any, Final

from sandbox.salesforce.api.bulk_job import (
    DELIMITERS,
    LINE_ENDINGS,
    check_quota,
    details,
    listed,
    request_of,
    summary,
)
from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import ApiError, not_found, not_served
from sandbox.salesforce.api.job_faults import fate_of
from sandbox.salesforce.api.soql import compile_text
from sandbox.salesforce.results.jobs import RUNNING, Job, JobState, decode_locator, encode_locator
from sandbox.salesforce.soql.dialect import Api

FIRST_VERSION: Final = 47
FIRST_VERSION_WITH_PAGES: Final = 58
URLS_PER_CALL: Final = 5
JOBS_PER_PAGE: Final = 1000


def create(call: Call) -> Reply:
    """POST /jobs/query"""
    _check_version(call, FIRST_VERSION)
    content = call.json()
    request = request_of(call, content)
    check_quota(call)
    if content.get("contentType", "CSV") != "CSV":
        raise ApiError(
            400, "INVALIDJOB", f"Unsupported contentType {content['contentType']}: only CSV is supported"
        )
    statement = compile_text(
        call,
        request.query,
        Api.BULK,
        include_deleted=request.operation == "queryAll",
        delimiter=DELIMITERS[request.column_delimiter],
        line_ending=LINE_ENDINGS[request.line_ending],
    )
    state = call.state
    job = state.jobs.create(request, statement, state.clock.now(), fate_of(call))
    state.usage.add("DailyBulkV2QueryJobs", state.clock.now())
    return json_reply(summary(job) | {"state": JobState.UPLOAD_COMPLETE})


def status(call: Call) -> Reply:
    """GET /jobs/query/ID"""
    return json_reply(details(_job(call)))


def results(call: Call) -> Reply:
    """GET /jobs/query/ID/results?locator=&maxRecords="""
    job = _complete_job(call)
    first, size = _bounds(call, job)
    last = min(first + size, job.rows.rows)
    body = job.rows.slice(first, last, job.header.encode())
    headers = {
        "Sforce-NumberOfRecords": str(last - first),
        "Sforce-Locator": encode_locator(last) if last < job.rows.rows else "null",
    }
    return Reply(body=body, media_type="text/csv; charset=UTF-8", headers=headers)


def result_pages(call: Call) -> Reply:
    """GET /jobs/query/ID/resultPages: up to five result URLs, to be fetched in parallel"""
    _check_version(call, FIRST_VERSION_WITH_PAGES)
    job = _complete_job(call)
    first, size = _bounds(call, job)
    path = f"/services/data/v{call.version}/jobs/query/{job.id}"
    starts = list(range(first, max(job.rows.rows, 1), size))
    asked = f"&maxRecords={size}" if "maxRecords" in call.parameters else ""
    answer: dict[str, Any] = {
        "resultPages": [
            {"resultUrl": f"{path}/results?locator={encode_locator(start)}{asked}"}
            for start in starts[:URLS_PER_CALL]
        ],
        "done": len(starts) <= URLS_PER_CALL,
    }
    if not answer["done"]:
        answer["nextRecordsUrl"] = (
            f"{path}/resultpages?locator={encode_locator(starts[URLS_PER_CALL])}{asked}"
        )
    return json_reply(answer)


def _bounds(call: Call, job: Job) -> tuple[int, int]:
    """The first row and the size of the page that is asked for."""
    locator, size = call.parameters.get("locator"), call.parameters.get("maxRecords")
    try:
        first = decode_locator(locator) if locator else 0
        rows = int(size) if size else call.state.settings.bulk_page_rows
    except ValueError:
        raise ApiError(
            400, "INVALIDLOCATOR", f"The locator or maxRecords is invalid: {locator or size}"
        ) from None
    if first > job.rows.rows or rows < 1:
        raise ApiError(400, "INVALIDLOCATOR", f"The locator or maxRecords is invalid: {locator or size}")
    return first, rows


def change(call: Call) -> Reply:
    """PATCH /jobs/query/ID {"state": "Aborted"}"""
    job, wanted = _job(call), call.json().get("state")
    if wanted != "Aborted":
        raise ApiError(
            400, "INVALIDJOBSTATE", f"a query job's state can be set to Aborted only, not to {wanted}"
        )
    if job.state not in RUNNING:
        raise ApiError(400, "INVALIDJOBSTATE", f"Aborting already {STATE_NAMES[job.state]} Job not allowed")
    job.aborted = True
    return json_reply(summary(job))


STATE_NAMES: Final = {
    JobState.JOB_COMPLETE: "Completed",
    JobState.FAILED: "Failed",
    JobState.ABORTED: "Aborted",
}


def delete(call: Call) -> Reply:
    """DELETE /jobs/query/ID: 204, of a job that has ended"""
    job = _job(call)
    if job.state in RUNNING:
        raise ApiError(400, "API_ERROR", f"Cannot delete job {job.id} because the job is not terminated")
    call.state.jobs.delete(job)
    return Reply(204)


def listing(call: Call) -> Reply:
    """GET /jobs/query: jobs of Bulk API 2.0, the newest last, a thousand a page"""
    kind = call.parameters.get("jobType", "V2Query")
    if kind not in {"V2Query", "Classic", "V2Ingest"}:
        raise ApiError(400, "INVALIDJOB", f"unknown jobType {kind}")
    jobs = listed(call, kind)
    locator = call.parameters.get("queryLocator", "0")
    first = int(locator) if locator.isdigit() else 0
    page = jobs[first : first + JOBS_PER_PAGE]
    done = first + JOBS_PER_PAGE >= len(jobs)
    path = f"/services/data/v{call.version}/jobs/query?jobType={kind}&queryLocator={first + JOBS_PER_PAGE}"
    return json_reply({"done": done, "records": page, "nextRecordsUrl": None if done else path})


def ingest(call: Call) -> Reply:
    """Everything below /jobs/ingest"""
    raise not_served(f"ingest jobs ({call.method} {call.path})")


def _job(call: Call) -> Job:
    _check_version(call, FIRST_VERSION)
    job = call.state.jobs.find(call.path_parameters["id"])
    if job is None:
        raise not_found()
    return job


def _complete_job(call: Call) -> Job:
    job = _job(call)
    if job.request.version != call.version:
        message = f"The job was created with API version {job.request.version}; fetch its results with the same version"
        raise ApiError(409, "API_ERROR", message)
    if job.state is not JobState.JOB_COMPLETE:
        raise ApiError(
            400, "INVALIDJOBSTATE", f"The job {job.id} is {job.state}; results exist once it is JobComplete"
        )
    return job


def _check_version(call: Call, first: int) -> None:
    if float(call.version) < first:
        raise not_found()
