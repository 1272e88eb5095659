"""Pull requests: what starts their build, and what it may do."""

from tests.infra.templates import actions, projects


def test_pull_requests_are_validated_by_event(defaults):
    [rule] = [
        r.properties
        for r in defaults.resources("AWS::Events::Rule")
        if r.properties.get("EventPattern", {}).get("detail-type") == ["CodeCommit Pull Request State Change"]
    ]
    assert rule["EventPattern"]["detail"]["event"] == ["pullRequestCreated", "pullRequestSourceBranchUpdated"]
    assert "REVIEW_PULL_REQUEST" in rule["Targets"][0]["InputTransformer"]["InputTemplate"]


def test_pull_requests_at_gitlab(assemblies):
    gitlab = projects(assemblies["gitlab"], "project-pipeline")
    [project] = [p for p in gitlab if p["Name"].endswith("pullrequest")]
    assert project["Source"]["Type"] == "GITLAB"
    assert project["Source"]["Location"] == "https://gitlab.com/acme/lake/specs.git"
    variables = {v["Name"]: v["Value"] for v in project["Environment"]["EnvironmentVariables"]}
    assert variables == {"REVIEW_HOST": "gitlab.com", "REVIEW_REPOSITORY": "acme/lake/specs"}


def test_pull_requests_over_a_connection(assemblies):
    [project] = [
        p for p in projects(assemblies["github"], "project-pipeline") if p["Name"].endswith("pullrequest")
    ]
    assert project["Source"]["Location"] == "https://github.com/acme/lake-specs.git"
    assert project["Source"]["Type"] == "GITHUB"
    [filters] = project["Triggers"]["FilterGroups"]
    assert filters[0]["Pattern"].startswith("PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED")
    assert {"Name": "REVIEW_TOKEN_SECRET", "Type": "PLAINTEXT", "Value": "lake/review"} in project[
        "Environment"
    ]["EnvironmentVariables"]


def test_the_pull_request_build_can_comment_and_nothing_else(defaults):
    own = {
        a for a in actions(defaults, "PullRequestRole") if not a.startswith(("logs:", "codebuild:", "kms:"))
    }
    assert own == {"codecommit:GitPull", "codecommit:PostCommentForPullRequest"}
