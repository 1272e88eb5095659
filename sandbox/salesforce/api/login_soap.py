"""SOAP login and logout of the partner API; login is gone from version 65 up, and retired for all in Summer '27."""

import hmac
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.hosts import instance_url, is_production_login
from sandbox.salesforce.api.sessions import Session, User
from sandbox.salesforce.state import OLDEST_VERSION, ORGANIZATION_ID

LAST_VERSION_WITH_LOGIN: Final = 64
WRONG: Final = "Invalid username, password, security token; or user locked out."
NEW_LOCATION: Final = (
    WRONG
    + " Are you at a new location? When accessing Salesforce--either via a desktop client or the API--from "
    "outside of your company's trusted networks, you must add a security token to your password to log in."
)


class FaultError(Exception):
    """A login that fails; becomes a SOAP fault with HTTP status 500 (the status is unverified)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


def soap(call: Call) -> Reply:
    """POST /services/Soap/u/{version}, with or without the organization's id behind"""
    try:
        elements = _elements(call.body)
        if "logout" in elements:
            return _logged_out(call, elements)
        if "login" not in elements:
            names = "only login and logout of the SOAP API"
            return fault_reply("SANDBOX_NOT_SERVED", f"The sandbox org serves {names}", 501)
        _check_version(call)
        user = _authenticate(call, elements)
    except FaultError as fault:
        return fault_reply(fault.code, fault.message)
    session = call.state.sessions.open(user, call.state.clock.now())
    return Reply(200, _result(call, session), "text/xml;charset=UTF-8")


def _logged_out(call: Call, elements: dict[str, str]) -> Reply:
    if not call.state.sessions.revoke(elements.get("sessionId", "")):
        reason = "Invalid Session ID found in SessionHeader: Illegal Session"
        raise FaultError("INVALID_SESSION_ID", reason)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns="urn:partner.soap.sforce.com"><soapenv:Body><logoutResponse/></soapenv:Body></soapenv:Envelope>'
    )
    return Reply(200, body.encode(), "text/xml;charset=UTF-8")


def _check_version(call: Call) -> None:
    number = int(call.version.split(".")[0])
    if number < OLDEST_VERSION:
        raise FaultError(
            "UNSUPPORTED_API_VERSION", "UNSUPPORTED_API_VERSION: Invalid Api version specified on URL"
        )
    if number > LAST_VERSION_WITH_LOGIN or not call.state.settings.soap_login:
        reason = "SOAP API login() is not available; use OAuth"
        raise FaultError("UNSUPPORTED_API_VERSION", reason)


def _authenticate(call: Call, fields: dict[str, str]) -> User:
    user = call.state.user(fields.get("username", ""))
    given = fields.get("password", "")
    if user is None or not is_production_login(call.host):
        raise FaultError("INVALID_LOGIN", WRONG)
    if hmac.compare_digest(given.encode(), (user.password + user.security_token).encode()):
        return user
    if not hmac.compare_digest(given.encode(), user.password.encode()):
        raise FaultError("INVALID_LOGIN", WRONG)
    if not call.state.settings.trusted_network:
        raise FaultError("LOGIN_MUST_USE_SECURITY_TOKEN", NEW_LOCATION)
    organization = fields.get("organizationId", ORGANIZATION_ID)
    if organization not in {ORGANIZATION_ID, ORGANIZATION_ID[:15]}:
        raise FaultError("INVALID_LOGIN", WRONG)
    return user


def _elements(body: bytes) -> dict[str, str]:
    """The texts of the elements, by local name. A document type, which could expand entities, is refused."""
    if b"<!DOCTYPE" in body:
        raise FaultError("INVALID_LOGIN", "a document type is not allowed")
    try:
        root = ET.fromstring(body)
    except ET.ParseError as problem:
        raise FaultError("INVALID_LOGIN", f"the envelope is not XML: {problem}") from None
    return {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}


def is_soap(call: Call) -> bool:
    return call.path.startswith("/services/Soap/")


def fault_reply(code: str, message: str, status: int = 500) -> Reply:
    """A SOAP fault; that its status is 500 is unverified."""
    return Reply(status, _fault(escape(code), escape(message)), "text/xml;charset=UTF-8")


def _fault(code: str, message: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body><soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring>"
        f'<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
        f"<sf:exceptionMessage>{message}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def _result(call: Call, session: Session) -> bytes:
    url, user = instance_url(call.state, call.host), session.user
    short, settings = ORGANIZATION_ID[:15], call.state.settings
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns="urn:partner.soap.sforce.com"><soapenv:Body><loginResponse><result>'
        f"<metadataServerUrl>{url}/services/Soap/m/{call.version}/{short}</metadataServerUrl>"
        f"<passwordExpired>{str(session.restricted).lower()}</passwordExpired><sandbox>false</sandbox>"
        f"<serverUrl>{url}/services/Soap/u/{call.version}/{short}</serverUrl>"
        f"<sessionId>{session.token}</sessionId><userId>{user.id}</userId><userInfo>"
        f"<organizationId>{ORGANIZATION_ID}</organizationId><organizationName>Northwind Energy</organizationName>"
        f"<sessionSecondsValid>{int(settings.session_seconds)}</sessionSecondsValid><userId>{user.id}</userId>"
        f"<userLocale>{settings.locale}</userLocale><userName>{escape(user.username)}</userName>"
        f"<userTimeZone>{settings.timezone}</userTimeZone></userInfo></result></loginResponse></soapenv:Body></soapenv:Envelope>"
    ).encode()
