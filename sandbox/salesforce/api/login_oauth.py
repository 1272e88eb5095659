"""OAuth 2.0 token endpoint: client credentials, JWT bearer (RFC 7523), username-password, refresh tokens; revocation (RFC 7009)."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl

import jwt

from sandbox.salesforce.api.call import Call, Reply, json_reply
from sandbox.salesforce.api.hosts import LOGIN_HOSTS, hostname, instance_url, is_production_login
from sandbox.salesforce.api.sessions import ConnectedApp, User
from sandbox.salesforce.state import MY_DOMAIN, ORGANIZATION_ID

Form = dict[str, str]


class RefusedError(Exception):
    """A grant that is not given; `error` and `description` are OAuth's."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error, description)
        self.error, self.description = error, description


def token(call: Call) -> Reply:
    """POST /services/oauth2/token"""
    form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    grant = GRANTS.get(form.get("grant_type", ""))
    try:
        if grant is None:
            raise RefusedError("unsupported_grant_type", "grant type not supported")
        user, extra = grant(call, form)
    except RefusedError as refusal:
        return refused(refusal.error, refusal.description)
    return _granted(call, user, extra)


def refused(error: str, description: str) -> Reply:
    """A refusal as OAuth has it."""
    return json_reply({"error": error, "error_description": description}, 400)


def revoke(call: Call) -> Reply:
    """GET or POST /services/oauth2/revoke"""
    form = dict(parse_qsl(call.body.decode("utf-8", "replace"))) | call.parameters
    token = form.get("token", "")
    if call.state.sessions.revoke(token) or call.state.revoke_refresh_token(token):
        return Reply(200)
    return json_reply({"error": "invalid_token", "error_description": "invalid token"}, 400)


def _granted(call: Call, user: User, extra: Form) -> Reply:
    session = call.state.sessions.open(user, call.state.clock.now())
    url = instance_url(call.state, call.host)
    identity = f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{user.id}"
    issued = str(int(call.state.clock.now().timestamp() * 1000))
    signature = hmac.digest(session.token.encode(), (identity + issued).encode(), hashlib.sha256)
    answer = {
        "access_token": session.token,
        "instance_url": url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
        "signature": base64.b64encode(signature).decode(),
        "scope": "id api",
    }
    return json_reply(answer | dict.fromkeys(extra, url), headers={"Cache-Control": "no-store"})


def _client_credentials(call: Call, form: Form) -> tuple[User, Form]:
    if hostname(call.host) in LOGIN_HOSTS or not is_production_login(call.host):
        raise RefusedError("invalid_grant", "request not supported on this domain")
    key, secret = _basic(call.headers.get("authorization", "")) or (
        form.get("client_id", ""),
        form.get("client_secret", ""),
    )
    app = _app(call, key)
    _check_secret(app, secret)
    return _user(call, app.username), {"api_instance_url": ""}


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, credentials = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        key, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        raise RefusedError("invalid_client", "invalid client credentials") from None
    return key, secret


def _password(call: Call, form: Form) -> tuple[User, Form]:
    """The app relaxes IP restrictions, so the security token may be appended to the password or left out."""
    _production(call)
    app = _app(call, form.get("client_id", ""))
    _check_secret(app, form.get("client_secret", ""))
    user = _user(call, form.get("username", ""))
    given = form.get("password", "")
    if not any(
        hmac.compare_digest(given, one) for one in (user.password, user.password + user.security_token)
    ):
        raise RefusedError("invalid_grant", "authentication failure")
    if user.password_expired:
        raise RefusedError("invalid_grant", "user password expired")
    return user, {}


def _refresh_token(call: Call, form: Form) -> tuple[User, Form]:
    _production(call)
    app = _app(call, form.get("client_id", ""))
    _check_secret(app, form.get("client_secret", ""))
    if not app.refresh_token or not hmac.compare_digest(app.refresh_token, form.get("refresh_token", "")):
        raise RefusedError("invalid_grant", "expired access/refresh token")
    return _user(call, app.username), {}


def _jwt_bearer(call: Call, form: Form) -> tuple[User, Form]:
    _production(call)
    assertion = form.get("assertion", "")
    app = _app(call, _issuer(assertion))
    audiences = [f"https://{host}" for host in (LOGIN_HOSTS[0], f"{MY_DOMAIN}.salesforce.com")]
    try:
        claims = jwt.decode(
            assertion,
            app.public_key,
            algorithms=["RS256"],
            audience=audiences,
            options={"verify_exp": False, "require": ["iss", "sub", "aud", "exp"]},
        )
        # simple-salesforce sends `exp` as a string
        expired = int(claims["exp"]) <= call.state.clock.now().timestamp()
    except (jwt.PyJWTError, ValueError) as problem:
        raise RefusedError("invalid_grant", _assertion_problem(problem)) from None
    if expired:
        raise RefusedError("invalid_grant", "expired authorization code")
    user = call.state.user(str(claims["sub"]))
    if user is None or user.username != app.username:
        raise RefusedError("invalid_grant", "user hasn't approved this consumer")
    return user, {}


def _issuer(assertion: str) -> str:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise RefusedError("invalid_grant", "invalid assertion") from None
    return str(claims.get("iss", ""))


def _assertion_problem(problem: Exception) -> str:
    return "audience is invalid" if isinstance(problem, jwt.InvalidAudienceError) else "invalid assertion"


def _production(call: Call) -> None:
    if not is_production_login(call.host):
        raise RefusedError("invalid_grant", "authentication failure")


def _app(call: Call, key: str) -> ConnectedApp:
    app = call.state.app(key)
    if app is None:
        raise RefusedError("invalid_client_id", "client identifier invalid")
    return app


def _check_secret(app: ConnectedApp, secret: str) -> None:
    if not hmac.compare_digest(app.consumer_secret, secret):
        raise RefusedError("invalid_client", "invalid client credentials")


def _user(call: Call, username: str) -> User:
    user = call.state.user(username)
    if user is None:
        raise RefusedError("invalid_grant", "authentication failure")
    return user


GRANTS: Final[Mapping[str, Callable[[Call, Form], tuple[User, Form]]]] = {
    "client_credentials": _client_credentials,
    "password": _password,
    "refresh_token": _refresh_token,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": _jwt_bearer,
}
