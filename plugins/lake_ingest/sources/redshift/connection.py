"""An Airflow connection of type `aws` or `redshift`: which warehouse, in whose name, and where it may unload to.

login, password           an access key of AWS; left out, the worker's own identity
host                      the warehouse's endpoint, in place of its name and region
schema                    the database
extra.region_name         of the warehouse
extra.role_arn            a role to assume; `external_id` beside it
extra.endpoint_url        another endpoint than AWS's own; `service_config.<service>.endpoint_url` for one service only
extra.cluster_identifier  a provisioned cluster, or extra.workgroup_name of Redshift Serverless
extra.database            in place of schema
extra.db_user             a database user of a cluster, or extra.secret_arn; left out, the user that IAM's identity is mapped to
extra.unload_bucket, extra.unload_prefix  where UNLOAD writes, below the unit's own prefix
extra.unload_role         the role by which the warehouse writes there, or `default`
extra.unload_kms_key_id   a key of KMS with which it encrypts
extra.statement_timeout   how long an UNLOAD may take
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lake_ingest.sources.aws.identity import Identity
from lake_ingest.sources.registry import Connection
from lake_ingest.sources.sql.pasted import STATEMENT, Form, Pasted
from lake_ingest.spec.duration import Duration

DEFAULT_ROLE = "default"  # the one that is set as default for the warehouse's namespace
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ROLE = re.compile(
    r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=.@/-]+(?:,arn:aws[\w-]*:iam::\d{12}:role/[\w+=.@/-]+)*"
)  # a chain is parted by commas
_SECRET = re.compile(r"arn:aws[\w-]*:secretsmanager:(?P<region>[\w-]+):\d{12}:secret:\S+")
_KEY = re.compile(r"[\w:/-]+")
_ENDPOINT = re.compile(
    r"(?P<name>[\w-]+)\.[\w]+\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.(?P<service>redshift|redshift-serverless)\.amazonaws\.com(?:\.cn)?"
)
_OWN = (
    "region_name", "role_arn", "external_id", "endpoint_url", "service_config", "cluster_identifier", "workgroup_name", "database",
    "db_user", "secret_arn", "unload_bucket", "unload_prefix", "unload_role", "unload_kms_key_id", "statement_timeout",
)  # fmt: skip
# What Airflow's own hooks read and has no meaning for the Data API.
_PASSED_OVER = ("port", "ssl", "sslmode", "iam", "is_serverless", "timeout")
_FORM = Form(
    schemes=r"redshift|postgres|postgresql|redshift\+\w+",
    prefix="extra__redshift__",
    known=_OWN,
    passed_over=_PASSED_OVER,
    port=5439,
)


@dataclass(frozen=True)
class UnloadPlace:
    """Where UNLOAD writes, and by which role of the warehouse."""

    bucket: str
    prefix: str
    role: str
    kms_key: str | None = None


@dataclass(frozen=True)
class Access:
    """What a connection says.

    Attributes:
        identity: in whose name the Data API is asked, and what was unloaded is read.
        warehouse: the arguments that name it in every request of the Data API.
        place: None where the connection names none; then nothing but previews can be read.
        statement_timeout: how long an UNLOAD may take.
    """

    identity: Identity
    warehouse: Mapping[str, str]
    place: UnloadPlace | None = None
    statement_timeout: Duration = STATEMENT

    @property
    def database(self) -> str:
        """The database's name."""
        return self.warehouse["Database"]

    @property
    def name(self) -> str:
        """For people: the cluster or workgroup, and the database."""
        one = self.warehouse.get("ClusterIdentifier") or self.warehouse.get("WorkgroupName")
        return f"{one}/{self.database}"


def read_connection(connection: Connection) -> Access:
    """Read an Airflow connection.

    Raises:
        FatalError: a value is missing or cannot be what it should be; no secret is in the text.
    """
    pasted = Pasted(connection, _FORM)
    endpoint = _endpoint(pasted, connection)
    secret_arn = pasted.text("secret_arn")
    if secret_arn and not _SECRET.fullmatch(secret_arn):
        raise pasted.refused("extra secret_arn", "is not the ARN of a secret of Secrets Manager")
    secret = _SECRET.fullmatch(secret_arn) if secret_arn else None
    region = (
        pasted.text("region_name")
        or (endpoint["region"] if endpoint else None)
        or (secret["region"] if secret else None)
    )
    if region is None:
        raise pasted.refused(
            "its extra",
            "names no region; write region_name, such as eu-west-1, or the warehouse's endpoint as the host",
        )
    identity = Identity(
        conn_id=connection.conn_id,
        region=region,
        access_key=pasted.text("login", connection.login),
        secret_key=pasted.text("password", connection.password),
        role_arn=pasted.text("role_arn"),
        external_id=pasted.text("external_id"),
        endpoint_url=pasted.text("endpoint_url"),
        service_config=pasted.extra.get("service_config") or {},
    )
    return Access(
        identity,
        _warehouse(pasted, connection, endpoint, secret_arn),
        _place(pasted),
        pasted.duration("statement_timeout", STATEMENT),
    )


def _endpoint(pasted: Pasted, connection: Connection) -> Mapping[str, Any] | None:
    """The parts of the host, which is the warehouse's endpoint; None without a host."""
    if not connection.host:
        return None
    host = pasted.url()["host"] or ""
    match = _ENDPOINT.fullmatch(host)
    if match is None:
        raise pasted.refused(
            "host",
            "is not a warehouse's endpoint; leave it out, and write cluster_identifier or workgroup_name into the extra",
        )
    if connection.password:
        raise pasted.refused(
            "password",
            "is not used: the Data API signs with IAM. Keep the database's password in Secrets Manager and write secret_arn into the extra,"
            " or leave login and password out",
        )
    return match.groupdict()


def _warehouse(
    pasted: Pasted, connection: Connection, endpoint: Mapping[str, Any] | None, secret_arn: str | None
) -> dict[str, str]:
    serverless = bool(endpoint and endpoint["service"] == "redshift-serverless")
    cluster = pasted.text("cluster_identifier") or (endpoint["name"] if endpoint and not serverless else None)
    workgroup = pasted.text("workgroup_name") or (endpoint["name"] if endpoint and serverless else None)
    if bool(cluster) == bool(workgroup):
        raise pasted.refused(
            "its extra",
            "names both cluster_identifier and workgroup_name; keep the one that is meant"
            if cluster
            else "names no warehouse; write cluster_identifier, or workgroup_name for Redshift Serverless",
        )
    database = pasted.text("database") or pasted.text("schema", connection.schema)
    if not database:
        raise pasted.refused("extra database", "is empty; write the database's name")
    user = pasted.text("db_user") or (connection.login if endpoint else None)
    if user and workgroup and not secret_arn:
        if not endpoint:
            raise pasted.refused(
                "extra db_user",
                "has no effect for Redshift Serverless, which takes the user of the IAM identity; delete it, or write secret_arn",
            )
        user = None
    found = {"Database": database}
    found |= {"ClusterIdentifier": cluster} if cluster else {"WorkgroupName": workgroup or ""}
    if secret_arn:
        return found | {"SecretArn": secret_arn}
    return found | ({"DbUser": user} if user else {})


def _place(pasted: Pasted) -> UnloadPlace | None:
    bucket = pasted.text("unload_bucket")
    if bucket is None:
        return None
    bucket, _, inside = bucket.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise pasted.refused("extra unload_bucket", f"'{bucket}' cannot be the name of a bucket")
    prefix = (pasted.text("unload_prefix") or inside).strip("/")
    if not prefix:
        raise pasted.refused(
            "extra unload_prefix",
            "is empty; name a folder below the unit's own prefix, such as finance/_unload",
        )
    role = pasted.text("unload_role")
    if role is None or (role != DEFAULT_ROLE and not _ROLE.fullmatch(role)):
        raise pasted.refused(
            "extra unload_role",
            "is not the ARN of a role; write the role by which the warehouse may write there, or default",
        )
    key = pasted.text("unload_kms_key_id")
    if key and not _KEY.fullmatch(key):
        raise pasted.refused("extra unload_kms_key_id", "is not the id or the ARN of a key")
    return UnloadPlace(bucket, prefix, role, key)
