"""REST query and queryAll, page by page."""

import json
from typing import Final

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import ApiError, invalid_locator, not_served
from sandbox.salesforce.api.job_faults import refuse_by_size
from sandbox.salesforce.api.soql import batch_size, compile_text
from sandbox.salesforce.results.cursors import Owner, QueryCursor
from sandbox.salesforce.soql.dialect import Api, Statement

CURSORS_PER_USER: Final = 10
FIRST_VERSION_WITHOUT_CAP: Final = 56


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
    cursor = call.state.cursors.find(identity, call.state.clock.now(), _owner(call))
    if cursor is None or not offset.isdigit() or int(offset) > cursor.spool.rows:
        raise invalid_locator()
    return _page(call, cursor, int(offset), batch_size(call))


def _first_page(call: Call, *, include_deleted: bool) -> Reply:
    if "explain" in call.parameters:
        raise not_served("query plans (explain)")
    statement = compile_text(call, call.required("q"), Api.REST, include_deleted=include_deleted)
    if statement.count_only:
        return _count(call, statement)
    cursor = call.state.cursors.open(statement, call.state.clock.now(), _owner(call))
    size = batch_size(call)
    try:
        refuse_by_size(call, cursor.spool.rows)
        if cursor.spool.rows > size:
            _refuse_paging(statement)
    except ApiError:
        call.state.cursors.close(cursor)
        raise
    reply = _page(call, cursor, 0, size)
    if cursor.read_to_its_end:
        call.state.cursors.close(cursor)
    elif _cursors_per_user(call):
        call.state.cursors.release_beyond(_cursors_per_user(call), cursor.owner.user)
    return reply


def _owner(call: Call) -> Owner:
    return Owner(call.user.user.id, call.user.token)


def _cursors_per_user(call: Call) -> int:
    """How many cursors a user may have open; 0 for any number, as from version 56 up."""
    old = CURSORS_PER_USER if float(call.version) < FIRST_VERSION_WITHOUT_CAP else 0
    return call.state.settings.cursors_per_user or old


def _refuse_paging(statement: Statement) -> None:
    if statement.aggregate:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)


def _count(call: Call, statement: Statement) -> Reply:
    with call.state.store.cursor() as cursor:
        row = cursor.execute(statement.sql, statement.bindings).fetchone()
    size = int(row[0]) if row else 0
    refuse_by_size(call, size)
    return json_reply({"totalSize": size, "done": True, "records": []})


def _page(call: Call, cursor: QueryCursor, offset: int, size: int) -> Reply:
    end = min(offset + size, cursor.spool.rows)
    head: dict[str, object] = {"totalSize": cursor.spool.rows, "done": end == cursor.spool.rows}
    cursor.read_to_its_end = end == cursor.spool.rows
    if end < cursor.spool.rows:
        head["nextRecordsUrl"] = f"/services/data/v{call.version}/query/{cursor.id}-{end}"
    records = cursor.spool.slice(offset, end).read().removesuffix(b",")
    return Reply(body=json.dumps(head).encode()[:-1] + b', "records": [' + records + b"]}")
