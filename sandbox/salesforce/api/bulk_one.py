"""Bulk API 1.0 queries, as far as simple-salesforce and Singer taps use them; JSON or XML, as the job's request was.

In JSON results dates and instants are epoch milliseconds. PK chunking is not served: it is answered with 501.
"""

from typing import Any, Final

from sandbox.salesforce.api.bulk_one_form import read, reply, reply_list, results_reply
from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.error_answer import ApiError, not_served
from sandbox.salesforce.api.job_faults import fate_of
from sandbox.salesforce.api.soql import compile_text
from sandbox.salesforce.data.canonical import rest_instant
from sandbox.salesforce.data.record_id import lengthen
from sandbox.salesforce.results.jobs import RUNNING, Job, JobRequest, JobState
from sandbox.salesforce.results.legacy_jobs import LegacyJob
from sandbox.salesforce.soql.dialect import Api

BATCH_STATES: Final = {
    JobState.UPLOAD_COMPLETE: "Queued",
    JobState.IN_PROGRESS: "InProgress",
    JobState.JOB_COMPLETE: "Completed",
    JobState.FAILED: "Failed",
    JobState.ABORTED: "Not Processed",
}
EMPTY: Final = "Records not found for this query"
CSV: Final = "text/csv;charset=UTF-8"  # without the charset, Singer's taps take every text for Latin-1


def create_job(call: Call) -> Reply:
    """POST /job"""
    asked = read(call)
    if asked.get("operation") not in {"query", "queryAll"}:
        raise not_served(f"the Bulk API 1.0 operation {asked.get('operation')}")
    if (
        "sforce-enable-pkchunking" in call.headers
        and call.headers["sforce-enable-pkchunking"].lower() != "false"
    ):
        raise not_served("PK chunking of Bulk API 1.0")
    content_type = asked.get("contentType", "XML")
    if content_type not in {"CSV", "JSON"}:
        raise not_served(f"Bulk API 1.0 results as {content_type}")
    one = call.state.schema.object(str(asked.get("object", "")))
    if one is None:
        raise ApiError(400, "InvalidJob", f"Unable to find object: {asked.get('object')}")
    if not one.bulk_supported:
        raise ApiError(400, "InvalidEntity", f"Entity '{one.name}' is not supported by the Bulk API.")
    job = call.state.legacy_jobs.add(str(asked["operation"]), one.name, content_type, call.state.clock.now())
    return reply(call, "jobInfo", _job_info(call, job), 201)


def change_job(call: Call) -> Reply:
    """POST /job/ID {"state": "Closed" or "Aborted"}"""
    job, wanted = _job(call), read(call).get("state")
    if wanted not in {"Closed", "Aborted"}:
        raise ApiError(400, "InvalidJobState", f"a job can be Closed or Aborted, not {wanted}")
    job.state = str(wanted)
    for batch in job.batches.values():
        batch.aborted = batch.aborted or (wanted == "Aborted" and batch.state in RUNNING)
    return reply(call, "jobInfo", _job_info(call, job))


def job_status(call: Call) -> Reply:
    """GET /job/ID"""
    return reply(call, "jobInfo", _job_info(call, _job(call)))


def add_batch(call: Call) -> Reply:
    """POST /job/ID/batch: the body is SOQL"""
    job, state = _job(call), call.state
    if job.state != "Open":
        raise ApiError(400, "InvalidJobState", f"job {job.id} is {job.state}")
    if not state.usage.remaining("DailyBulkApiBatches", state.clock.now()):
        raise ApiError(400, "ExceededQuota", "ApiBatchItems Limit exceeded.")
    state.usage.add("DailyBulkApiBatches", state.clock.now())
    batch = _start(call, job, call.body.decode("utf-8", "replace"))
    job.batches[batch.id] = batch
    return reply(call, "batchInfo", _batch_info(job, batch), 201)


def _start(call: Call, job: LegacyJob, text: str) -> Job:
    """The batch's query on its way; one that Salesforce refuses fails as a batch, not as a request."""
    request = JobRequest(job.operation, text, call.version, call.user.user.id)
    deleted = job.operation == "queryAll"
    try:
        compile_text(call, text, Api.BULK, include_deleted=deleted)
        form = Api.BULK if job.content_type == "CSV" else Api.BULK_JSON
        statement = compile_text(call, text, form, include_deleted=deleted)
    except ApiError as problem:
        if problem.status == 501:
            raise
        error = f"InvalidBatch : Failed to process query: {problem.code}: {problem.message}"
        return call.state.jobs.failed(request, error, call.state.clock.now())
    if statement.object_name != job.object:
        error = (
            "InvalidBatch : Failed to process query: INVALID_TYPE_FOR_OPERATION: The root entity of the requested query "
            f"({statement.object_name}) does not match the entity of the requested Bulk API Job ({job.object})."
        )
        return call.state.jobs.failed(request, error, call.state.clock.now())
    return call.state.jobs.create(request, statement, call.state.clock.now(), fate_of(call), classic=True)


def batches(call: Call) -> Reply:
    """GET /job/ID/batch"""
    job = _job(call)
    return reply_list(call, [_batch_info(job, batch) for batch in job.batches.values()])


def batch_status(call: Call) -> Reply:
    """GET /job/ID/batch/ID"""
    return reply(call, "batchInfo", _batch_info(_job(call), _batch(call)))


def batch_request(call: Call) -> Reply:
    """GET /job/ID/batch/ID/request: the SOQL"""
    return Reply(body=_batch(call).request.query.encode(), media_type=CSV)


def result_list(call: Call) -> Reply:
    """GET /job/ID/batch/ID/result: the ids of its results, of which there is one"""
    return results_reply(call, ["752" + _complete(call).id[3:]])


def result(call: Call) -> Reply:
    """GET /job/ID/batch/ID/result/ID"""
    job, batch = _job(call), _complete(call)
    rows = batch.rows
    if job.content_type == "JSON":
        return Reply(body=b"[" + rows.slice(0, rows.rows).read().removesuffix(b",") + b"]")
    if not rows.rows:
        return Reply(body=f'"{EMPTY}"\n'.encode(), media_type=CSV)
    return Reply(body=rows.slice(0, rows.rows, batch.header.encode()), media_type=CSV)


def _job(call: Call) -> LegacyJob:
    identity = call.path_parameters["job"]
    found = call.state.legacy_jobs.find(identity)
    if found is None:
        raise ApiError(400, "InvalidJob", f"Unable to find job {identity}")
    return found


def _batch(call: Call) -> Job:
    found = _job(call).batches.get(lengthen(call.path_parameters["batch"]))
    if found is None:
        raise ApiError(400, "InvalidBatch", f"Unable to find batch {call.path_parameters['batch']}")
    return found


def _complete(call: Call) -> Job:
    batch = _batch(call)
    if batch.state is not JobState.JOB_COMPLETE:
        raise ApiError(400, "InvalidBatch", f"Batch not completed: {BATCH_STATES[batch.state]}")
    return batch


def _job_info(call: Call, job: LegacyJob) -> dict[str, Any]:
    states = [batch.state for batch in job.batches.values()]
    return {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": call.user.user.id,
        "createdDate": rest_instant(job.created),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": job.content_type,
        "numberBatchesQueued": states.count(JobState.UPLOAD_COMPLETE),
        "numberBatchesInProgress": states.count(JobState.IN_PROGRESS),
        "numberBatchesCompleted": states.count(JobState.JOB_COMPLETE),
        "numberBatchesFailed": states.count(JobState.FAILED),
        "numberBatchesTotal": len(states),
        "apiVersion": float(call.version),
    }


def _batch_info(job: LegacyJob, batch: Job) -> dict[str, Any]:
    state = batch.state
    info: dict[str, Any] = {
        "id": batch.id,
        "jobId": job.id,
        "state": BATCH_STATES[state],
        "createdDate": rest_instant(batch.created),
        "systemModstamp": rest_instant(batch.created),
        "numberRecordsProcessed": batch.rows.rows if state is JobState.JOB_COMPLETE else 0,
    }
    return info | {"stateMessage": batch.error if state is JobState.FAILED else None}
