"""What the Synthesise stage runs over a deployment's own templates."""

import copy
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.infra.sets import REGION

ROOT = Path(__file__).parents[2]
BUILD_SPECS = ROOT / "infra" / "buildspecs"


def main(arguments: list[str]) -> int:
    """`python -m infra.analysis`, in this process; cfn-lint is loaded by the worker that runs these tests, and by no other."""
    from infra.analysis import __main__ as command  # noqa: PLC0415

    return command.main(arguments)


def test_a_deployment_passes_and_each_check_is_a_line_of_the_report(synthesised, tmp_path, capsys):
    report = tmp_path / "reports" / "checks.xml"
    assembly = str(synthesised / "defaults")
    assert main(["--assembly", assembly, "--region", REGION, "--junit", str(report)]) == 0
    names = [case.get("name") for case in ElementTree.parse(report).iter("testcase")]
    assert "no open assume role" in names
    assert "cfn-lint environment.template.json" in names
    assert f"{len(names)} checks, 0 found something" in capsys.readouterr().out


@pytest.fixture
def held_once(monkeypatch):
    from tests.infra.held_once import HeldOnce  # noqa: PLC0415  # cfn-lint's

    monkeypatch.setattr("cfnlint.jsonschema._keywords.patternProperties", holding := HeldOnce())
    return holding


def test_cfn_lint_finds_nothing_in_any_set(synthesised, held_once):
    """The sources of the templates, and of the check, are those of the last run that passed, if the folder says so."""
    passed = synthesised / "cfn-lint.passed"
    if passed.exists():
        return
    from infra.analysis.__main__ import schema_checks  # noqa: PLC0415

    different = {path.read_bytes(): path for path in sorted(synthesised.glob("*/*.template.json"))}
    seen = {
        path.read_bytes() for path in (synthesised / "defaults").glob("*.template.json")
    }  # by the test before
    checks = list(schema_checks([path for text, path in different.items() if text not in seen], REGION))
    assert [(check.name, check.findings) for check in checks if check.findings] == []
    assert held_once.again > len(held_once.held)
    passed.touch()


def test_a_resource_is_held_again_where_it_or_what_it_refers_to_is_another(held_once, tmp_path):
    from infra.analysis.__main__ import schema_checks  # noqa: PLC0415

    template = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Resources": {
            "Unit": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Stage"}}},
            "Letters": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"Protocol": "email", "TopicArn": {"Ref": "Unit"}, "Endpoint": "a@example.com"},
            },
        },
    }
    paths = []

    def variant(*places):
        """The template once more, with other values at some places."""
        changed = copy.deepcopy(template)
        for *path, last, value in places:
            inner = changed
            for key in path:
                inner = inner[key]
            inner[last] = value
        paths.append(tmp_path / f"{len(paths)}.template.json")
        paths[-1].write_text(json.dumps(changed))

    variant()
    variant()
    variant(("Resources", "Letters", "Properties", "Colour", "red"))
    variant(
        ("Resources", "Unit", "Type", "AWS::S3::Bucket"),
        ("Resources", "Unit", "Properties", {"BucketName": {"Ref": "Stage"}}),
    )
    variant(("Parameters", "Stage", "Type", "List<String>"))
    found = [check.findings for check in schema_checks(paths, REGION)]
    assert [len(findings) for findings in found] == [0, 0, 1, 1, 1], found
    assert held_once.again == 3  # both of the second template, the topic of the third


def test_what_is_found_is_named_in_the_log_and_in_the_report(synthesised, tmp_path, capsys):
    spoilt = tmp_path / "project-pipeline.template.json"
    template = json.loads((synthesised / "defaults" / spoilt.name).read_text())
    project = next(r for r in template["Resources"].values() if r["Type"] == "AWS::CodeBuild::Project")
    project["Properties"]["Environment"]["PrivilegedMode"] = True
    project["Properties"]["TimeoutInMinutes"] = "long"
    spoilt.write_text(json.dumps(template))
    report = tmp_path / "checks.xml"
    assert main(["--assembly", str(tmp_path), "--region", REGION, "--junit", str(report)]) == 1
    told = capsys.readouterr().err
    assert "no privileged builds: project-pipeline/" in told
    assert "cfn-lint project-pipeline.template.json: line" in told
    failed = [
        case.get("name")
        for case in ElementTree.parse(report).iter("testcase")
        if case.find("failure") is not None
    ]
    assert failed == ["no privileged builds", "cfn-lint project-pipeline.template.json"]


def test_a_folder_without_templates_is_refused(tmp_path, capsys):
    assert main(["--assembly", str(tmp_path), "--region", REGION]) == 1
    assert "there is no template in it; run `make synth` first" in capsys.readouterr().err


def test_the_pipeline_runs_none_of_the_product_s_tests():
    """They are about the product; a deployment with other parameters would fail them, and no fault of its own."""
    assert "pytest" not in (BUILD_SPECS / "synthesise.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["tests", "sandbox", "infra"])
def test_nothing_but_the_command_line_of_the_cdk_reads_the_parameters_of_a_checkout(folder):
    readers = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts and "infra/cdk.json" in path.read_text(encoding="utf-8")
    ]
    # The second names it in a sentence, the first and the third ask the account about a deployment, the fourth writes one into a
    # checkout of its own, the last is this test.
    allowed = {
        "infra/airflow_roles/__main__.py",
        "infra/app.py",
        "infra/preflight/__main__.py",
        "sandbox/rehearsal/changed_parameters.py",
        "tests/infra/test_deployment_checks.py",
    }
    assert set(readers) <= allowed
