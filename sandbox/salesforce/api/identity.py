"""Who is calling: the identity URL that a login gives, and OpenID's userinfo."""

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import not_found
from sandbox.salesforce.api.hosts import instance_url
from sandbox.salesforce.data.record_id import lengthen
from sandbox.salesforce.state import ORGANIZATION_ID


def userinfo(call: Call) -> Reply:
    """GET /services/oauth2/userinfo"""
    user, url = call.user.user, instance_url(call.state, call.host)
    known = {"user_id": user.id, "organization_id": ORGANIZATION_ID, "preferred_username": user.username}
    return json_reply(known | {"urls": {"rest": f"{url}/services/data/v{{version}}/"}})


def identity(call: Call) -> Reply:
    """GET /id/ORGANIZATION/USER: the identity URL that a login gives"""
    user, url, settings = call.user.user, instance_url(call.state, call.host), call.state.settings
    if (
        lengthen(call.path_parameters["organization"]) != ORGANIZATION_ID
        or call.path_parameters["user"] != user.id
    ):
        raise not_found()
    path = f"{url}/services/data/v{{version}}/"
    return json_reply(
        {
            "id": f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{user.id}",
            "asserted_user": True,
            "user_id": user.id,
            "organization_id": ORGANIZATION_ID,
            "username": user.username,
            "active": True,
            "user_type": "STANDARD",
            "locale": settings.locale,
            "language": "en_US",
            "timezone": settings.timezone,
            "urls": {"rest": path, "sobjects": f"{path}sobjects/", "query": f"{path}query/"},
        }
    )
