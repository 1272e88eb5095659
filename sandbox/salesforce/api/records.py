"""Single records, some records by their ids, and the bytes of binary fields."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.error_answer import ApiError, not_found, not_served
from sandbox.salesforce.api.resources import named_object
from sandbox.salesforce.api.soql import compile_text, single_record
from sandbox.salesforce.data.record_id import lengthen
from sandbox.salesforce.data.sql import quoted
from sandbox.salesforce.schema.model import ObjectType
from sandbox.salesforce.soql.dialect import Api

ID_LENGTH: Final = 18
MAXIMUM_COLLECTED: Final = 2000


def record(call: Call) -> Reply:
    """GET /sobjects/X/id, with `fields` or all of them"""
    one = named_object(call)
    names = call.parameters.get("fields") or ", ".join(field.name for field in one.fields)
    identity = lengthen(call.path_parameters["id"])
    if len(identity) != ID_LENGTH or not identity.isalnum():
        raise not_found()
    text = f"SELECT {names} FROM {one.name} WHERE Id = '{identity}'"
    found = single_record(call, compile_text(call, text, Api.REST, include_deleted=False))
    if found is None:
        raise not_found()
    return Reply(body=found)


def records(call: Call) -> Reply:
    """GET or POST /composite/sobjects/X: the fields of some ids; null for each that is not there"""
    one = named_object(call)
    asked = call.json() if call.method == "POST" else dict(call.parameters)
    ids, names = (_listed(asked, key) for key in ("ids", "fields"))
    if len(ids) > MAXIMUM_COLLECTED:
        message = (
            f"record limit reached. cannot submit more than {MAXIMUM_COLLECTED} records to this resource"
        )
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
    found = [_collected(call, one, identity, names) for identity in ids]
    return Reply(body=b"[" + b",".join(found) + b"]")


def _listed(asked: Mapping[str, Any], key: str) -> list[str]:
    given = asked.get(key)
    names = given.split(",") if isinstance(given, str) else given
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ApiError(400, "REQUIRED_FIELD_MISSING", f"{key} must be a list of names")
    return names


def _collected(call: Call, one: ObjectType, identity: str, names: list[str]) -> bytes:
    if len(lengthen(identity)) != ID_LENGTH or not identity.isalnum():
        return b"null"
    text = f"SELECT {', '.join(names)} FROM {one.name} WHERE Id = '{lengthen(identity)}'"
    return single_record(call, compile_text(call, text, Api.REST, include_deleted=False)) or b"null"


def blob(call: Call) -> Reply:
    """GET /sobjects/X/id/Field of type base64: the bytes themselves"""
    one = named_object(call)
    field = one.field(call.path_parameters["field"])
    if one.field(call.path_parameters["id"]):
        raise not_served(f"records by the value of a field ({call.path})")
    if field is None or field.type != "base64":
        raise not_found()
    with call.state.store.cursor() as cursor:
        row = cursor.execute(
            f'SELECT {quoted(field.name)} FROM {quoted(one.name)} WHERE "Id" = $id AND NOT "IsDeleted"',
            {"id": lengthen(call.path_parameters["id"])},
        ).fetchone()
    if row is None:
        raise not_found()
    return Reply(body=row[0], media_type="application/octet-stream")
