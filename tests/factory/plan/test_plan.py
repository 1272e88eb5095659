"""`factory plan`: what merging does."""

import json
import subprocess
from pathlib import Path

import pytest

SPEC = 'object: Opportunity\nfields: [Id, Name, {name: Amount, protect: mask}]\nschedule: "5 4 * * *"\nwindow: {last: 6 months}\nbatch_size: 1 month\n'


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tree: Path) -> Path:
    (tree / "configs/finance/deals.yaml").write_text(SPEC)
    git(tree, "init", "--quiet")
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "-m", "first")
    return tree


def plan(run, folder: Path, *arguments: str) -> dict:
    return json.loads(run(folder, "plan", "--format", "json", *arguments).output)


def test_without_changes_there_is_nothing_to_do(repository, run):
    result = run(repository, "plan", "--detailed-exitcode")
    assert (result.exit_code, result.output) == (0, "No changes: the DAGs stay as they are.\n")


def test_an_added_spec_tells_its_first_run_and_calls(repository, run):
    (repository / "configs/finance/more.yaml").write_text(SPEC)
    result = plan(run, repository)
    (dag,) = result["dags"]
    assert (dag["dag_id"], dag["kind"], dag["asset"]) == ("finance.more", "added", "lake://finance/more")
    assert dag["cost"]["batches"] == 6
    assert dag["cost"]["least"] == 7
    assert result["api_calls_per_day"] == {"before": 7, "after": 14}
    assert run(repository, "plan", "--detailed-exitcode").exit_code == 2


def test_a_moved_schedule_is_a_harmless_change(repository, run):
    (repository / "configs/finance/deals.yaml").write_text(SPEC.replace("5 4 * * *", "5 6 * * *"))
    result = plan(run, repository)
    assert [(one["what"], one["before"], one["after"]) for one in result["dags"][0]["changes"]] == [
        ("schedule", "5 4 * * * UTC", "5 6 * * * UTC")
    ]
    assert not result["destructive"]


def test_awaited_commits_and_compared_ids_are_told(repository, run):
    (repository / "configs/finance/deals.yaml").write_text(
        SPEC + "await_commits: true\ncompare_ids: 7 days\n"
    )
    result = plan(run, repository)
    assert [(one["what"], one["before"], one["after"]) for one in result["dags"][0]["changes"]] == [
        ("late commits", "not awaited", "awaited"),
        ("hard deletes", "", "looked for every 7 days"),
    ]
    assert not result["destructive"]


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("Id, Name", "Id", "field Name"),
        ("protect: mask", "protect: drop", "field Amount"),
        ("{name: Amount, protect: mask}", "Amount", "field Amount"),
        ("Id, Name,", "Id, {name: Name, as: title},", "column of Name"),
        ("batch_size", "format: parquet\nbatch_size", "format"),
        ("batch_size", "destination: {prefix: elsewhere}\nbatch_size", "lands in"),
    ],
)
def test_what_breaks_readers_must_be_allowed(repository, run, before, after, what):
    (repository / "configs/finance/deals.yaml").write_text(SPEC.replace(before, after, 1))
    result = plan(run, repository)
    assert what in [one["what"] for one in result["dags"][0]["changes"] if one["destructive"]]
    assert run(repository, "plan").exit_code == 1
    assert run(repository, "plan", "--allow-destructive").exit_code == 0


@pytest.mark.parametrize(
    ("before", "after", "is_destructive"),
    [
        ("table: true", "table: {keep: 90 days}", True),
        ("table: {keep: 1 year}", "table: {keep: 3 months}", True),
        ("table: {keep: 90 days}", "table: {keep: 1 year}", False),
        ("table: {keep: 90 days}", "table: true", False),
    ],
)
def test_a_history_that_is_kept_for_less_must_be_allowed(repository, run, before, after, is_destructive):
    spec = repository / "configs/finance/deals.yaml"
    spec.write_text(f"{SPEC}format: parquet\n{before}\n")
    git(repository, "commit", "--quiet", "-am", "a table")
    spec.write_text(f"{SPEC}format: parquet\n{after}\n")
    result = plan(run, repository)
    assert [one["what"] for one in result["dags"][0]["changes"]] == ["history"]
    assert result["destructive"] == is_destructive


def test_a_removed_spec_must_be_allowed(repository, run):
    (repository / "configs/finance/deals.yaml").unlink()
    (dag,) = plan(run, repository)["dags"]
    assert (dag["kind"], dag["is_destructive"]) == ("removed", True)
    assert run(repository, "plan").exit_code == 1


def test_folders_of_configs_and_of_compiled_dags_serve_as_well(repository, run, tmp_path):
    run(repository, "render", "--out", "compiled")
    git(repository, "worktree", "add", "--quiet", "before", "HEAD")
    (repository / "configs/finance/deals.yaml").write_text(SPEC.replace("6 months", "3 months"))
    by_revision = plan(run, repository)
    assert by_revision["dags"][0]["cost"]["batches"] == 3
    assert plan(run, repository, "--against", "compiled") == by_revision
    assert plan(run, repository, "--against", "before/configs") == by_revision


def test_markdown_is_a_comment_for_a_pull_request(repository, run):
    (repository / "configs/finance/deals.yaml").write_text(SPEC.replace("Id, Name", "Id"))
    comment = run(repository, "plan", "--format", "markdown").output
    assert comment.startswith("### Plan: 0 added, 1 changed, 0 removed")
    assert "| field Name | `in the clear` |  | ⚠ the column goes away |" in comment


def test_a_tree_with_errors_has_no_plan(repository, run):
    (repository / "configs/finance/deals.yaml").write_text("object: Opportunity\n")
    result = run(repository, "plan")
    assert "ING210" in result.output


@pytest.mark.parametrize("against", ["nonsense", "--output=x"])
def test_an_unknown_revision_is_wrong_usage(repository, run, against):
    result = run(repository, "plan", f"--against={against}")
    assert type(result.exception).__name__ == "UsageFailure"


def test_a_spec_that_had_errors_is_said_to_have_had_them(repository, run):
    (repository / "configs/finance/deals.yaml").write_text("object: Opportunity\n")
    git(repository, "commit", "--quiet", "--all", "-m", "broken")
    (repository / "configs/finance/deals.yaml").write_text(SPEC)
    result = run(repository, "plan")
    assert "With errors in HEAD, so shown as added: finance.deals" in result.stderr
    assert result.stdout.startswith("+ finance.deals")


def test_compiled_dags_of_the_first_runtime_can_be_compared(repository, run, tmp_path):
    """They named the connection otherwise, and neither their source nor their runtime."""
    run(repository, "render", "configs", "--out", str(tmp_path / "old"))
    for path in (tmp_path / "old").glob("*/*.json"):
        dags = json.loads(path.read_text())
        for dag in dags.values():
            one = next(task["ingestion"] for task in dag["tasks"].values() if "ingestion" in task)
            one["salesforce_conn_id"] = one.pop("conn_id")
            del one["source"], one["runtime"]
        path.write_text(json.dumps(dags))
    found = plan(run, repository, "--against", str(tmp_path / "old"))
    assert found["counts"]["changed"] > 0
    assert {change["what"] for dag in found["dags"] for change in dag["changes"]} == {"effect"}
    assert found["api_calls_per_day"]["before"] == found["api_calls_per_day"]["after"] > 0


def test_a_renamed_spec_is_no_removal(repository, run):
    git(repository, "mv", "configs/finance/deals.yaml", "configs/finance/open_deals.yaml")
    result = plan(run, repository)
    (dag,) = result["dags"]
    assert (dag["kind"], dag["was"], dag["dag_id"]) == ("renamed", "finance.deals", "finance.open_deals")
    assert [one["what"] for one in dag["changes"]] == ["DAG", "asset", "lands in"]
    assert not result["destructive"]
    done = run(repository, "plan")
    assert done.exit_code == 0
    assert "1 renamed" in done.output


def test_what_a_rename_loses_besides_must_be_allowed(repository, run):
    (repository / "configs/finance/deals.yaml").unlink()
    (repository / "configs/finance/open_deals.yaml").write_text(SPEC.replace("Id, Name,", "Id,"))
    (dag,) = plan(run, repository)["dags"]
    assert dag["kind"] == "renamed"
    assert [one["what"] for one in dag["changes"] if one["destructive"]] == ["field Name"]


def test_another_ingestion_of_the_object_is_no_rename(repository, run):
    (repository / "configs/finance/deals.yaml").unlink()
    (repository / "configs/finance/other.yaml").write_text(
        'object: Opportunity\nfields: [Id]\nwindow: full\nschedule: "@weekly"\nformat: parquet\ndescription: else\n'
    )
    assert {dag["kind"] for dag in plan(run, repository)["dags"]} == {"added", "removed"}


def test_a_day_has_the_calls_of_its_weekday_only(repository, run):
    for name, weekday in (("monday", 1), ("tuesday", 2), ("monday_too", 1)):
        spec = SPEC.replace("* * *", f"* * {weekday}").replace("batch_size: 1 month\n", "")
        (repository / f"configs/finance/{name}.yaml").write_text(spec)
    calls = plan(run, repository)["api_calls_per_day"]
    assert calls == {"before": 7, "after": 7 + 2 + 2}


def test_what_runs_after_a_changed_dag_is_listed_and_counted_by_its_pace(repository, run):
    folder = repository / "configs/finance"
    (folder / "lines.yaml").write_text("object: Account\nwindow: full\nafter: finance.deals\n")
    (folder / "report.yaml").write_text(
        "object: Account\nwindow: yesterday\nafter: [finance.neighbour, finance.lines]\n"
    )
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "second")
    (folder / "deals.yaml").write_text(SPEC.replace("5 4 * * *", "5 4,16 * * *"))
    result = plan(run, repository)
    (dag,) = result["dags"]
    assert dag["then"] == ["finance.lines", "finance.report"]
    assert result["api_calls_per_day"] == {"before": 7 + 2, "after": 2 * (7 + 2)}
    assert "then run: finance.lines, finance.report" in run(repository, "plan").output
    assert (
        "Then run: `finance.lines`, `finance.report`."
        in run(repository, "plan", "--format", "markdown").output
    )


def test_units_that_did_not_change_are_not_read_again(repository, run):
    """Only what Git has otherwise is compared; the rest is the same whatever it is, even where it had errors then."""
    (repository / "configs/finance/deals.yaml").write_text(SPEC.replace("5 4", "5 6"))
    (repository / "configs/finance/untracked.yaml").write_text(SPEC)
    (repository / "configs/group.yaml").touch()
    assert [(dag["dag_id"], dag["kind"]) for dag in plan(run, repository)["dags"]] == [
        ("finance.deals", "changed"),
        ("finance.untracked", "added"),
    ]
    group = repository / "configs/group.yaml"
    group.write_text(group.read_text() + "\n# another text\n")
    assert len(plan(run, repository)["dags"]) == 2
