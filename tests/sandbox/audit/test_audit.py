"""What `make audit` refuses: rights that nobody uses, calls that nobody simulated, findings without a reason. Its tools run there."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.business_unit import Unit, read_units
from sandbox.audit.account import Account
from sandbox.audit.calls import Call, calls
from sandbox.audit.findings import ACCEPTED, ScannerError, findings
from sandbox.audit.observed_calls import evaluable, of_rehearsals, of_runs
from sandbox.audit.unused import unknown_calls, unused_rights
from sandbox.observed import Observed


@pytest.fixture(scope="module")
def account(assemblies) -> Account:
    return Account(assemblies["repository"])


@pytest.fixture(scope="module")
def asked(account: Account, synthesised: Path) -> Sequence[Call]:
    units: Sequence[Unit] = read_units(synthesised / "units.json")
    return list(calls(account, units))


def test_every_right_is_used_by_a_call_or_by_aws(account, asked):
    assert unused_rights(account, asked) == []


def test_a_right_that_nobody_uses_is_named(account, asked):
    fewer = [
        call for call in asked if not (".VerifyRole" in call.role and call.action.startswith("airflow:"))
    ]
    [sentence] = unused_rights(account, fewer)
    assert "project-pipeline.VerifyRole" in sentence
    assert "may airflow:InvokeRestApi, which no call uses" in sentence


def test_a_call_that_nobody_simulated_is_named(account, asked):
    deploy, bucket = account.full("project-pipeline.DeployRole"), account.arn("environment.DagsBucket")
    seen = [
        Observed(deploy, "s3:PutObject", f"{bucket}/dags/finance/x", None),
        Observed(deploy, "s3:PutBucketPolicy", bucket, None),
        Observed(deploy, "sts:GetCallerIdentity", "*", None),
        Observed("cdk-hnb659fds-lookup", "ec2:DescribeVpcs", "*", None),
    ]
    [sentence] = unknown_calls(account, asked, of_rehearsals(account, seen))
    assert "was seen to call s3:PutBucketPolicy" in sentence


def test_what_a_run_asks_is_asked_of_the_unit_s_own_role(account, synthesised):
    """The sandbox has other names for the lake, the worker and the writers; conditions need the prefix of a list."""
    units = read_units(synthesised / "units.json")
    lake, writer = account.arn("data.Lake"), account.full("data.Writerfinance")
    seen = [
        Observed(
            "airflow-worker", "sts:AssumeRole", "arn:aws:iam::123456789012:role/aws_finance_writer", None
        ),
        Observed("aws_finance_writer", "s3:ListBucket", "arn:aws:s3:::northwind-lake", "finance/product/"),
        Observed("aws_finance_writer", "s3:PutObject", "arn:aws:s3:::northwind-lake/finance/product/x", None),
        Observed("aws_finance_writer", "s3:DeleteObject", "arn:aws:s3:::northwind-lake", None),
        Observed("dynamodb_grid_reader", "dynamodb:Scan", "*", None),
    ]
    secure = {"aws:SecureTransport": "true"}
    *told, many = of_runs(account, units, seen)
    assert told == [
        Call(account.full("environment.ExecutionRole"), "sts:AssumeRole", account.role(writer).arn),
        Call(writer, "s3:ListBucket", lake, {"s3:prefix": "finance/product/", **secure}),
        Call(writer, "s3:PutObject", f"{lake}/finance/product/x", secure),
    ]
    assert all(map(evaluable, told))
    assert not evaluable(many)


def test_a_policy_that_is_imported_names_the_other_stack_s_key(account):
    role = json.dumps(account.role("project-pipeline.DeployRole").policies)
    assert account.arn("environment.Key") in role
    assert account.arn("environment.DagsBucket") in role


def checkov(folder: Path, *failed: tuple[str, str], passed: int = 5) -> Path:
    """A program that reports what checkov would."""
    checks = [
        {"check_id": c, "check_name": "n", "file_path": "/data.template.json", "resource": r}
        for c, r in failed
    ]
    summary = {"passed": passed, "failed": len(failed), "parsing_errors": 0}
    report = {"summary": summary, "results": {"failed_checks": checks}}
    program = folder / "checkov"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(report)}\nEND\n")
    program.chmod(0o755)
    return program


def test_findings_need_a_reason_and_reasons_a_finding(tmp_path):
    program = checkov(
        tmp_path, ("CKV_AWS_18", "AWS::S3::Bucket.LakeAccessLogs1"), ("CKV_AWS_21", "AWS::S3::Bucket.Lake")
    )
    found = findings(program, tmp_path)
    assert found[0] == "data/AWS::S3::Bucket.Lake: CKV_AWS_21 n"
    assert len(found) == 1 + len(ACCEPTED) - 1
    assert all(sentence.startswith("nothing needs the acceptance of") for sentence in found[1:])


def test_a_scan_that_saw_nothing_is_no_scan(tmp_path):
    with pytest.raises(ScannerError, match="looked at 0 things"):
        findings(checkov(tmp_path, passed=0), tmp_path)
    with pytest.raises(ScannerError, match="gave no report"):
        findings(Path("/bin/false"), tmp_path)
