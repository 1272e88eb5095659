"""Airflow's connections and variables for the stand-ins, as environment variables: what an administrator would type in.

They are the production ones with other values: the proxy is the way to the org, `endpoint_url` the way to S3.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.object_store import REGION, ObjectStore


@dataclass(frozen=True)
class OrgAccess:
    """What an administrator of the org hands out: a user, and a connected app with a consumer key, a secret and a private key."""

    my_domain: str
    proxy: str
    bundle: str
    username: str
    password: str = field(repr=False)
    security_token: str = field(repr=False)
    consumer_key: str
    consumer_secret: str = field(repr=False)
    private_key_file: str


def environment(org: OrgAccess, store: ObjectStore, protect_conn_ids: Iterable[str]) -> dict[str, str]:
    """Connections `AIRFLOW_CONN_*`, the variable `bucket_name`, trust in the org's CA, and the workers' cloud identity.

    The keys for `protect: hash` are random: they hold for one start of the sandbox.
    """
    connections: dict[str, dict[str, object]] = {
        "salesforce_default": by_jwt(org),
        "salesforce_oauth": by_client_credentials(org),
        "salesforce_connection": by_password(org),
        "aws_connection": aws(store, store.role_arn),
        **{name: aws(store, role_arn) for name, role_arn in store.writer_arns.items()},
        **{name: dynamodb(store, role_arn) for name, role_arn in store.table_reader_arns.items()},
        **{
            name: {"conn_type": "generic", "password": secrets.token_urlsafe(32)} for name in protect_conn_ids
        },
    }
    return {
        **variables(connections),
        "AIRFLOW_VAR_BUCKET_NAME": store.bucket,
        "REQUESTS_CA_BUNDLE": org.bundle,
        "AWS_ACCESS_KEY_ID": store.access_key_id,
        "AWS_SECRET_ACCESS_KEY": store.secret_access_key,
    }


def variables(connections: dict[str, dict[str, object]]) -> dict[str, str]:
    """Connection id → JSON, in the names that Airflow looks for."""
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(body) for name, body in connections.items()}


def by_jwt(org: OrgAccess) -> dict[str, object]:
    """OAuth JWT bearer."""
    extra = {
        "consumer_key": org.consumer_key,
        "private_key_file_path": org.private_key_file,
        "domain": org.my_domain,
        **_way_out(org),
    }
    return {"conn_type": "salesforce", "login": org.username, "extra": extra}


def by_client_credentials(org: OrgAccess) -> dict[str, object]:
    """OAuth client credentials; Salesforce offers the flow on a My Domain only."""
    extra = {
        "consumer_key": org.consumer_key,
        "consumer_secret": org.consumer_secret,
        "domain": org.my_domain,
        **_way_out(org),
    }
    return {"conn_type": "salesforce", "extra": extra}


def by_password(org: OrgAccess) -> dict[str, object]:
    """The original system's connection: HTTP type, host without scheme, user name, password, security token."""
    return {
        "conn_type": "http",
        "host": f"{org.my_domain}.salesforce.com",
        "login": org.username,
        "password": org.password,
        "extra": {"security_token": org.security_token, **_way_out(org)},
    }


def aws(store: ObjectStore, role_arn: str) -> dict[str, object]:
    """An AWS connection: no keys of its own, only the role to assume."""
    extra = {
        "region_name": REGION,
        "role_arn": role_arn,
        "endpoint_url": store.endpoint_url,
        # Airflow's hook asks the general endpoint for everything but the role.
        "service_config": {"sts": {"endpoint_url": store.endpoint_url}},
    }
    return {"conn_type": "aws", "extra": extra}


def dynamodb(store: ObjectStore, role_arn: str) -> dict[str, object]:
    """An AWS connection to tables, whose exports have a bucket of their own."""
    extra = {
        "region_name": REGION,
        "role_arn": role_arn,
        "endpoint_url": store.endpoint_url,
        "export_bucket": store.export_bucket,
        "export_prefix": "grid",
    }
    return {"conn_type": "aws", "extra": extra}


def _way_out(org: OrgAccess) -> dict[str, object]:
    return {"proxies": {"https": org.proxy}}
