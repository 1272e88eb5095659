"""SOQL as the API's handlers use it: a query's text to a statement, its errors to replies."""

import re
from typing import Final

from sandbox.salesforce.api.call import Call
from sandbox.salesforce.api.error_answer import ApiError, not_served
from sandbox.salesforce.results.cursors import new_query_id
from sandbox.salesforce.soql.compile import compile_query
from sandbox.salesforce.soql.dialect import Api, Dialect, Statement
from sandbox.salesforce.soql.parse import parse
from sandbox.salesforce.soql.soql_error import NotServedError, SoqlError

SMALLEST_BATCH: Final = 200
LARGEST_BATCH: Final = 2000


def compile_text(
    call: Call, text: str, api: Api, *, include_deleted: bool, delimiter: str = ",", line_ending: str = "\n"
) -> Statement:
    """Parse and compile a query as of now, for the caller.

    Raises:
        ApiError: 400 with Salesforce's code, or 501 for what this org does not serve.
    """
    dialect = Dialect(
        schema=call.state.schema,
        calendar=call.state.calendar(),
        version=call.version,
        api=api,
        include_deleted=include_deleted,
        delimiter=delimiter,
        line_ending=line_ending,
        salt=call.state.next_salt(),
        page=batch_size(call),
        query_id=new_query_id() if api is Api.REST else "",
        user=call.state.running_user(call.user.user.id),
    )
    try:
        return compile_query(parse(text), dialect)
    except SoqlError as problem:
        raise ApiError(400, problem.code, problem.message) from None
    except NotServedError as problem:
        raise not_served(problem.gap) from None


def single_record(call: Call, statement: Statement) -> bytes | None:
    """The JSON of a statement's first record; None when there is none."""
    with call.state.store.cursor() as cursor:
        row = cursor.execute(statement.sql, statement.bindings).fetchone()
    return None if row is None else str(row[0]).removesuffix(",").encode()


def batch_size(call: Call) -> int:
    """The caller's `Sforce-Query-Options: batchSize=`, brought into 200..2000, or the org's default."""
    asked = re.search(r"batchSize\s*=\s*(\d+)", call.headers.get("sforce-query-options", ""))
    if asked is None:
        return call.state.settings.batch_size
    return max(SMALLEST_BATCH, min(LARGEST_BATCH, int(asked.group(1))))
