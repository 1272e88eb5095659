"""How the stand-in is put into moto's server, in whose process it lives.

Access checks, the form of errors, and whatever DynamoDB does besides stay moto's.
"""

import copy
import functools
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import ERROR_TYPE_PREFIX, TableNotFoundException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler

from sandbox.dynamodb.exports import ApiError, Exports, table_id
from sandbox.dynamodb.tables import Tables

_UNIT_BYTES = 4096  # that one unit reads consistently
_REACH = timedelta(days=35)
_UNSERVED = (
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
)  # write past what is remembered
Method = Callable[[DynamoHandler], ActionResult]
_STATUS = {"InternalServerError": 500, "NotImplemented": 501}


@functools.cache
def stand_in() -> Tables:
    """The stand-in of this process; moto's DynamoDB is changed when it is first asked for."""
    tables = Tables()
    _remember_writes(tables)
    _serve(tables, Exports(tables))
    return tables


def _remember_writes(tables: Tables) -> None:
    """Every way to write an item ends in one of these; those of a transaction count once it has succeeded."""
    put, delete = Table.put_item, Table.delete_item
    update, transact = DynamoDBBackend.update_item, DynamoDBBackend.transact_write_items
    held = threading.local()

    def note(table: Table, key: dict[str, DynamoType], item: Item | None) -> None:
        image = None if item is None else json.loads(dynamo_json_dump(item.attrs))
        entry = (table_id(table), json.loads(dynamo_json_dump(key)), image)
        waiting = getattr(held, "notes", None)
        if waiting is None:
            tables.histories[entry[0]].note(*entry[1:], tables.clock.now())
        else:
            waiting.append(entry)

    def put_item(table: Table, *arguments: Any, **named: Any) -> Item:
        item = put(table, *arguments, **named)
        note(table, _key_of(table, item), item)
        return item

    def delete_item(table: Table, hash_key: DynamoType, range_key: DynamoType | None) -> Item | None:
        item = delete(table, hash_key, range_key)
        if item is not None:
            note(table, _key_of(table, item), None)
        return item

    def update_item(backend: DynamoDBBackend, table_name: str, *arguments: Any, **named: Any) -> Item:
        item = update(backend, table_name, *arguments, **named)
        table = backend.get_table(table_name)
        note(table, _key_of(table, item), copy.deepcopy(item))
        return item

    def transact_write_items(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        held.notes = []
        try:
            transact(backend, transact_items)
            notes = held.notes
        finally:
            held.notes = None
        now = tables.clock.now()
        for identity, key, image in notes:
            tables.histories[identity].note(key, image, now)

    vars_of_table: Any = Table
    vars_of_backend: Any = DynamoDBBackend
    vars_of_table.put_item, vars_of_table.delete_item = put_item, delete_item
    vars_of_backend.update_item, vars_of_backend.transact_write_items = update_item, transact_write_items


def _key_of(table: Table, item: Item) -> dict[str, DynamoType]:
    return {name: item.attrs[name] for name in table.table_key_attrs}


def _serve(tables: Tables, exports: Exports) -> None:
    """Let faults strike, count the units of a scan, and answer for recovery and exports."""
    handler: Any = DynamoHandler
    handler.call_action = _with_faults(tables)
    handler.scan = _counted_scan(DynamoHandler.scan)
    for name, method in (_export_methods(exports) | _recovery_methods(tables)).items():
        setattr(handler, name, _refusing(method))


def _with_faults(tables: Tables) -> Callable[[DynamoHandler], Any]:
    call = DynamoHandler.call_action

    def call_action(handler: DynamoHandler) -> Any:
        operation = str(handler.headers.get("X-Amz-Target", "")).rpartition(".")[2]
        code = tables.struck(operation)
        if code:
            return _error(code, "Armed.")
        if operation in _UNSERVED:
            return _error("NotImplemented", f"this stand-in does not serve {operation}")
        try:
            return call(handler)
        except ApiError as error:
            return _error(error.code, error.message)

    return call_action


def _counted_scan(scan: Method) -> Method:
    def counted(handler: DynamoHandler) -> ActionResult:
        answer = scan(handler)
        body: Any = answer.result
        if "ConsumedCapacity" in body:
            units = ceil(sum(_size(item) for item in body.get("Items", ())) / _UNIT_BYTES)
            body["ConsumedCapacity"]["CapacityUnits"] = units * (
                1 if handler.body.get("ConsistentRead") else 0.5
            )
        return answer

    return counted


def _export_methods(exports: Exports) -> dict[str, Method]:
    def start(handler: DynamoHandler) -> ActionResult:
        arn = handler.body["TableArn"]
        table = next((one for one in handler.dynamodb_backend.tables.values() if one.table_arn == arn), None)
        return _described(exports.start(table, handler.body).described())

    def describe(handler: DynamoHandler) -> ActionResult:
        return _described(exports.describe(handler.body["ExportArn"]).described())

    def listed(handler: DynamoHandler) -> ActionResult:
        found = [one.described() for one in exports.of_table(handler.body.get("TableArn"))]
        keys = ("ExportArn", "ExportStatus", "ExportType")
        return ActionResult({"ExportSummaries": [{key: one[key] for key in keys} for one in found]})

    return {"export_table_to_point_in_time": start, "describe_export": describe, "list_exports": listed}


def _recovery_methods(tables: Tables) -> dict[str, Method]:
    def update(handler: DynamoHandler) -> ActionResult:
        arn = _table(handler).table_arn
        if handler.body["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]:
            tables.recovery_since.setdefault(arn, tables.clock.now())
        else:
            tables.recovery_since.pop(arn, None)
        return describe(handler)

    def describe(handler: DynamoHandler) -> ActionResult:
        since = tables.recovery_since.get(_table(handler).table_arn)
        recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
        if since is not None:
            now = tables.clock.now()
            recovery = {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": _REACH.days,
                "EarliestRestorableDateTime": max(since, now - _REACH),
                "LatestRestorableDateTime": max(since, now - tables.lag),
            }
        described = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
        return ActionResult({"ContinuousBackupsDescription": described})

    return {"update_continuous_backups": update, "describe_continuous_backups": describe}


def _refusing(method: Method) -> Method:
    @functools.wraps(method)
    def answer(handler: DynamoHandler) -> ActionResult:
        try:
            return method(handler)
        except ApiError as error:
            if error.code in _STATUS:
                raise
            raise JsonRESTError(ERROR_TYPE_PREFIX + error.code, error.message) from None

    return answer


def _table(handler: DynamoHandler) -> Table:
    name = handler.body["TableName"]
    table = handler.dynamodb_backend.tables.get(name)
    if table is None:
        raise TableNotFoundException(name)
    return table


def _described(description: dict[str, Any]) -> ActionResult:
    return ActionResult({"ExportDescription": description})


def _error(code: str, message: str) -> tuple[int, dict[str, str], str]:
    body = json.dumps({"__type": ERROR_TYPE_PREFIX + code, "message": message})
    return _STATUS.get(code, 400), {"Content-Type": "application/x-amz-json-1.0"}, body


def _size(value: Any) -> int:
    """Bytes of an item, or of a value in it, about as DynamoDB counts them: names and values, a number by two digits."""
    if isinstance(value, dict):
        return sum(
            (len(one) + 1) // 2 + 1 if name == "N" and isinstance(one, str) else len(name) + _size(one)
            for name, one in value.items()
        )
    if isinstance(value, list | tuple | set):
        return sum(map(_size, value)) + 3
    return len(value.encode()) if isinstance(value, str) else len(value) if isinstance(value, bytes) else 1
