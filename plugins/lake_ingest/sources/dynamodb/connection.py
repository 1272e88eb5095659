"""An Airflow connection of type `aws` to DynamoDB: whose tables, in whose name, and where exports may be written.

login, password     an access key; left out, the worker's own identity
extra.region_name   of the tables
extra.role_arn      a role to assume; `external_id` beside it
extra.endpoint_url  another endpoint than AWS's own; `service_config.<service>.endpoint_url` for one service only
extra.export_bucket, extra.export_prefix         where exports are written; nothing else belongs below the prefix
extra.export_bucket_owner, extra.export_kms_key_id  the bucket's account where it is another; a key to encrypt with
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.aws.identity import Identity
from lake_ingest.sources.registry import Connection

DEFAULT_PREFIX = "_exports/dynamodb"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class ExportPlace:
    """Where exports are written."""

    bucket: str
    prefix: str
    owner: str | None = None
    kms_key: str | None = None


@dataclass(frozen=True)
class Access:
    """What a connection says; `place` is None where it names no bucket for exports."""

    identity: Identity
    place: ExportPlace | None = None

    @property
    def conn_id(self) -> str:
        """The Airflow connection."""
        return self.identity.conn_id


def read_connection(connection: Connection) -> Access:
    """Read an Airflow connection.

    Raises:
        FatalError: a value is missing or cannot be what it should be; no secret is in the text.
    """
    extra = connection.extra_dejson
    region = extra.get("region_name") or extra.get("region")
    if not isinstance(region, str) or not region.strip():
        raise FatalError(
            f"connection '{connection.conn_id}' names no region; write region_name into its extra, such as eu-west-1"
        )
    identity = Identity(
        conn_id=connection.conn_id,
        region=region.strip(),
        access_key=(connection.login or "").strip() or None,
        secret_key=(connection.password or "").strip() or None,
        role_arn=_text(extra, "role_arn"),
        external_id=_text(extra, "external_id"),
        endpoint_url=_text(extra, "endpoint_url"),
        service_config=extra.get("service_config") or {},
    )
    return Access(identity, _place(connection.conn_id, extra))


def _place(conn_id: str, extra: Mapping[str, Any]) -> ExportPlace | None:
    bucket = _text(extra, "export_bucket")
    if bucket is None:
        return None
    bucket, _, inside = bucket.removeprefix("s3://").partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise FatalError(f"connection '{conn_id}': export_bucket '{bucket}' cannot be the name of a bucket")
    prefix = (_text(extra, "export_prefix") or inside).strip("/") or DEFAULT_PREFIX
    return ExportPlace(bucket, prefix, _text(extra, "export_bucket_owner"), _text(extra, "export_kms_key_id"))


def _text(extra: Mapping[str, Any], key: str) -> str | None:
    value = extra.get(key)
    return (str(value).strip() or None) if value is not None else None
