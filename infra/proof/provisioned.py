"""What an environment runs on: versions of plugins.zip and requirements.txt, as the bucket, MWAA and the last proof know them."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PLUGINS, REQUIREMENTS, PROVEN = "plugins.zip", "requirements.txt", "proven.json"


@dataclass(frozen=True)
class Provisioned:
    """Object versions of the two files, under an Airflow version; `import_errors` are those that stood with them."""

    plugins: str
    requirements: str
    airflow: str
    import_errors: int = 0

    def is_code_of(self, other: "Provisioned") -> bool:
        """Whether both are the same files."""
        return (self.plugins, self.requirements) == (other.plugins, other.requirements)


class MwaaEnvironments(Protocol):
    """What boto3's client for MWAA offers of use here, in AWS's own spelling."""

    def get_environment(self, **request: Any) -> dict[str, Any]:
        """Describe an environment."""

    def update_environment(self, **request: Any) -> dict[str, Any]:
        """Change an environment."""


@dataclass(frozen=True)
class Described:
    """An environment as MWAA describes it; `trouble` is what its last update ended with, if that failed."""

    status: str
    runs: Provisioned
    trouble: str | None
    bucket: str


class Environment:
    """One environment. Every method may raise ClientError or BotoCoreError."""

    def __init__(self, client: MwaaEnvironments, name: str) -> None:
        self._client = client
        self._name = name

    def describe(self) -> Described:
        """Ask MWAA."""
        told = self._client.get_environment(Name=self._name)["Environment"]
        last = told.get("LastUpdate") or {}
        error = last.get("Error") or {}
        return Described(
            told["Status"],
            Provisioned(
                told.get("PluginsS3ObjectVersion", ""),
                told.get("RequirementsS3ObjectVersion", ""),
                told["AirflowVersion"],
            ),
            str(error.get("ErrorMessage") or "MWAA gives no reason")
            if last.get("Status") == "FAILED"
            else None,
            str(told.get("SourceBucketArn", "")).rpartition(":")[2],
        )

    def go_back(self, to: Provisioned) -> None:
        """Have the environment run on other versions of the two files; MWAA takes its time."""
        self._client.update_environment(
            Name=self._name,
            PluginsS3ObjectVersion=to.plugins,
            RequirementsS3ObjectVersion=to.requirements,
        )


class CodeBucket:
    """The environment's bucket, as far as it holds code and the note of what was proven."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def newest(self, airflow: str) -> Provisioned:
        """What the last deployment put there."""
        return Provisioned(self._latest(PLUGINS) or "", self._latest(REQUIREMENTS) or "", airflow)

    def proven(self) -> Provisioned | None:
        """What Airflow was last seen to work with; None before the first proof."""
        version = self._latest(PROVEN)
        if version is None:
            return None
        answer = self._client.get_object(Bucket=self._bucket, Key=PROVEN, VersionId=version)
        return Provisioned(**json.loads(answer["Body"].read()))

    def note_proven(self, what: Provisioned) -> None:
        """Remember that Airflow works with this."""
        body = json.dumps(asdict(what), indent=2).encode()
        self._client.put_object(Bucket=self._bucket, Key=PROVEN, Body=body, ChecksumAlgorithm="SHA256")

    def _latest(self, key: str) -> str | None:
        """The version of an object; asked by a list, because without the right to list, what is missing looks forbidden."""
        answer = self._client.list_object_versions(Bucket=self._bucket, Prefix=key)
        latest = (
            one["VersionId"] for one in answer.get("Versions", ()) if one["Key"] == key and one["IsLatest"]
        )
        return next(latest, None)
