"""The calls that were seen while the code ran, as calls of the templates' roles: each must be allowed, conditions included."""

from collections.abc import Iterable, Iterator, Sequence

from infra.business_unit import Unit
from sandbox.audit.account import Account
from sandbox.audit.calls import Call
from sandbox.observed import Observed

_FREE = "sts:GetCallerIdentity"  # which no policy can forbid
_SECURE = {"aws:SecureTransport": "true"}
# What `make run` calls the lake and who runs its tasks.
_LAKE, _WORKER, _WRITER = "arn:aws:s3:::northwind-lake", "airflow-worker", "_writer"


def of_rehearsals(account: Account, observed: Iterable[Observed]) -> Iterator[Call]:
    """Calls of the stages. Roles that are not of the templates are those of the CDK's bootstrap stack, which says what they may."""
    ours = set(account.roles())
    for seen in observed:
        if seen.name in ours and seen.action != _FREE:
            yield _call(seen.name, seen.action, seen.resource, seen.prefix)


def of_runs(account: Account, units: Sequence[Unit], observed: Iterable[Observed]) -> Iterator[Call]:
    """Calls of Airflow's tasks, which run as the worker and become the writer of their unit's connection."""
    writers = {
        f"{unit.aws_connection}{_WRITER}": account.full(f"data.Writer{unit.output_name}") for unit in units
    }
    lake = account.arn("data.Lake")
    for seen in observed:
        if seen.name in writers and seen.action != _FREE:
            resource = seen.resource.replace(_LAKE, lake, 1)
            yield _call(writers[seen.name], seen.action, resource, seen.prefix)
        become = writers.get(seen.resource.rpartition("/")[2])
        if seen.name == _WORKER and seen.action == "sts:AssumeRole" and become:
            yield Call(account.full("environment.ExecutionRole"), seen.action, account.role(become).arn)


def _call(role: str, action: str, resource: str, prefix: str | None) -> Call:
    if not action.startswith("s3:"):
        return Call(role, action, resource)
    listing = {"s3:prefix": prefix or ""} if action.startswith("s3:ListBucket") else {}
    return Call(role, action, resource, {**listing, **_SECURE})


def evaluable(call: Call) -> bool:
    """Whether the stand-in said on what the call was made.

    It does not for services that it checks by action alone, and for the deletion of several objects at once, which it
    checks on their bucket and AWS on each of them. Of these only the action is compared with what is simulated.
    """
    many = call.action == "s3:DeleteObject" and "/" not in call.resource
    return call.resource != "*" and not many
