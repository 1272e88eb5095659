"""The README's commands do what the README shows."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.removeprefix("$ ") for kind, body in BLOCKS if kind == "console" for line in body.splitlines()
]
TEXTS = [body for kind, body in BLOCKS if kind == "text"]
OUTPUT = next(text for text in TEXTS if text.startswith("compiling configs/"))
ERRORS = next(text for text in TEXTS if text.startswith("error["))
PLAN = next(text for text in TEXTS if text.startswith("~ "))
SPEC = next(body for kind, body in BLOCKS if kind == "yaml")


def run(command: list[str], cwd: Path = REPOSITORY) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=1100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_readme_shows_these_commands_and_no_other():
    assert COMMANDS == [
        "make run",
        "make test",
        ".venv/bin/factory lint configs",
        ".venv/bin/factory render configs --out build/dags",
    ]


def test_the_readme_s_spec_is_compiled_by_the_readme_s_commands(tmp_path):
    shutil.copytree(REPOSITORY / "configs", tmp_path / "configs")
    (name,) = re.findall(r"say `(configs/\S+\.yaml)`", README)
    (tmp_path / name).write_text(SPEC)
    assert len(SPEC.splitlines()) <= 10
    for command in COMMANDS[2:]:
        run([sys.executable, "-m", *command.removeprefix(".venv/bin/").split()], cwd=tmp_path)
    assert (tmp_path / "build" / "dags" / "sales" / "won_deals.json").exists()


def factory(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "factory", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_the_readme_s_errors_and_its_plan_are_what_the_commands_print(tmp_path, golden):
    shutil.copytree(REPOSITORY / "configs", tmp_path / "configs")
    spec = tmp_path / "configs/sales/won_deals.yaml"
    spec.write_text(SPEC.replace("Account.Name", "Account.Nmae").replace("@daily", "@dayly"))
    errors = (
        factory("lint", "configs", cwd=tmp_path).rpartition("\n\n")[0] + "\n"
    )  # without the line that counts them
    spec.write_text(SPEC)
    shutil.copytree(tmp_path / "configs", tmp_path / "merged")
    spec.write_text(SPEC.replace("Amount, ", "").replace("@daily", "15 * * * *"))
    plan = factory("plan", "configs", "--against", "merged", "--at", "2026-11-22", cwd=tmp_path)
    golden(REPOSITORY / "README.md", README.replace(ERRORS, errors).replace(PLAN, plan))


def test_make_help_lists_the_targets_that_the_readme_names():
    listed = set(re.findall(r"^ +make (\w+)", run(["make", "help"]), re.MULTILINE))
    assert listed >= set(re.findall(r"`?make (\w+)", README)) | {"lint", "format", "bench", "regen"}


def test_every_link_of_the_documents_leads_somewhere():
    documents = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")]
    broken = [
        (document.name, target)
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_to_a_heading_finds_it():
    documents = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")]
    known = {document.resolve(): anchors(document) for document in documents}
    links = [
        (document, (document.parent / target).resolve() if target else document.resolve(), anchor)
        for document in documents
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*\.md|)#([^)\s]+)\)", document.read_text())
    ]
    assert len(links) > 40
    assert [(at.name, to.name, anchor) for at, to, anchor in links if anchor not in known[to]] == []


def test_every_path_of_the_code_that_a_document_names_is_there():
    rooms = "factory|plugins|infra|sandbox|benchmarks|tests|requirements|docs"
    made = {"infra/cdk.context.json"}  # by the CDK, in a deployment
    missing = {
        (document.name, path)
        for document in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")]
        for path in re.findall(rf"`((?:{rooms})/[\w./-]+)`", document.read_text())
        if path not in made and not (REPOSITORY / path).exists()
    }
    assert missing == set()
