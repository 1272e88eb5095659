"""REST resources: versions, limits, the lists and descriptions of objects."""

from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import not_found
from sandbox.salesforce.schema.describe import describe_global, describe_object, object_summary
from sandbox.salesforce.schema.model import ObjectType
from sandbox.salesforce.state import LATEST_VERSION, OLDEST_VERSION, ORGANIZATION_ID

SEASONS = ("Winter", "Spring", "Summer")


def versions(_: Call) -> Reply:
    """GET /services/data (that it needs no session is unverified)"""
    return json_reply([version_entry(number) for number in range(OLDEST_VERSION, LATEST_VERSION + 1)])


def version_entry(number: int) -> dict[str, str]:
    """A version and its season; 68.0 is Winter '27."""
    steps = LATEST_VERSION - number
    season, year = SEASONS[-steps % 3], 27 - (steps + 2) // 3
    return {"label": f"{season} '{year:02}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


def root(call: Call) -> Reply:
    """GET /services/data/vXX.X"""
    path = f"/services/data/v{call.version}"
    names = ("sobjects", "query", "queryAll", "limits", "composite", "jobs")
    urls = {name: f"{path}/{name}" for name in names}
    urls["identity"] = f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{call.user.user.id}"
    return json_reply(urls)


def limits(call: Call) -> Reply:
    """GET /limits"""
    return json_reply(call.state.usage.report(call.state.clock.now()))


def sobjects(call: Call) -> Reply:
    """GET /sobjects"""
    return _unless_unchanged(call, describe_global(call.state.schema, call.version))


def sobject(call: Call) -> Reply:
    """GET /sobjects/X"""
    one = named_object(call)
    return json_reply({"objectDescribe": object_summary(one, call.version), "recentItems": []})


def describe(call: Call) -> Reply:
    """GET /sobjects/X/describe"""
    return _unless_unchanged(call, describe_object(call.state.schema, named_object(call), call.version))


def _unless_unchanged(call: Call, content: object) -> Reply:
    """304 when the caller knows the schema since it last changed: at the start of the org."""
    changed = call.state.schema_changed
    headers = {"Last-Modified": format_datetime(changed, usegmt=True)}
    since = call.headers.get("if-modified-since")
    if since and _http_date(since, changed) >= changed:
        return Reply(304, headers=headers)
    return json_reply(content, headers=headers)


def _http_date(text: str, fallback: datetime) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return fallback.replace(year=1970)


def named_object(call: Call) -> ObjectType:
    """The object that the path names.

    Raises:
        ApiError: 404, there is none.
    """
    one = call.state.schema.object(call.path_parameters["name"])
    if one is None:
        raise not_found()
    return one
