"""What every change must leave true of the repository as a whole."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[1]
LOCKS = {
    name: REPOSITORY / "requirements" / f"{name}.lock"
    for name in ("runtime-3.3.1", "runtime-3.0.6", "dev", "dev-3.0.6")
}
RUNTIMES = ("3.3.1", "3.0.6")
TOP_LEVEL = {
    ".ci", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "benchmarks",
    "buildspec.yml", "configs", "docs", "factory", "infra", "plugins", "pyproject.toml", "requirements", "sandbox", "tests",
}  # fmt: skip
OPTIONAL_TOP_LEVEL = {"SECURITY.md", ".pre-commit-hooks.yaml", ".vscode", ".sqlfluff", "cdk.json"}
PROVIDED_BY_RUNTIME = {
    "airflow": "apache-airflow",
    "botocore": "boto3",
    "dagfactory": "dag-factory",
    "mypy_boto3_glue": None,
    "mypy_boto3_sns": None,
    "mypy_boto3_s3": None,  # types only
    "openlineage": None,  # comes with the provider that asks for lineage; nothing else loads the module
    "simple_salesforce": "simple-salesforce",
}
OWN = {"lake_ingest", "operators"}


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return [
        REPOSITORY / name for name in listing.stdout.split("\0") if name and (REPOSITORY / name).is_file()
    ]


def pins(lock: Path, python: str | None = None) -> dict[str, set[str]]:
    """Name → the `==` versions a lock pins, one for each marker, or those for one version of Python."""
    found: dict[str, set[str]] = {}
    for line in lock.read_text().splitlines():
        if line[:1].isalnum():
            requirement = Requirement(line.removesuffix("\\").strip())
            if (
                python
                and requirement.marker
                and not requirement.marker.evaluate({"python_full_version": python})
            ):
                continue
            found.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier))
    return found


def test_the_top_level_is_as_designed():
    names = {path.relative_to(REPOSITORY).parts[0] for path in tracked()}
    assert TOP_LEVEL - names == set()
    assert names - TOP_LEVEL - OPTIONAL_TOP_LEVEL == set()


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_exact_and_hashed(name):
    text = LOCKS[name].read_text()
    requirements = re.split(r"\n(?=[A-Za-z0-9])", "\n" + text.split("\n\n")[-1])[1:]
    assert len(requirements) > 50
    assert [r.split()[0] for r in requirements if not re.match(r"[\w.\[\],-]+==\S+", r)] == []
    assert [r.split()[0] for r in requirements if "--hash=sha256:" not in r] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host(name):
    assert re.findall(r"^.*(?:://|index-url|find-links).*$", LOCKS[name].read_text(), re.MULTILINE) == []


@pytest.mark.parametrize(("version", "lock"), [("3.3.1", "dev"), ("3.0.6", "dev-3.0.6")])
def test_development_runs_what_airflow_runs(version, lock):
    dev = pins(LOCKS[lock])
    differing = {
        name: (pin, dev.get(name))
        for name, pin in pins(LOCKS[f"runtime-{version}"]).items()
        if dev.get(name) != pin
    }
    assert differing == {}


@pytest.mark.parametrize("version", RUNTIMES)
def test_a_runtime_lock_obeys_mwaa_s_constraints(version):
    constraints = pins(REPOSITORY / "requirements" / f"constraints-{version}-py3.12.txt")
    runtime = pins(LOCKS[f"runtime-{version}"], "3.12.1")
    assert {name: pin for name, pin in runtime.items() if not pin <= constraints.get(name, pin)} == {}


@pytest.mark.parametrize("version", RUNTIMES)
def test_every_import_of_the_plugins_is_in_a_runtime_lock(version):
    locked = pins(LOCKS[f"runtime-{version}"])
    missing = set()
    for path in (REPOSITORY / "plugins").rglob("*.py"):
        for module in imported(path) - OWN - sys.stdlib_module_names:
            package = PROVIDED_BY_RUNTIME.get(module, module)
            if package is not None and canonicalize_name(package) not in locked:
                missing.add((path.name, module))
    assert missing == set()


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    return {name.partition(".")[0] for name in names}


def test_no_file_names_a_machine_s_path_or_a_registry():
    # Written in pieces, so that this file does not match itself.
    forbidden = re.compile(
        "|".join(
            [
                "/wor" + "k/",
                # but for the caches that CodeBuild keeps: its home is there
                "/roo" + r"t/(?!\.(?:cache/(?:pip|uv)|npm)/\*\*/)",
                "/ho" + "me/",
                "pypi" + r"\.org",
                "npmjs" + r"\.(?:org|com)",
                "files.pythonh" + "osted",
            ]
        )
    )
    hits = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        hits += [f"{path.relative_to(REPOSITORY)}: {match.group()}" for match in forbidden.finditer(text)]
    assert hits == []


def test_mypy_reads_every_module_of_the_cdk_that_is_imported():
    """One that is not listed would be Any to it, and every mistake with it unseen."""
    imported = {
        f"aws_cdk.{alias.name}"
        for path in sorted((REPOSITORY / "infra").rglob("*.py"))
        if "node_modules" not in path.parts  # the CDK's command line, with templates of Python in it
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "aws_cdk"
        for alias in node.names
        if alias.name.islower()
    }
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"][
        "overrides"
    ]
    [read] = [each["module"] for each in settings if each.get("follow_imports") == "normal"]
    assert "aws_cdk.aws_iam" in imported
    assert imported - set(read) == set()
