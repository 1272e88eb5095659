"""`/__sandbox__/…`: what no Salesforce has. The life of the org, its clock, its faults, its log, its raw rows."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.error_answer import ApiError
from sandbox.salesforce.data.truth import rows_of
from sandbox.salesforce.faults import KINDS

Content = dict[str, Any]


def act(call: Call) -> Reply:
    """POST /__sandbox__/VERB with a JSON object of the verb's arguments"""
    verb = VERBS.get(call.path_parameters["verb"])
    if verb is None:
        raise ApiError(
            404, "NOT_FOUND", f"no verb {call.path_parameters['verb']}; there are {', '.join(VERBS)}"
        )
    try:
        return json_reply(verb(call, call.json()))
    except KeyError as problem:
        raise ApiError(400, "INVALID_ARGUMENT", f"unknown or missing: {problem.args[0]}") from None
    except (TypeError, ValueError) as problem:
        raise ApiError(400, "INVALID_ARGUMENT", str(problem)) from None


def look(call: Call) -> Reply:
    """GET /__sandbox__/requests?since=, /faults or /objects"""
    match call.path_parameters["verb"]:
        case "requests":
            since = call.parameters.get("since", "0")
            return json_reply(call.state.log.since(int(since) if since.isdigit() else 0))
        case "faults":
            return json_reply(
                {
                    "active": call.state.faults.active(),
                    "kinds": {name: one.summary for name, one in KINDS.items()},
                }
            )
        case "objects":
            return json_reply(
                {one.name: call.state.store.count(one.name) for one in call.state.schema.objects.values()}
            )
        case verb:
            raise ApiError(
                404, "NOT_FOUND", f"nothing to look at under {verb}; there are requests, faults and objects"
            )


def _rows(call: Call, content: Content) -> object:
    return rows_of(
        call.state.schema,
        call.state.store,
        content["object"],
        content["fields"],
        where=content.get("where"),
        deleted=bool(content.get("deleted", False)),
    )


def _commit_late(call: Call, content: Content) -> object:
    stamp = instant(content["stamp"])
    return {"ids": call.state.life.commit_late(content["object"], content["rows"], stamp)}


def _clock(call: Call, content: Content) -> object:
    clock = call.state.clock
    if "at" in content:
        clock.set(instant(content["at"]), frozen=bool(content.get("frozen", False)))
    if "advance" in content:
        clock.advance(float(content["advance"]))
    return {"now": clock.now().isoformat(timespec="milliseconds")}


def _fault(call: Call, content: Content) -> object:
    return {"number": call.state.faults.add(content.pop("kind"), **content).number}


def _clear_faults(call: Call, _: Content) -> object:
    call.state.faults.clear()
    return {}


def _reset_log(call: Call, _: Content) -> object:
    call.state.log.clear()
    return {}


def _limits(call: Call, content: Content) -> object:
    call.state.usage.change({name: int(value) for name, value in content.items()})
    return call.state.usage.report(call.state.clock.now())


def _revoke(call: Call, _: Content) -> object:
    return {"revoked": call.state.sessions.revoke_all()}


def _password_expired(call: Call, content: Content) -> object:
    call.state.expire_password(content["username"], expired=bool(content.get("expired", True)))
    return {}


def instant(text: str) -> datetime:
    """An ISO instant; one without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


VERBS: Final[Mapping[str, Callable[[Call, Content], object]]] = {
    "rows": _rows,
    "insert": lambda call, content: {"ids": call.state.life.insert(content["object"], content["rows"])},
    "update": lambda call, content: {
        "count": call.state.life.update(content["object"], content["ids"], content["changes"])
    },
    "delete": lambda call, content: {"count": call.state.life.delete(content["object"], content["ids"])},
    "undelete": lambda call, content: {"count": call.state.life.undelete(content["object"], content["ids"])},
    "hard_delete": lambda call, content: {
        "count": call.state.life.hard_delete(content["object"], content["ids"])
    },
    "commit_late": _commit_late,
    "begin": lambda call, content: {"transaction": call.state.life.begin(content["object"], content["rows"])},
    "commit": lambda call, content: {"ids": call.state.life.commit(content["transaction"])},
    "clock": _clock,
    "fault": _fault,
    "clear_faults": _clear_faults,
    "reset_log": _reset_log,
    "limits": _limits,
    "revoke_sessions": _revoke,
    "password_expired": _password_expired,
}
