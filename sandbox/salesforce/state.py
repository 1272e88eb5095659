"""Everything that makes up a running org."""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.salesforce.api.sessions import ConnectedApp, Sessions, User
from sandbox.salesforce.clock import Clock
from sandbox.salesforce.data.life import Life
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.faults import FaultBoard
from sandbox.salesforce.request_log import RequestLog
from sandbox.salesforce.results.cursors import Cursors
from sandbox.salesforce.results.jobs import Jobs
from sandbox.salesforce.results.legacy_jobs import LegacyJobs
from sandbox.salesforce.schema.model import Schema
from sandbox.salesforce.soql.dialect import RunningUser
from sandbox.salesforce.soql.literals import Calendar, week_start
from sandbox.salesforce.usage import Usage

ORGANIZATION_ID = "00DgL0000000000UAA"
MY_DOMAIN = "northwind-energy.my"
LATEST_VERSION = 68
OLDEST_VERSION = 31  # 30 and below are retired


@dataclass(frozen=True, slots=True)
class Settings:
    """How the org behaves; times in seconds."""

    timezone: str = "Europe/Brussels"
    locale: str = "en_US"
    fiscal_start_month: int = 1
    job_seconds: float = 0.0
    latency_seconds: float = 0.0
    session_seconds: float = 7200.0
    batch_size: int = 2000
    bulk_page_rows: int = 50_000
    soap_login: bool = True
    trusted_network: bool = False
    cursors_per_user: int = 0  # 0: as the version has it


@dataclass
class OrgState:
    """The org: its rows, who may call, what is open, what is broken on purpose."""

    schema: Schema
    store: Store
    clock: Clock
    settings: Settings
    users: tuple[User, ...]
    apps: tuple[ConnectedApp, ...]
    usage: Usage
    directory: Path
    schema_changed: datetime
    url: str = ""
    faults: FaultBoard = field(default_factory=FaultBoard)
    log: RequestLog = field(default_factory=RequestLog)
    legacy_jobs: LegacyJobs = field(default_factory=LegacyJobs)
    sessions: Sessions = field(init=False)
    cursors: Cursors = field(init=False)
    jobs: Jobs = field(init=False)
    life: Life = field(init=False)
    _queries: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.sessions = Sessions(ORGANIZATION_ID, timedelta(seconds=self.settings.session_seconds))
        results = self.directory / "results"
        results.mkdir(exist_ok=True)
        self.cursors = Cursors(self.store, results)
        self.jobs = Jobs(self.store, results, self._result_stored)
        self.life = Life(self.schema, self.store, self.clock, self.users[0].id)

    def _result_stored(self, size: int) -> None:
        self.usage.add("DailyBulkV2QueryFileStorageMB", self.clock.now(), -(-size // 2**20))

    def calendar(self) -> Calendar:
        """The running user's calendar, for date literals."""
        settings = self.settings
        zone, start = ZoneInfo(settings.timezone), week_start(settings.locale)
        return Calendar(self.clock.now(), zone, start, settings.fiscal_start_month)

    def running_user(self, identity: str) -> RunningUser:
        """In whose form values are shown."""
        return RunningUser(id=identity, locale=self.settings.locale)

    def next_salt(self) -> int:
        """Another number for each query, by which ties are ordered."""
        with self._lock:
            self._queries += 1
            return self._queries

    def expire_password(self, username: str, *, expired: bool) -> None:
        """Let a user's password expire, or renew it.

        Raises:
            KeyError: there is no such user.
        """
        user = self.user(username)
        if user is None:
            raise KeyError(f"no user is called {username}")
        self.users = tuple(
            replace(one, password_expired=expired) if one is user else one for one in self.users
        )

    def revoke_refresh_token(self, token: str) -> bool:
        """Let a refresh token open no further session; false when no app has it."""
        app = next((one for one in self.apps if one.refresh_token == token != ""), None)
        if app is None:
            return False
        self.apps = tuple(replace(one, refresh_token="") if one is app else one for one in self.apps)
        return True

    def user(self, username: str) -> User | None:
        return next((one for one in self.users if one.username.lower() == username.lower()), None)

    def app(self, consumer_key: str) -> ConnectedApp | None:
        return next((one for one in self.apps if one.consumer_key == consumer_key), None)

    def close(self) -> None:
        self.jobs.close()
        self.store.close()
