"""REST query and queryAll, page by page."""

import json

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.errors import ApiError, not_served
from sandbox.salesforce.api.soql import batch_size, compile_text
from sandbox.salesforce.results.cursors import QueryCursor
from sandbox.salesforce.soql.dialect import Api, Statement


def query(call: Call) -> Reply:
    """GET /query?q="""
    return _first_page(call, include_deleted=False)


def query_all(call: Call) -> Reply:
    """GET /queryAll?q=: deleted, merged and archived rows too"""
    return _first_page(call, include_deleted=True)


def more(call: Call) -> Reply:
    """GET /query/LOCATOR, and /queryAll/LOCATOR, which is the same

    A locator is the cursor's id and the offset of the page.
    """
    identity, _, offset = call.path_parameters["locator"].partition("-")
    cursor = call.state.cursors.find(identity, call.state.clock.now())
    if cursor is None or not offset.isdigit() or int(offset) > cursor.spool.rows:
        # that the status is 400 is unverified
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(call, cursor, int(offset), batch_size(call))


def _first_page(call: Call, *, include_deleted: bool) -> Reply:
    if "explain" in call.parameters:
        raise not_served("query plans (explain)")
    statement = compile_text(call, call.required("q"), Api.REST, include_deleted=include_deleted)
    if statement.count_only:
        return _count(call, statement)
    cursor = call.state.cursors.open(statement, call.state.clock.now())
    size = batch_size(call)
    if cursor.spool.rows > size:
        _refuse_paging(statement)
        return _page(call, cursor, 0, size)
    reply = _page(call, cursor, 0, size)
    call.state.cursors.close(cursor)
    return reply


def _refuse_paging(statement: Statement) -> None:
    if statement.aggregate:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)


def _count(call: Call, statement: Statement) -> Reply:
    with call.state.store.cursor() as cursor:
        row = cursor.execute(statement.sql, statement.bindings).fetchone()
    return json_reply({"totalSize": int(row[0]) if row else 0, "done": True, "records": []})


def _page(call: Call, cursor: QueryCursor, offset: int, size: int) -> Reply:
    end = min(offset + size, cursor.spool.rows)
    head: dict[str, object] = {"totalSize": cursor.spool.rows, "done": end == cursor.spool.rows}
    if end < cursor.spool.rows:
        head["nextRecordsUrl"] = f"/services/data/v{call.version}/query/{cursor.id}-{end}"
    records = cursor.spool.slice(offset, end).read().removesuffix(b",")
    return Reply(body=json.dumps(head).encode()[:-1] + b', "records": [' + records + b"]}")
