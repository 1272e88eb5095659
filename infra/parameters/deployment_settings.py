"""The parameters of the platform, as the frozen value that every stack takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One of two environments, as the other knows it; without an account and a Region it is where the other is."""

    name: str
    env_name: str
    airflow_version: str
    account: str | None
    region: str | None


@dataclass(frozen=True)
class Settings:
    """Every parameter's value, under its name in Python's spelling; see `PARAMETERS` for what they mean.

    Of two environments, `environment` is the name of this one and `at` its account and Region, where they are said. The first has
    the pipelines and `promotes_to` the second, which is `promoted_from` the first.
    """

    vpc_id: str | None
    cidr: str
    subnet_ids: tuple[str, ...]
    egress: str
    env_name: str
    env_tags: tuple[tuple[str, str], ...]
    environment_class: str
    airflow_version: str
    min_workers: int
    max_workers: int
    min_webservers: int
    max_webservers: int
    webserver_access_mode: str
    secrets_backend: str
    source_provider: str
    repository_host: str
    review_token_secret: str | None
    project_repository: str
    provisioning_repository: str
    branch: str
    platform_reviewers: tuple[str, ...]
    identity_center_instance_arn: str | None
    identity_center_groups: tuple[tuple[str, str], ...]
    identity_center_account: str | None
    environment_at: tuple[str, str] | None  # account and Region
    kms_key_arn: str | None
    retention: tuple[tuple[str, int], ...]
    readers: tuple[tuple[str, tuple[str, ...]], ...]
    alarm_email: str | None
    require_approval: bool
    empty_on_destroy: bool
    termination_protection: bool
    lake_of: str | None
    successor: str | None
    environment: str | None = None
    at: tuple[str, str] | None = None
    promotes_to: Place | None = None
    promoted_from: Place | None = None
