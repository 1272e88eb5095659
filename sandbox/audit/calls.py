"""The calls to AWS that the code makes, and some that it must not be able to make; each with what IAM is told of it.

`make rehearse` sees the calls of the pipelines, and fails on one that is not here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from infra.business_unit import Unit
from infra.resources.source_network import reads_redshift
from sandbox.audit.account import Account
from sandbox.rehearsal.intrinsics import ACCOUNT, REGION

_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}


@dataclass(frozen=True)
class Call:
    """An action on a resource by a role, with the keys of its context that AWS would fill in."""

    role: str
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)
    allowed: bool = True

    def __str__(self) -> str:
        told = "".join(f" {key}={value}" for key, value in self.context.items())
        return f"{self.role}: {self.action} on {self.resource}{told}"


def calls(account: Account, units: Sequence[Unit]) -> Iterator[Call]:
    """Every call of the pipelines and of Airflow's tasks, and their refused neighbours; all units write to the lake."""
    yield from _dags(account)
    yield from _airflow(account, units)
    for unit in units:
        others = [one for one in units if one != unit]
        yield from _writer(account, _writer_role(unit), unit.prefix, [one.prefix for one in others])
        yield from _tables(_writer_role(unit), unit.name, [one.name for one in others])
        yield from _merges(account, _writer_role(unit), unit.name, [one.name for one in others])
        yield from _warehouse(account, unit, others)
        yield from _notices(account, _writer_role(unit), unit.name, [one.name for one in others])
        yield from _reader(account, unit, others)
    yield from _provisioning()
    yield from _proof(account)
    yield from _copier(account)
    yield from _catalogue(account, units)


def _dags(account: Account) -> Iterator[Call]:
    """The stages of the project pipeline."""
    bucket, key = account.arn("environment.DagsBucket"), account.arn("environment.Key")
    file, code = f"{bucket}/dags/finance/product.py", f"{bucket}/plugins.zip"
    everyone = {"aws:SecureTransport": "true"}
    for stage in ("Validate", "Deploy", "Verify"):
        role = f"project-pipeline.{stage}Role"
        for prefix in ("dags/", "dags/_deployment.json"):
            yield Call(role, "s3:ListBucketVersions", bucket, {"s3:prefix": prefix, **everyone})
        yield Call(role, "s3:GetObject", file, everyone)
        yield Call(role, "s3:GetObjectVersion", file, everyone)
        yield Call(role, "kms:Decrypt", key, _S3)
        yield Call(role, "s3:ListBucketVersions", bucket, {"s3:prefix": "", **everyone}, allowed=False)
        yield Call(role, "s3:GetObject", file, {"aws:SecureTransport": "false"}, allowed=False)
        yield Call(role, "s3:GetObject", code, everyone, allowed=False)
        yield Call(role, "kms:Decrypt", key, allowed=False)
        writes = stage != "Validate"
        for action in ("s3:PutObject", "s3:DeleteObject"):
            yield Call(role, action, file, everyone, allowed=writes)
            yield Call(role, action, code, everyone, allowed=False)
        yield Call(role, "s3:DeleteObjectVersion", file, everyone, allowed=False)
        yield Call(role, "kms:GenerateDataKey", key, _S3, allowed=writes)
        for airflow in ("Viewer", "User", "Op", "Admin"):
            resource = f"arn:aws:airflow:{REGION}:{ACCOUNT}:role/MwaaEnvironment/{airflow}"
            reads = stage == "Verify" and airflow == "Viewer"
            yield Call(role, "airflow:InvokeRestApi", resource, allowed=reads)
    build = "project-pipeline.BuildRole"
    for action in ("s3:GetObject", "s3:PutObject"):
        yield Call(build, action, file, everyone, allowed=False)
    repository = f"arn:aws:codecommit:{REGION}:{ACCOUNT}:mwaaproject"
    review = "project-pipeline.PullRequestsPullRequestRole"
    yield Call(review, "codecommit:PostCommentForPullRequest", repository)
    yield Call(review, "codecommit:MergePullRequestByFastForward", repository, allowed=False)
    yield Call(review, "s3:PutObject", file, everyone, allowed=False)


def _writer_role(unit: Unit) -> str:
    return f"data.Writer{unit.output_name}"


def _airflow(account: Account, units: Sequence[Unit]) -> Iterator[Call]:
    """Tasks before they become their unit's writer."""
    role, lake = "environment.ExecutionRole", account.arn("data.Lake")
    bucket, secure = account.arn("environment.DagsBucket"), {"aws:SecureTransport": "true"}
    yield Call(role, "s3:ListBucket", bucket, {"s3:prefix": "dags/", **secure})
    yield Call(role, "s3:GetObject", f"{bucket}/dags/finance/product.json", secure)
    yield Call(role, "s3:GetObjectVersion", f"{bucket}/plugins.zip", secure)
    yield Call(role, "s3:PutObject", f"{bucket}/dags/finance/product.py", secure, allowed=False)
    for unit in units:
        yield Call(role, "sts:AssumeRole", account.role(_writer_role(unit)).arn)
        yield Call(role, "s3:PutObject", f"{lake}/{unit.prefix}/x", secure, allowed=False)
        yield Call(role, "s3:GetObject", f"{lake}/{unit.prefix}/x", secure, allowed=False)
        for name in unit.connections:
            yield Call(role, "secretsmanager:GetSecretValue", _secret(f"connections/{name}"))
    yield Call(role, "secretsmanager:GetSecretValue", _secret("variables/bucket_name"))
    yield Call(role, "secretsmanager:GetSecretValue", _secret("connections/somebody_else"), allowed=False)
    for other in ("project-pipeline.DeployRole", "provisioning-pipeline.ProvisionRole"):
        yield Call(role, "sts:AssumeRole", account.role(other).arn, allowed=False)
    for outsider in ("project-pipeline.BuildRole", "project-pipeline.DeployRole"):
        yield Call(outsider, "sts:AssumeRole", account.role(_writer_role(units[0])).arn, allowed=False)


def _secret(name: str) -> str:
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:airflow/{name}-a1B2c3"


def _writer(account: Account, role: str, prefix: str, others: list[str]) -> Iterator[Call]:
    """What `lake_ingest.lake` does as a unit: parts, copies, manifests, lists."""
    lake, key, secure = account.arn("data.Lake"), account.arn("data.Key"), {"aws:SecureTransport": "true"}
    on_objects = ("s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
    for action in on_objects:
        yield Call(role, action, f"{lake}/{prefix}/product/data.parquet", secure)
        yield Call(role, action, f"{lake}/{prefix}/x", {"aws:SecureTransport": "false"}, allowed=False)
        yield Call(role, action, f"{lake}/{prefix}_too/x", secure, allowed=False)
        for other in others:
            yield Call(role, action, f"{lake}/{other}/product/data.parquet", secure, allowed=False)
    yield Call(role, "s3:ListBucket", lake, {"s3:prefix": f"{prefix}/product/", **secure})
    yield Call(role, "s3:ListBucketMultipartUploads", lake, secure)  # S3 tells IAM no prefix of these
    for elsewhere in ("", *others, *(f"{other}/" for other in others)):
        yield Call(role, "s3:ListBucket", lake, {"s3:prefix": elsewhere, **secure}, allowed=False)
    yield Call(role, "s3:ListBucket", lake, secure, allowed=False)
    yield Call(role, "s3:DeleteObjectVersion", f"{lake}/{prefix}/x", secure, allowed=False)
    yield Call(role, "s3:PutBucketPolicy", lake, secure, allowed=False)
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Call(role, action, key, _S3)
    yield Call(role, "kms:ScheduleKeyDeletion", key, allowed=False)


def _catalogue(account: Account, units: Sequence[Unit]) -> Iterator[Call]:
    """What `factory site` reads of the lake, and what `infra.release` writes of it: manifests, and pages; no row."""
    role, lake, pages = "catalogue.CatalogueRole", account.arn("data.Lake"), account.arn("catalogue.Pages")
    secure = {"aws:SecureTransport": "true"}
    for unit in units:
        folder = f"{unit.prefix}/product/dt=20260501T000000Z"
        yield Call(role, "s3:ListBucket", lake, {"s3:prefix": f"{unit.prefix}/product/", **secure})
        yield Call(role, "s3:GetObject", f"{lake}/{folder}/_manifest.json", secure)
        yield Call(role, "s3:GetObject", f"{lake}/{folder}/Product2_all.1f3a.csv", secure, allowed=False)
        yield Call(role, "s3:PutObject", f"{lake}/{folder}/_manifest.json", secure, allowed=False)
    yield Call(role, "kms:Decrypt", account.arn("data.Key"), _S3)
    yield Call(role, "kms:GenerateDataKey", account.arn("data.Key"), _S3, allowed=False)
    yield Call(role, "s3:ListBucket", pages, {"s3:prefix": "", **secure})
    for action in ("s3:PutObject", "s3:DeleteObject"):
        yield Call(role, action, f"{pages}/index.html", secure)
        yield Call(role, action, f"{pages}/index.html", {"aws:SecureTransport": "false"}, allowed=False)
    yield Call(role, "kms:GenerateDataKey", account.arn("catalogue.Key"), _S3)
    repository = f"arn:aws:codecommit:{REGION}:{ACCOUNT}:mwaaproject"
    yield Call(role, "codecommit:GitPull", repository)
    yield Call(role, "codecommit:GitPush", repository, allowed=False)
    for outsider in ("environment.ExecutionRole", _writer_role(units[0]), "project-pipeline.BuildRole"):
        yield Call(outsider, "s3:GetObject", f"{pages}/index.html", secure, allowed=False)


def _notices(account: Account, role: str, unit: str, others: Sequence[str]) -> Iterator[Call]:
    """What `lake_ingest.run.notices` sends as a unit; the topic is encrypted with the key of the lake."""
    topics = f"arn:aws:sns:{REGION}:{ACCOUNT}:MwaaEnvironment-"
    secure = {"aws:SecureTransport": "true"}
    yield Call(role, "sns:Publish", f"{topics}{unit}-notices", secure)
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Call(role, action, account.arn("data.Key"), {"kms:ViaService": f"sns.{REGION}.amazonaws.com"})
    yield Call(
        role, "sns:Publish", f"{topics}{unit}-notices", {"aws:SecureTransport": "false"}, allowed=False
    )
    yield Call(role, "sns:Subscribe", f"{topics}{unit}-notices", secure, allowed=False)
    for other in others:
        yield Call(role, "sns:Publish", f"{topics}{other}-notices", secure, allowed=False)


def _tables(role: str, database: str, others: Sequence[str]) -> Iterator[Call]:
    """What `lake_ingest.lake` does with a unit's tables; Glue asks for the catalogue, the database and the table."""
    catalogue = f"arn:aws:glue:{REGION}:{ACCOUNT}"
    for action in ("glue:CreateTable", "glue:GetTable", "glue:UpdateTable"):
        for resource in ("catalog", f"database/{database}", f"table/{database}/product"):
            yield Call(role, action, f"{catalogue}:{resource}")
        for other in others:
            yield Call(role, action, f"{catalogue}:table/{other}/product", allowed=False)
    yield Call(role, "glue:GetDatabase", f"{catalogue}:database/{database}")
    yield Call(role, "glue:DeleteTable", f"{catalogue}:table/{database}/product", allowed=False)
    yield Call(role, "glue:DeleteDatabase", f"{catalogue}:database/{database}", allowed=False)


def _merges(account: Account, role: str, unit: str, others: Sequence[str]) -> Iterator[Call]:
    """What a run does in its unit's workgroup, and what Athena does in the run's name with what becomes of a statement."""
    workgroup = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/MwaaEnvironment-"
    for action in ("athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution"):
        yield Call(role, action, f"{workgroup}{unit}")
        for other in others:
            yield Call(role, action, f"{workgroup}{other}", allowed=False)
    lake, secure = account.arn("data.Lake"), {"aws:SecureTransport": "true"}
    yield Call(role, "s3:GetBucketLocation", lake, secure)
    for action in ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"):
        yield Call(role, action, f"{lake}/_queries/{unit}/answer.csv", secure)
        for other in others:
            yield Call(role, action, f"{lake}/_queries/{other}/answer.csv", secure, allowed=False)


def _reader(account: Account, unit: Unit, others: Sequence[Unit]) -> Iterator[Call]:
    """What people and programs do who query: `factory query` by Athena, and by DuckDB, which reads the objects itself."""
    role = f"readers.Reader{unit.output_name}Role"
    lake, secure = account.arn("data.Lake"), {"aws:SecureTransport": "true"}
    yield from _reads(account, role, unit)
    for other in others:
        for call in _reads(account, role, other):
            yield replace(call, allowed=False)
    yield Call(role, "s3:ListBucket", lake, {"s3:prefix": "", **secure}, allowed=False)
    yield Call(role, "s3:GetBucketLocation", lake, secure)
    for name in unit.connections:
        yield Call(role, "secretsmanager:GetSecretValue", _secret(f"connections/{name}"), allowed=False)
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Call(role, action, account.arn("data.Key"), _S3)
        yield Call(role, action, account.arn("data.Key"), allowed=False)
    for one in (unit, *others):
        for action in ("s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"):
            yield Call(role, action, f"{lake}/{one.prefix}/product/a.parquet", secure, allowed=False)
        for action in ("glue:CreateTable", "glue:UpdateTable", "glue:DeleteTable"):
            table = f"arn:aws:glue:{REGION}:{ACCOUNT}:table/{one.database}/product"
            yield Call(role, action, table, allowed=False)
        yield Call(role, "sts:AssumeRole", account.role(_writer_role(one)).arn, allowed=False)
    for outsider in ("environment.ExecutionRole", "project-pipeline.DeployRole"):
        yield Call(outsider, "sts:AssumeRole", account.role(role).arn, allowed=False)


def _reads(account: Account, role: str, unit: Unit) -> Iterator[Call]:
    """A query over the tables of a unit, and its publications."""
    lake, secure = account.arn("data.Lake"), {"aws:SecureTransport": "true"}
    glue, workgroup = f"arn:aws:glue:{REGION}:{ACCOUNT}", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup"
    asked = (
        "StartQueryExecution",
        "GetQueryExecution",
        "GetQueryResults",
        "StopQueryExecution",
        "GetWorkGroup",
    )
    for action in asked:
        yield Call(role, f"athena:{action}", f"{workgroup}/MwaaEnvironment-{unit.name}")
    yield Call(role, "glue:GetDatabase", f"{glue}:database/{unit.database}")
    for action in ("glue:GetTable", "glue:GetTables"):
        yield Call(role, action, f"{glue}:table/{unit.database}/product")
    objects = (
        "product/dt=20260101T000000Z/a.parquet",
        "product_table/metadata/a.avro",
        "product_current/data/a",
    )
    for name in objects:
        yield Call(role, "s3:GetObject", f"{lake}/{unit.prefix}/{name}", secure)
    yield Call(role, "s3:ListBucket", lake, {"s3:prefix": f"{unit.prefix}/product/", **secure})
    for action in ("s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"):
        yield Call(role, action, f"{lake}/_queries/{unit.name}/answer.csv", secure)


def _provisioning() -> Iterator[Call]:
    """The stages of the provisioning pipeline become the bootstrap's roles, and can do nothing else."""
    kinds = {
        "Synthesise": {"lookup"},
        "Difference": {"lookup"},
        "Provision": {"lookup", "deploy", "file-publishing"},
    }
    for stage, own in kinds.items():
        for kind in ("lookup", "deploy", "file-publishing", "image-publishing", "cfn-exec"):
            arn = f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-{kind}-role-{ACCOUNT}-{REGION}"
            role = f"provisioning-pipeline.{stage}Role"
            yield Call(role, "sts:AssumeRole", arn, allowed=kind in own)


def _warehouse(account: Account, unit: Unit, others: Sequence[Unit]) -> Iterator[Call]:
    """What `lake_ingest.sources.redshift` does as a unit that reads a warehouse, and what the warehouse does for it."""
    reads, role = reads_redshift(unit), _writer_role(unit)
    redshift = f"{REGION}:{ACCOUNT}"
    cluster = f"arn:aws:redshift:{redshift}:cluster:northwind"
    workgroup = f"arn:aws:redshift-serverless:{redshift}:workgroup/1f0d2c34"
    for action in ("redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"):
        yield Call(role, action, cluster, allowed=reads)
        yield Call(role, action, workgroup, allowed=reads)
    for user, may in (("lake_reader", reads), ("admin", False)):
        resource = f"arn:aws:redshift:{redshift}:dbuser:northwind/{user}"
        yield Call(role, "redshift:GetClusterCredentials", resource, allowed=may)
    yield Call(role, "redshift-serverless:GetCredentials", workgroup, allowed=reads)
    for action in ("CancelStatement", "DescribeStatement", "GetStatementResult"):
        for owner, may in (("AROAOWN:task", reads), ("AROAOTHER:task", False)):
            context = {"redshift-data:statement-owner-iam-userid": owner, "aws:userid": "AROAOWN:task"}
            yield Call(role, f"redshift-data:{action}", "*", context, allowed=may)
    if not reads:
        return
    unload, lake, key = (
        f"data.Warehouse{unit.output_name}Unload",
        account.arn("data.Lake"),
        account.arn("data.Key"),
    )
    secure, written = (
        {"aws:SecureTransport": "true"},
        f"{unit.prefix}/_unload/{unit.name}.x/1/0000_part_00.parquet",
    )
    yield Call(unload, "s3:PutObject", f"{lake}/{written}", secure)
    yield Call(unload, "s3:ListBucket", lake, {"s3:prefix": f"{unit.prefix}/_unload/x", **secure})
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Call(unload, action, key, _S3)
    for elsewhere in (f"{unit.prefix}/x", *(f"{other.prefix}/_unload/x" for other in others)):
        yield Call(unload, "s3:PutObject", f"{lake}/{elsewhere}", secure, allowed=False)
    yield Call(unload, "s3:GetObject", f"{lake}/{written}", secure, allowed=False)


def _proof(account: Account) -> Iterator[Call]:
    """The last stage: what runs, what Airflow says, and the former files."""
    role, secure = "provisioning-pipeline.ProveRole", {"aws:SecureTransport": "true"}
    bucket, key = account.arn("environment.DagsBucket"), account.arn("environment.Key")
    environment = f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment"
    for action in ("airflow:GetEnvironment", "airflow:UpdateEnvironment"):
        yield Call(role, action, f"{environment}/MwaaEnvironment")
        yield Call(role, action, f"{environment}/Another", allowed=False)
    yield Call(role, "airflow:DeleteEnvironment", f"{environment}/MwaaEnvironment", allowed=False)
    execution, passed = account.role("environment.ExecutionRole").arn, "iam:PassedToService"
    yield Call(role, "iam:PassRole", execution, {passed: "airflow.amazonaws.com"})
    yield Call(role, "iam:PassRole", execution, {passed: "ec2.amazonaws.com"}, allowed=False)
    for airflow in ("Viewer", "User", "Op", "Admin"):
        resource = f"arn:aws:airflow:{REGION}:{ACCOUNT}:role/MwaaEnvironment/{airflow}"
        yield Call(role, "airflow:InvokeRestApi", resource, allowed=airflow == "User")
    for prefix in ("plugins.zip", "requirements.txt", "proven.json"):
        yield Call(role, "s3:ListBucketVersions", bucket, {"s3:prefix": prefix, **secure})
    yield Call(role, "s3:ListBucketVersions", bucket, {"s3:prefix": "dags/", **secure}, allowed=False)
    for action in ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"):
        yield Call(role, action, f"{bucket}/proven.json", secure)
        yield Call(role, action, f"{bucket}/plugins.zip", secure, allowed=False)
        yield Call(role, action, f"{bucket}/dags/finance/product.py", secure, allowed=False)
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Call(role, action, key, _S3)


def _copier(account: Account) -> Iterator[Call]:
    """The function that copies plugins.zip, requirements.txt and the canary."""
    role, secure = "environment.ObjectsRole", {"aws:SecureTransport": "true"}
    bucket, key = account.arn("environment.DagsBucket"), account.arn("environment.Key")
    yield Call(
        role, "s3:GetObject", f"arn:aws:s3:::cdk-hnb659fds-assets-{ACCOUNT}-{REGION}/{'0' * 64}.zip", secure
    )
    for name in ("plugins.zip", "requirements.txt", "dags/platform_canary.py"):
        yield Call(role, "s3:PutObject", f"{bucket}/{name}", secure)
    yield Call(role, "s3:PutObject", f"{bucket}/dags/finance/product.py", secure, allowed=False)
    yield Call(role, "s3:DeleteObject", f"{bucket}/plugins.zip", secure, allowed=False)
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        yield Call(role, action, key)
