"""In whose name a stage asks AWS: its own, or that of a role of another environment that it becomes."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3


def session(role: str | None = None, region: str | None = None) -> "boto3.Session":
    """A session of boto3. A role is become anew before its hour is over: a stage may wait for longer."""
    import boto3  # noqa: PLC0415  # the commands of Build run without it

    if role is None:
        return boto3.Session(region_name=region)
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials  # noqa: PLC0415
    from botocore.session import get_session  # noqa: PLC0415

    own, there = get_session(), get_session()
    fetcher = AssumeRoleCredentialFetcher(
        own.create_client, own.get_credentials(), role, extra_args={"RoleSessionName": "pipeline"}
    )
    credentials: Any = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    there._credentials = credentials  # type: ignore[attr-defined]  # noqa: SLF001  # botocore has no other way to give a session credentials that renew
    return boto3.Session(botocore_session=there, region_name=region)
