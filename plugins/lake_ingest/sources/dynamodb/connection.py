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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import CLIENT_OPTIONS
from lake_ingest.sources.registry import Connection

if TYPE_CHECKING:
    import boto3

DEFAULT_PREFIX = "_exports/dynamodb"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SESSION_NAME = "lake-ingest"


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

    conn_id: str
    region: str
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    role_arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None
    service_config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    place: ExportPlace | None = None

    def client(self, service: str) -> Any:
        """A client of one of AWS's services; nothing is sent yet.

        Passing failures are tried again, as those of S3 are for the lake.
        """
        from botocore.config import Config  # noqa: PLC0415 - once something is asked

        session: Any = self._session()  # boto3 has a signature for each service by name
        return session.client(service, endpoint_url=self._endpoint(service), config=Config(**CLIENT_OPTIONS))

    def _session(self) -> "boto3.Session":
        import boto3  # noqa: PLC0415 - once something is asked

        own = boto3.Session(self.access_key, self.secret_key, region_name=self.region)
        return own if self.role_arn is None else self._assumed(own, self.role_arn)

    def _assumed(self, own: "boto3.Session", role_arn: str) -> "boto3.Session":
        """A session of the role, whose credentials are asked for anew before they expire: an export may take hours."""
        import boto3  # noqa: PLC0415
        from botocore.credentials import (  # noqa: PLC0415
            AssumeRoleCredentialFetcher,
            DeferredRefreshableCredentials,
        )
        from botocore.session import get_session  # noqa: PLC0415

        session: Any = own

        def client(service: str, **options: Any) -> Any:
            keys = {key: value for key, value in options.items() if key.startswith("aws_")}
            return session.client(service, endpoint_url=self._endpoint(service), **keys)

        arguments = {"RoleSessionName": _SESSION_NAME}
        if self.external_id:
            arguments["ExternalId"] = self.external_id
        identity = own.get_credentials()
        if identity is None:
            raise FatalError(
                f"connection '{self.conn_id}' has no access key, and the worker has no identity that may assume {role_arn}"
            )
        fetcher = AssumeRoleCredentialFetcher(client, identity, role_arn, extra_args=arguments)
        assumed: Any = get_session()
        assumed._credentials = DeferredRefreshableCredentials(  # noqa: SLF001 - botocore has no other way to give refreshable ones
            fetcher.fetch_credentials, "assume-role"
        )
        return boto3.Session(botocore_session=assumed, region_name=self.region)

    def _endpoint(self, service: str) -> str | None:
        url: str | None = self.service_config.get(service, {}).get("endpoint_url") or self.endpoint_url
        return url


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
    return Access(
        conn_id=connection.conn_id,
        region=region.strip(),
        access_key=(connection.login or "").strip() or None,
        secret_key=(connection.password or "").strip() or None,
        role_arn=_text(extra, "role_arn"),
        external_id=_text(extra, "external_id"),
        endpoint_url=_text(extra, "endpoint_url"),
        service_config=extra.get("service_config") or {},
        place=_place(connection.conn_id, extra),
    )


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
