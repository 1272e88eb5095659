"""Put an org together: rows, users, apps, certificates."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.salesforce.api.sessions import ConnectedApp, User
from sandbox.salesforce.clock import Clock
from sandbox.salesforce.data.generate import generate
from sandbox.salesforce.data.load import load, read_folder
from sandbox.salesforce.data.record_id import record_id
from sandbox.salesforce.data.store import Store
from sandbox.salesforce.schema.northwind import NORTHWIND
from sandbox.salesforce.state import OrgState, Settings
from sandbox.salesforce.usage import Usage

USERNAME = "integration@northwind-energy.example"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build; `clock` None means the machine's time, `load` is a folder of own objects."""

    directory: Path
    rows: int = 100_000
    seed: int = 1
    clock: datetime | None = None
    load: Path | None = None
    settings: Settings = field(default_factory=Settings)
    limits: Mapping[str, int] = field(default_factory=dict)


def assemble(plan: Plan) -> OrgState:
    """Build the org; its files lie in the plan's directory, which must exist.

    Raises:
        ValueError: a size, a time zone or a file to load that cannot be used.
    """
    clock = Clock(plan.clock)
    started = clock.now()
    store = Store(NORTHWIND, plan.directory)
    try:
        return _assemble(plan, clock, started, store)
    except ValueError:
        store.close()
        raise


def _assemble(plan: Plan, clock: Clock, started: datetime, store: Store) -> OrgState:
    own = read_folder(plan.load) if plan.load else {}
    generate(
        store,
        rows=plan.rows,
        seed=plan.seed,
        clock=started,
        timezone=plan.settings.timezone,
        locale=plan.settings.locale,
    )
    schema = load(store, own)
    user = User(
        record_id("005", 0), USERNAME, secret(plan.seed, "password", 16), secret(plan.seed, "token", 24)
    )
    return OrgState(
        schema=schema,
        store=store,
        clock=clock,
        settings=plan.settings,
        users=(user,),
        apps=(_connected_app(plan, user),),
        usage=Usage(plan.limits),
        directory=plan.directory,
        schema_changed=started.replace(microsecond=0),
    )


def key_file(directory: Path) -> Path:
    """Where the private key of the connected app lies."""
    return directory / "app.key.pem"


def _connected_app(plan: Plan, user: User) -> ConnectedApp:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = key_file(plan.directory)
    path.touch(mode=0o600)
    path.write_bytes(private)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    consumer_key = "3MVG9" + secret(plan.seed, "consumer key", 80)
    return ConnectedApp(
        consumer_key=consumer_key,
        consumer_secret=secret(plan.seed, "consumer secret", 64),
        username=user.username,
        public_key=public.decode(),
        refresh_token="5Aep861" + secret(plan.seed, "refresh token", 80),
    )


def secret(seed: int, purpose: str, length: int) -> str:
    """A made-up credential, the same for the same seed; no org outside this machine knows it."""
    text = ""
    while len(text) < length:
        text += hashlib.sha256(f"{seed}/{purpose}/{len(text)}".encode()).hexdigest()
    return text[:length]
