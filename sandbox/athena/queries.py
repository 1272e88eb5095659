"""moto's Athena, which runs what it is sent: https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html.

A statement runs in a thread of its own, while its sender asks how it stands.
"""

import json
import threading
from typing import Any
from urllib.parse import urlsplit

from moto.athena.models import Execution, QueryResults
from moto.athena.responses import AthenaResponse
from moto.sts.models import sts_backends

Secrets = tuple[str, str, str | None]  # of the engine's Credentials
_REASON = "reason"  # an execution's own, of its failure
_start = AthenaResponse.start_query_execution
_describe = AthenaResponse.get_query_execution


def run_queries() -> None:
    """Let moto's Athena in this process run its queries."""
    AthenaResponse.start_query_execution = _start_and_run  # type: ignore[method-assign, assignment]
    AthenaResponse.get_query_execution = _described  # type: ignore[method-assign, assignment]


def _start_and_run(response: AthenaResponse) -> Any:
    backend = response.athena_backend
    given = bool(backend.query_results_queue)  # what a test wants to be answered
    answer = _start(response)
    if given or not isinstance(answer, str):
        return answer
    number = json.loads(answer)["QueryExecutionId"]
    execution = backend.executions[number]
    execution._transitions = []  # noqa: SLF001 - it would succeed by being looked at
    execution.status = "RUNNING"
    url = urlsplit(response.uri)
    who = _credentials(response.get_access_key(), backend.account_id, backend.partition)
    place = (f"{url.scheme}://{url.netloc}", who, response.region)
    threading.Thread(target=_run, args=(backend, number, execution, *place), daemon=True).start()
    return answer


def _run(backend: Any, number: str, execution: Execution, url: str, who: Secrets, region: str) -> None:
    # DuckDB and the reader of Iceberg take a second to load; most of those that S3 is started for ask nothing.
    from sandbox.athena.engine import Credentials, StatementError, run_statement  # noqa: PLC0415

    try:
        columns, rows = run_statement(execution.query, url, Credentials(*who), region)
    except Exception as error:  # noqa: BLE001 - whoever waits for it is told, whatever it is
        text = str(error) if isinstance(error, StatementError) else f"{type(error).__name__}: {error}"
        setattr(execution, _REASON, text)
        execution.status = "FAILED"
        return
    about = [{"Name": name, "Type": "varchar", "CatalogName": "hive"} for name in columns]
    table = [{"Data": [{"VarCharValue": name} for name in columns]}]
    table += [{"Data": [{} if one is None else {"VarCharValue": str(one)} for one in row]} for row in rows]
    backend.query_results[number] = QueryResults(rows=table, column_info=about)
    execution.status = "SUCCEEDED"


def _described(response: AthenaResponse) -> str:
    answer = json.loads(_describe(response))
    execution = response.athena_backend.executions[answer["QueryExecution"]["QueryExecutionId"]]
    reason = getattr(execution, _REASON, None)
    if reason:
        answer["QueryExecution"]["Status"]["StateChangeReason"] = reason
    return json.dumps(answer)


def _credentials(access_key: str, account: str, partition: str) -> Secrets:
    """Those of a role that was assumed, or of nobody in particular where no rights are checked."""
    role = sts_backends[account][partition].get_assumed_role_from_access_key(access_key)
    if role is None:
        return access_key, "secret", None
    return access_key, role.secret_access_key, role.session_token
