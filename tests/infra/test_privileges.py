"""The reviewed list: who may do what, and every wildcard. A privilege that is not in it fails here."""

import re
from pathlib import Path

from infra.analysis.privileges import privileges, resource_policies, trusts
from infra.analysis.template import Assembly
from tests.infra.sets import ACCOUNT, OTHER_ACCOUNT, REGION

GOLDEN = Path(__file__).parent / "golden"


def test_what_each_role_may_do(defaults, golden):
    golden(
        GOLDEN / "privileges.txt",
        "".join(f"{privilege}\n" for privilege in privileges(defaults)),
    )


BEYOND = ("dev", "prod", "secrets-manager", "identity-center", "github", "gitlab", "large")


def test_what_each_role_may_do_beyond_the_defaults(assemblies, defaults, golden):
    """Privileges that other parameters add are reviewed as well; most sets add none."""
    standing = _placeless(defaults)
    for name in sorted(set(assemblies) - {"defaults", "repository", "shared", "hundred", "management"}):
        added = "".join(f"{line}\n" for line in sorted(_placeless(assemblies[name]) - standing))
        if name in BEYOND:
            golden(GOLDEN / f"privileges-{name}.txt", added)
        else:
            assert added == "", name


def _placeless(assembly: Assembly) -> set[str]:
    """The privileges without the account, the region and the environment's name, which are in most lines."""
    names = {
        ACCOUNT: "<AccountId>",
        REGION: "<Region>",
        "${AWS::AccountId}": "<AccountId>",
        "${AWS::Region}": "<Region>",
        OTHER_ACCOUNT: "<AccountId>",
        "LakeDev-": "MwaaEnvironment-",
        "/LakeDev": "/MwaaEnvironment",
        "Lake-": "MwaaEnvironment-",
        "/Lake": "/MwaaEnvironment",
    }
    lines = "\n".join(str(privilege) for privilege in privileges(assembly))
    for name, word in names.items():
        lines = lines.replace(name, word)
    return set(lines.splitlines())


def test_who_may_become_whom(defaults, golden):
    golden(GOLDEN / "trusts.txt", "".join(f"{line}\n" for line in trusts(defaults)))


def test_what_resources_themselves_allow(defaults, golden):
    golden(
        GOLDEN / "resource-policies.txt",
        "".join(f"{line}\n" for line in resource_policies(defaults)),
    )


def test_the_budget_of_wildcards(defaults):
    """Each was argued for where it is granted; one more is argued for here first."""
    wild = {
        (p.principal.split("/")[1].rstrip("0123456789ABCDEF"), p.resource)
        for p in privileges(defaults)
        if p.wild
    }
    artifacts = "<PipelineArtifactsEB21E7E8.Arn>/*"
    staged = "arn:<Partition>:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    dags = "<DagsBucket4A8F3CC8.Arn>/dags/*"
    secret = "arn:<Partition>:secretsmanager:<Region>:<AccountId>:secret:airflow/connections/"
    roles = (
        "BuildRole",
        "DeployRole",
        "DifferenceRole",
        "PipelineRole",
        "ProveRole",
        "ProvisionRole",
        "SynthesiseRole",
        "ValidateRole",
        "VerifyRole",
    )
    assert wild == {
        *((role, artifacts) for role in roles),
        *(
            (
                f"{stage.title()}Role",
                f"<PipelineArtifactsEB21E7E8.Arn>/cache/MwaaEnvironment-{pipeline}-pipeline-{stage}/*",
            )
            for pipeline, stages in (
                ("project", ("validate", "build")),
                ("provisioning", ("synthesise", "difference", "provision")),
            )
            for stage in stages
        ),
        *((role, dags) for role in ("DeployRole", "ValidateRole", "VerifyRole")),
        *(("ObjectsRole", f"{staged}/*.{kind}") for kind in ("py", "txt", "zip")),
        ("ExecutionRole", "*"),
        ("ExecutionRole", "<DagsBucket4A8F3CC8.Arn>/*"),
        ("ExecutionRole", "arn:<Partition>:logs:<Region>:<AccountId>:log-group:airflow-MwaaEnvironment-*"),
        ("ExecutionRole", "arn:<Partition>:sqs:<Region>:*:airflow-celery-*"),
        *(
            (role, f"arn:<Partition>:glue:<Region>:<AccountId>:table/{unit}/*")
            for unit in ("finance", "sales")
            for role in (f"Writer{unit}", f"Reader{unit}Role")
        ),
        *(
            ("CatalogueRole", f"{bucket}/*/_manifest.json")
            for bucket in (
                "<Lake5F1B88EA.Arn>",
                "arn:<Partition>:s3:::sales-archive",
                "arn:<Partition>:s3:::sales-own-bucket",
            )
        ),
        *((reader, "<Pages127DFD1A.Arn>/*") for reader in ("CatalogueRole", "Reader")),
        *(
            (role, f"<Lake5F1B88EA.Arn>/_queries/{unit}/*")
            for unit in ("finance", "sales")
            for role in (f"Writer{unit}", f"Reader{unit}Role")
        ),
        *((role, "<Lake5F1B88EA.Arn>/finance/*") for role in ("Writerfinance", "ReaderfinanceRole")),
        *(
            ("Writerfinance", f"{secret}{name}-??????")
            for name in ("aws_finance", "protect_finance", "salesforce_default", "salesforce_oauth")
        ),
        *(
            (role, f"arn:<Partition>:s3:::{bucket}/crm/sales/*")
            for role in ("Writersales", "ReadersalesRole")
            for bucket in ("sales-own-bucket", "sales-archive")
        ),
        *(("Writersales", f"{secret}{name}-??????") for name in ("aws_sales", "salesforce_default")),
    }


def test_patterns_of_actions_in_resources_own_policies(assemblies):
    """Three are the CDK's: a key is its account's, TLS is asked of every action, and a bucket is emptied by its stack."""
    emptier = "s3:PutBucketPolicy or s3:GetBucket* or s3:List* or s3:DeleteObject*"
    patterns = {
        (effect, what)
        for assembly in assemblies.values()
        for line in resource_policies(assembly)
        for effect, what in [_effect_and_actions(line)]
        if "*" in what
    }
    assert patterns == {("Allow", "kms:*"), ("Deny", "s3:*"), ("Allow", emptier)}


def _effect_and_actions(line: str) -> tuple[str, str]:
    """Of a line of `resource_policies`: what it begins with, and the actions between the principal and the resource."""
    _, _, rest = line.partition(": ")
    effect, _, rest = rest.partition(" ")
    [actions] = re.findall(r"((?:[a-z0-9]+:[A-Za-z*]+(?: or )?)+) on ", rest)
    return effect, actions


_OWN_STATEMENTS = {f"redshift-data:{what}Statement" for what in ("Cancel", "Describe")} | {
    "redshift-data:GetStatementResult"
}


def test_only_these_actions_are_allowed_on_everything(assemblies):
    """A statement of Redshift has no ARN; a condition, which `test_data` holds, leaves those of the role itself."""
    for assembly in assemblies.values():
        everything = {
            privilege.action for privilege in privileges(assembly) if privilege.resource == "*"
        } - _OWN_STATEMENTS
        assert ("environment" not in assembly.templates and not everything) or everything == {
            "cloudwatch:PutMetricData",
            "logs:DescribeLogGroups",
            "s3:GetAccountPublicAccessBlock",
        }


def test_no_action_is_a_pattern(assemblies):
    for assembly in assemblies.values():
        assert not [privilege for privilege in privileges(assembly) if "*" in privilege.action]
