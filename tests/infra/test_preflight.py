"""`make preflight` against an account of moto, and small servers for the services that moto has not."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

from infra.business_unit import read_units
from infra.preflight import account_questions
from infra.preflight.__main__ import main
from sandbox.aws_server import serving_aws
from tests.infra.sets import ACCOUNT, CONNECTION, INSTANCE, REGION, TWO

ROOT = Path(__file__).parents[2]
PLATFORM = Path(__file__).parent / "platform"
QUOTAS = {
    "airflow": {"Environments per account per Region": 10},
    "vpc": {"VPCs per Region": 5},
    "ec2": {"EC2-VPC Elastic IPs": 5},
    "s3": {"General purpose buckets": 100},
    "codebuild": {
        "Concurrently running builds for Linux/Small environment": 1,
        "Concurrently running builds for Linux/Medium environment": 1,
    },
}


@dataclass
class Played:
    """What the services that moto has not know."""

    environments: list[str] = field(default_factory=list)
    repositories: list[str] = field(default_factory=lambda: ["somebody-s"])
    connection: str = "AVAILABLE"
    organisation: bool = True  # whether Identity Center's instance is the organisation's
    quotas: dict[str, dict[str, float]] = field(
        default_factory=lambda: {service: dict(named) for service, named in QUOTAS.items()}
    )
    refused: set[str] = field(default_factory=set)

    def answer(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if operation in self.refused:
            return 400, {"__type": "AccessDeniedException", "message": f"not authorized to {operation}"}
        if operation == "ListServiceQuotas":
            named = self.quotas.get(asked["ServiceCode"], {})
            return 200, {"Quotas": [{"QuotaName": name, "Value": value} for name, value in named.items()]}
        if operation == "ListRepositories":
            return 200, {"repositories": [{"repositoryName": name} for name in self.repositories]}
        if operation == "GetRepository":
            if asked["repositoryName"] in self.repositories:
                return 200, {"repositoryMetadata": {"repositoryName": asked["repositoryName"]}}
            return 400, {"__type": "RepositoryDoesNotExistException", "message": "no"}
        if operation == "ListInstances":
            return 200, {"Instances": [{"InstanceArn": INSTANCE}]}
        if operation == "ListPermissionSets":
            if self.organisation:
                return 200, {"PermissionSets": []}
            return 400, {"__type": "ValidationException", "message": "not supported for this instance"}
        if operation == "GetConnection":
            return 200, {"Connection": {"ConnectionStatus": self.connection}}
        return 200, {"Environments": self.environments}


@pytest.fixture
def played() -> Iterator[tuple[Played, str]]:
    services = Played()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("ListEnvironments", {})

        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            self._answer(operation, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, operation: str, asked: dict[str, Any]) -> None:
            status, body = services.answer(operation, asked)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield services, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def moto_address() -> Iterator[str]:
    with serving_aws() as address:
        yield address


@pytest.fixture
def account(
    played: tuple[Played, str], moto_address: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Any]:
    """Clients of an account that has been bootstrapped, and holds nothing else."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": moto_address,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        **{
            f"AWS_ENDPOINT_URL_{service}": played[1]
            for service in ("MWAA", "CODECOMMIT", "CODECONNECTIONS", "SERVICE_QUOTAS", "SSO_ADMIN")
        },
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.delenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", raising=False)
    requests.post(f"{moto_address}/moto-api/reset", timeout=10)
    boto3.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="28", Type="String")
    boto3.client("iam").create_service_linked_role(AWSServiceName="airflow.amazonaws.com")
    role = boto3.client("iam").create_role
    role(RoleName="AWSServiceRoleForAmazonMWAA", AssumeRolePolicyDocument="{}")
    return boto3.client


@pytest.fixture
def preflight(
    account: Callable[[str], Any],
    units_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    monkeypatch.setattr("infra.preflight.__main__.compile_units", lambda *_: units_file)

    def run(**parameters: object) -> tuple[int, list[str]]:
        path = tmp_path / "cdk.json"
        path.write_text(json.dumps({"app": "x", "context": parameters}))
        status = main(["--parameters", str(path)])
        done = capsys.readouterr()
        return status, [line for line in (done.out + done.err).splitlines() if not line.startswith("ok ")]

    return run


def test_an_account_that_lacks_nothing(preflight):
    status, lines = preflight()
    assert lines == [
        f"account {ACCOUNT} in {REGION}, environment MwaaEnvironment",
        "17 asked, 0 missing, 0 unknown",
    ]
    assert status == 0


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_units_are_those_of_the_environment(preflight, units_file, monkeypatch, environment):
    asked = []

    def compiled(_root: Path, _out: Path, environment: str | None) -> Path:
        asked.append(environment)
        return units_file

    monkeypatch.setattr("infra.preflight.__main__.compile_units", compiled)
    preflight(**TWO, environment=environment)
    assert asked == [environment]


def expect(preflight: Callable[..., Any], line: str, **parameters: object) -> None:
    status, lines = preflight(**parameters)
    assert line in "\n".join(lines)
    assert status == (1 if line.startswith("MISSING") else 0)
    assert len(lines) == 3, lines


def test_a_parameter_without_a_value_ends_in_one_sentence(capsys):
    assert main(["-c", "maxWorkers"]) == 1
    assert capsys.readouterr().err == "parameter maxWorkers: got no value; write -c maxWorkers=value\n"


def test_no_bootstrap(account, preflight):
    account("ssm").delete_parameter(Name="/cdk-bootstrap/hnb659fds/version")
    expect(preflight, "MISSING  the CDK's bootstrap stack: run `make bootstrap`")


def test_an_old_bootstrap(account, preflight):
    account("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="5", Type="String", Overwrite=True
    )
    expect(preflight, "MISSING  the CDK's bootstrap stack: version 5 is too old; run `make bootstrap`")


@pytest.mark.parametrize(
    "role", ["MwaaEnvironment-execution", "MwaaEnvironment-deploy", "MwaaEnvironment-finance-writer"]
)
def test_a_role_that_a_former_environment_left(account, preflight, role):
    account("iam").create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    expect(preflight, f"MISSING  the names of the roles are free: role {role} is there and no stack")


def test_a_repository_that_a_former_environment_left(played, preflight):
    played[0].repositories.append("mwaaproject")
    expect(
        preflight, "MISSING  CodeCommit takes the repositories: repository mwaaproject is there and no stack"
    )


def test_codecommit_may_be_closed_to_the_account(played, preflight):
    played[0].repositories.clear()
    expect(
        preflight,
        "unknown  CodeCommit takes the repositories: this account has no repository, and AWS has refused",
    )


def test_no_service_linked_role(account, preflight):
    account("iam").delete_role(RoleName="AWSServiceRoleForAmazonMWAA")
    expect(
        preflight,
        "unknown  MWAA's service-linked role: it is made with the first environment, unless a policy",
    )


@pytest.mark.parametrize(
    ("service", "name", "value", "line"),
    [
        ("vpc", "VPCs per Region", 1, "MISSING  room for the VPC and its NAT gateway: 1 VPCs of 1;"),
        (
            "ec2",
            "EC2-VPC Elastic IPs",
            0,
            "MISSING  room for the VPC and its NAT gateway: 0 Elastic IPs of 0,",
        ),
        (
            "s3",
            "General purpose buckets",
            7,
            "MISSING  room for the buckets: 0 buckets of 7, and 10 are made",
        ),
        (
            "codebuild",
            "Concurrently running builds for Linux/Medium environment",
            0,
            "MISSING  builds may run: no build for Linux/Medium may run;",
        ),
        (
            "airflow",
            "Environments per account per Region",
            0,
            "MISSING  MWAA is in this Region and has room: 0",
        ),
    ],
)
def test_a_quota_that_is_used_up(played, preflight, service, name, value, line):
    played[0].quotas[service][name] = value
    expect(preflight, line)


def test_an_environment_that_is_updated_needs_no_further_room(played, preflight):
    played[0].quotas["airflow"]["Environments per account per Region"] = 1
    played[0].environments.append("MwaaEnvironment")
    assert preflight()[0] == 0


def test_a_question_that_may_not_be_asked_is_not_an_answer(played, preflight):
    played[0].refused.add("ListRepositories")
    expect(
        preflight,
        "unknown  CodeCommit takes the repositories: your credentials could not ask: An error occurred",
    )


GITHUB = {
    "sourceProvider": CONNECTION,
    "projectRepository": "acme/specs",
    "provisioningRepository": "acme/platform",
}


def test_a_connection_that_nobody_accepted(played, preflight):
    played[0].connection = "PENDING"
    expect(preflight, "MISSING  the connection is accepted: the connection is PENDING; accept it", **GITHUB)


def test_a_secret_that_is_not_there(preflight):
    expect(
        preflight,
        "MISSING  the secret of pull requests: there is no secret lake/review",
        **GITHUB,
        reviewTokenSecret="lake/review",
    )


def test_a_key_that_is_not_there(preflight):
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
    expect(preflight, f"MISSING  the key can be used: there is no key {arn}", kmsKeyArn=arn)


def test_a_key_that_log_groups_cannot_use(account, preflight):
    key = account("kms").create_key()["KeyMetadata"]["Arn"]
    expect(
        preflight,
        "MISSING  the key can be used: the key's policy does not name logs.eu-west-1",
        kmsKeyArn=key,
    )


def test_a_key_of_another_region(preflight):
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
    _, lines = preflight(kmsKeyArn=arn)
    assert any(line.startswith("MISSING  what the parameters name lies in this account") for line in lines)


def vpc(account: Callable[[str], Any], *, dns: bool) -> str:
    ec2 = account("ec2")
    made: str = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": dns})
    return made


def test_a_network_without_names(account, preflight):
    made = vpc(account, dns=False)
    expect(
        preflight,
        f"MISSING  the network has what MWAA needs: enableDnsHostnames of {made} is off",
        vpcId=made,
    )


def test_a_closed_network_without_endpoints(account, preflight):
    made = vpc(account, dns=True)
    ec2 = account("ec2")
    for service in ("s3", "sqs", "airflow.env"):
        ec2.create_vpc_endpoint(VpcId=made, ServiceName=f"com.amazonaws.{REGION}.{service}")
    status, lines = preflight(vpcId=made, egress="ENDPOINTS")
    assert status == 1
    assert (
        f"MISSING  the network has what MWAA needs: {made} has no endpoint for airflow.api, athena, ecr.api, ecr.dkr, glue, kms, "
        "logs, monitoring, secretsmanager, sns, sts"
    ) in lines


def test_identity_center_of_another_account(preflight):
    _, lines = preflight(identityCenterInstanceArn=INSTANCE.replace("123456789", "987654321"))
    assert any("give identityCenterAccount and environmentAt" in line for line in lines)


@pytest.mark.parametrize("organisation", [True, False])
def test_an_instance_of_an_account_alone_has_no_permission_sets(played, preflight, organisation):
    played[0].organisation = organisation
    _, lines = preflight(identityCenterInstanceArn=INSTANCE)
    told = "\n".join(lines)
    assert ("MISSING  Identity Center is managed from here" in told) != organisation
    assert (f"{INSTANCE} takes no permission sets, as an account instance does not" in told) != organisation


def test_a_stuck_stack(account, preflight, monkeypatch):
    """Moto rolls nothing back; what the question makes of a status is held against CloudFormation's own words."""
    monkeypatch.setattr(
        "infra.preflight.target.Target.stack_status",
        lambda _self, part: "ROLLBACK_COMPLETE" if part == "data" else None,
    )
    expect(
        preflight,
        "MISSING  no stack of a former deployment is stuck: stack MwaaEnvironment-data is ROLLBACK_COMPLETE; delete it",
    )


def test_a_wrong_parameter_and_no_credentials_end_in_one_sentence(preflight, account, monkeypatch, capsys):
    status, lines = preflight(maxWorkers="many")
    assert (status, len(lines)) == (1, 1)
    assert lines[0].startswith("parameter maxWorkers: got 'many'; valid:")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    status, lines = preflight()
    assert (status, len(lines)) == (1, 1)
    assert lines[0].startswith(
        "AWS does not know you here: Unable to locate credentials; set credentials and AWS_REGION"
    )


def test_what_is_asked_for_is_what_the_templates_make(defaults):
    units = len(read_units(PLATFORM / "units.json"))
    assert len(list(defaults.resources("AWS::S3::Bucket"))) == account_questions.BUCKETS
    assert len(list(defaults.resources("AWS::IAM::Role"))) == account_questions.ROLES + 2 * units
    assert len(defaults.templates) == account_questions.STACKS
