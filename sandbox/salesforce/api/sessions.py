"""Who may call: users, connected apps, and the sessions they opened."""

import secrets
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

LIFETIME: Final = timedelta(hours=2)  # sliding; OAuth answers carry no expires_in


@dataclass(frozen=True, slots=True)
class User:
    """Someone who can log in."""

    id: str
    username: str
    password: str
    security_token: str
    password_expired: bool = False


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """An app with a certificate (PEM public key) whose client-credentials flow runs as `username`.

    That user has approved it before, so there is a refresh token.
    """

    consumer_key: str
    consumer_secret: str
    username: str
    public_key: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Session:
    """An access token and whom it stands for; a restricted one opens nothing but a password change."""

    token: str
    user: User
    expires: datetime
    restricted: bool = False


class Sessions:
    """The open sessions, by token."""

    def __init__(self, organization_id: str, lifetime: timedelta = LIFETIME) -> None:
        self._prefix = organization_id[:15]
        self._lifetime = lifetime
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, user: User, now: datetime) -> Session:
        """Log a user in."""
        token = f"{self._prefix}!{secrets.token_urlsafe(72)}"
        session = Session(token, user, now + self._lifetime, restricted=user.password_expired)
        with self._lock:
            self._open[token] = session
        return session

    def find(self, token: str, now: datetime) -> Session | None:
        """The session of a token, its life renewed; None when unknown, expired or restricted."""
        with self._lock:
            session = self._open.get(token)
            if session is None or session.restricted or session.expires <= now:
                return None
            self._open[token] = replace(session, expires=now + self._lifetime)
            return session

    def revoke(self, token: str) -> bool:
        """End a session; false when there is none."""
        with self._lock:
            return self._open.pop(token, None) is not None

    def revoke_all(self) -> int:
        """End every session; returns how many there were."""
        with self._lock:
            count = len(self._open)
            self._open.clear()
        return count
