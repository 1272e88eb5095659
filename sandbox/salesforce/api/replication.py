"""`/sobjects/X/updated` and `/deleted` (SOAP API's getUpdated and getDeleted)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import ApiError
from sandbox.salesforce.api.resources import named_object
from sandbox.salesforce.data.canonical import rest_instant
from sandbox.salesforce.data.sql import quoted

UPDATED_DAYS: Final = 30
DELETED_DAYS: Final = 15
MAXIMUM_IDS: Final = 600_000


def updated(call: Call) -> Reply:
    """GET /sobjects/X/updated?start=&end=: ids of the rows that changed in `[start, end)` and are not deleted"""
    _check_object(call)
    start, end = _window(call, UPDATED_DAYS)
    rows = _changed(call, start, end, deleted=False)
    return json_reply({"ids": [row[0] for row in rows], "latestDateCovered": _covered(call, end)})


def deleted(call: Call) -> Reply:
    """GET /sobjects/X/deleted?start=&end=: the same of rows in the recycle bin; purged ones are gone"""
    _check_object(call)
    start, end = _window(call, DELETED_DAYS)
    rows = _changed(call, start, end, deleted=True)
    earliest = call.state.clock.stamp() - timedelta(days=DELETED_DAYS)
    return json_reply(
        {
            "deletedRecords": [{"id": row[0], "deletedDate": rest_instant(row[1])} for row in rows],
            "earliestDateAvailable": rest_instant(earliest),
            "latestDateCovered": _covered(call, end),
        }
    )


def _check_object(call: Call) -> None:
    """Describe says which objects can be asked for; how Salesforce refuses the others is unverified."""
    one = named_object(call)
    if not one.replicateable:
        raise ApiError(400, "INVALID_TYPE", f"entity type {one.name} is not replicateable")


def _covered(call: Call, end: datetime) -> str:
    return rest_instant(min(end, call.state.life.covered_until()))


def _changed(call: Call, start: datetime, end: datetime, *, deleted: bool) -> list[tuple[str, datetime]]:
    one = named_object(call)
    name, stamp = quoted(one.name), quoted("SystemModstamp" if one.field("SystemModstamp") else "CreatedDate")
    with call.state.store.cursor() as cursor:
        rows: list[tuple[str, datetime]] = cursor.execute(
            f'SELECT "Id", {stamp} FROM {name} WHERE {stamp} >= $start AND {stamp} < $end '
            f'AND "IsDeleted" = $deleted ORDER BY {stamp}, "Id" LIMIT {MAXIMUM_IDS + 1}',
            {"start": start, "end": end, "deleted": deleted},
        ).fetchall()
    if len(rows) > MAXIMUM_IDS:
        raise ApiError(400, "EXCEEDED_ID_LIMIT", f"more than {MAXIMUM_IDS} ids; ask for a shorter period")
    return rows


def _window(call: Call, days: int) -> tuple[datetime, datetime]:
    start, end = _instant(call, "start"), _instant(call, "end")
    now = call.state.clock.stamp()
    if end - start < timedelta(minutes=1):
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", "startDate must be at least one minute greater than endDate"
        )
    if start < now - timedelta(days=days):
        raise ApiError(
            400, "INVALID_REPLICATION_DATE", f"startDate before org replication enabled date: {days} days ago"
        )
    return start, end


def _instant(call: Call, name: str) -> datetime:
    # an unencoded plus sign arrives as a space
    text = call.required(name).replace(" ", "+")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, "INVALID_REPLICATION_DATE", f"{name} is not a date-time: {text}") from None
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
