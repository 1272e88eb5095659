"""cdk-nag, the CDK's own checks and cfn-lint have nothing to say; every acknowledgement says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.sets import SETS

ROOT = Path(__file__).parents[2]


def test_no_check_found_anything(synthesised):
    reports = sorted(synthesised.glob("*/validation-report.json"))
    # And the defaults again, careless units, a hundred units, our own units, access alone, two environments.
    assert len(reports) == len(SETS) + 7
    for report in reports:
        for plugin in json.loads(report.read_text(encoding="utf-8"))["pluginReports"]:
            assert plugin["conclusion"] == "success", f"{report.parent.name}: {plugin}"


def acknowledgements(folder: Path) -> dict[str, str]:
    """Rule to reason, of every construct's metadata."""
    found: dict[str, str] = {}
    for path in folder.glob("*.metadata.json"):
        for entries in json.loads(path.read_text(encoding="utf-8")).values():
            for entry in entries:
                if entry["type"] == "aws:cdk:acknowledged-rules":
                    found |= entry["data"]
    return found


@pytest.mark.parametrize("name", [parameters.name for parameters in SETS])
def test_each_acknowledgement_is_of_one_wildcard_or_a_log_bucket_and_has_its_reason(synthesised, name):
    found = acknowledgements(synthesised / name)
    found = {
        rule: reason for rule, reason in found.items() if "AwsSolutions" in rule
    }  # the CDK has some of its own
    assert found
    for rule, reason in found.items():
        assert "AwsSolutions-IAM5[Resource::" in rule or rule.endswith("AwsSolutions-S1"), rule
        assert len(reason.split()) >= 4, f"{rule}: {reason}"


PLANTED = """
import sys; sys.path.insert(0, sys.argv[1])
from aws_cdk import App, Stack, aws_s3
from infra.analysis.plugin import AnalysisError, synthesise
app = App(outdir=sys.argv[2])
aws_s3.CfnBucket(Stack(app, "planted"), "Open")
try:
    synthesise(app)
except AnalysisError as error:
    print(error)
    sys.exit(7)
"""


def test_a_finding_stops_synthesis(tmp_path, node):
    done = subprocess.run(
        [sys.executable, "-c", PLANTED, ROOT, tmp_path / "out"],
        env={**os.environ, "JSII_NODE": str(node)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    report = (tmp_path / "out" / "validation-report.json").read_text()
    assert "AwsSolutions-S10" in report


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ({"environmentClass": "mw1.tiny"}, "parameter environmentClass: got 'mw1.tiny'; valid: mw1.micro,"),
        ({"envname": "x"}, "parameter envname: there is none of this name; did you mean envName?"),
        (
            {"envName": "Lake"},
            "parameter envName: got 'Lake'; valid: 'MwaaEnvironment', the environment that",
        ),
    ],
)
def test_a_wrong_parameter_stops_the_app_with_one_sentence(tmp_path, node, context, sentence):
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env={
            **os.environ,
            "JSII_NODE": str(node),
            "PIPELINE_ENV_NAME": "MwaaEnvironment",
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if line and not line.startswith("b'!!")]
    assert line.startswith(sentence)
