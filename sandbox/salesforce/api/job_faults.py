"""What faults make of a bulk job at its creation."""

from sandbox.salesforce.api.call import Call
from sandbox.salesforce.faults import JOB_FAILURES, Phase
from sandbox.salesforce.results.jobs import Fate


def fate_of(call: Call) -> Fate:
    """The job's fate: the org's usual job time, and what an active fault adds."""
    usual = call.state.settings.job_seconds
    fault = call.state.faults.take(Phase.JOB, call.method, call.path)
    if fault is None:
        return Fate(usual)
    seconds = usual + float(fault.option("seconds", 0))
    if fault.kind == "job_aborted":
        return Fate(seconds, aborted=True)
    if fault.kind == "job_failed":
        message = fault.option("message", JOB_FAILURES[fault.option("reason", "server")])
        return Fate(seconds, error=message)
    return Fate(seconds)
