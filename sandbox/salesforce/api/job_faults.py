"""What faults make of a query: of a bulk job at its creation, of any query by the rows that it yields."""

from sandbox.salesforce.api.call import Call
from sandbox.salesforce.api.error_answer import ApiError, query_timeout
from sandbox.salesforce.faults import JOB_FAILURES, TOO_LARGE, Phase
from sandbox.salesforce.results.jobs import Fate


def fate_of(call: Call) -> Fate:
    """The job's fate: the org's usual job time, and what an active fault adds."""
    usual = call.state.settings.job_seconds
    fault = call.state.faults.take(Phase.JOB, call.method, call.path)
    if fault is None:
        return Fate(usual, judge=lambda rows: _judged(call, rows))
    seconds = usual + float(fault.option("seconds", 0))
    if fault.kind == "job_aborted":
        return Fate(seconds, aborted=True)
    if fault.kind == "job_failed":
        message = fault.option("message", JOB_FAILURES[fault.option("reason", "server")])
        return Fate(seconds, error=message)
    return Fate(seconds)


def _judged(call: Call, rows: int) -> str | None:
    fault = call.state.faults.take(Phase.SIZE, call.method, call.path, rows)
    if fault is None:
        return None
    return JOB_FAILURES["query_timeout" if fault.kind == "too_long" else fault.kind]


def refuse_by_size(call: Call, rows: int) -> None:
    """Refuse a query of REST that yields too many rows for an active fault.

    Raises:
        ApiError: it does.
    """
    target = f"{call.path}?{call.query}" if call.query else call.path
    fault = call.state.faults.take(Phase.SIZE, call.method, target, rows)
    if fault is None:
        return
    raise query_timeout() if fault.kind == "too_long" else ApiError(400, "OPERATION_TOO_LARGE", TOO_LARGE)
