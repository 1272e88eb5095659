"""In whose name requests to AWS are signed, and where they are sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import CLIENT_OPTIONS

if TYPE_CHECKING:
    import boto3

_SESSION_NAME = "lake-ingest"


@dataclass(frozen=True)
class Identity:
    """What an Airflow connection says of it.

    Attributes:
        conn_id: the Airflow connection.
        region: of the service.
        access_key, secret_key: None where the worker's own identity is used.
        role_arn, external_id: a role to assume; None for none.
        endpoint_url: another endpoint than AWS's own.
        service_config: the same for one service only: `{"s3": {"endpoint_url": …}}`.
    """

    conn_id: str
    region: str
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    role_arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None
    service_config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

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
        """A session of the role, whose credentials are asked for anew before they expire: a source may take hours."""
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
