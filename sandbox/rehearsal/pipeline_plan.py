"""The pipelines as the synthesised templates describe them: stages in order, and what each of them runs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from infra.analysis.template import Assembly, Resource
from sandbox.rehearsal.intrinsics import Values


@dataclass(frozen=True)
class Artifacts:
    """What a build hands on: the files below `base` that match a pattern."""

    base: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class BuildSpec:
    """A build spec: the languages that it wants, its commands phase by phase, what it exports and what it hands on."""

    runtimes: tuple[str, ...]
    phases: tuple[tuple[str, tuple[str, ...]], ...]
    exported: tuple[str, ...]
    artifacts: Artifacts | None
    reports: tuple[str, ...]
    variables: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> "BuildSpec":
        """Read the YAML of https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html, as far as we use it."""
        data = yaml.safe_load(text)
        order = ("install", "pre_build", "build", "post_build")
        phases = tuple(
            (name, tuple(data["phases"][name]["commands"]))
            for name in order
            if "commands" in data["phases"].get(name, {})
        )
        files = tuple(str(report["files"]) for report in data.get("reports", {}).values())
        given = data.get("artifacts")
        return cls(
            tuple(data["phases"].get("install", {}).get("runtime-versions", ())),
            phases,
            tuple(data["env"].get("exported-variables", ())),
            Artifacts(given.get("base-directory", "."), tuple(given["files"])) if given else None,
            files,
            data["env"].get("variables", {}),
        )


@dataclass(frozen=True)
class Stage:
    """A stage: a build on an input artifact, or (without `spec`) an approval; entered only if `condition` says so."""

    name: str
    reads: str | None
    writes: str | None
    spec: str | None
    variables: Mapping[str, str]
    role: str | None
    condition: tuple[str, str] | None


@dataclass(frozen=True)
class PipelinePlan:
    """The project pipeline after Source, and the builds beside it: of a pull request, with what EventBridge passes to it, and of the catalogue."""

    stages: tuple[Stage, ...]
    pull_request: Stage
    catalogue: Stage
    transformer: Mapping[str, Any]
    bucket: str
    environment: str

    @classmethod
    def read(cls, assembly: Assembly) -> "PipelinePlan":
        """Find the pipeline, its environment and its pull requests."""
        values = Values(assembly)
        projects = _projects(assembly, values)
        [environment] = assembly.resources("AWS::MWAA::Environment")
        [catalogue] = [p for name, p in projects.items() if name.endswith("-catalogue-catalogue")]
        [review] = [p for name, p in projects.items() if name.endswith("-pullrequest")]
        [rule] = [
            r for r in assembly.resources("AWS::Events::Rule") if r.logical_id.startswith("PullRequests")
        ]
        return cls(
            stages=read_stages(assembly, "project-pipeline"),
            pull_request=_build_stage("PullRequest", review, values),
            catalogue=_build_stage("Catalogue", catalogue, values),
            transformer=rule.properties["Targets"][0]["InputTransformer"],
            bucket=values.of(environment.properties["SourceBucketArn"]).rpartition(":")[2],
            environment=environment.properties["Name"],
        )

    def told_by_event(self, detail: Mapping[str, str]) -> dict[str, str]:
        """The variables with which EventBridge starts the build of a pull request, from the event's detail."""
        text = self.transformer["InputTemplate"]
        for name, path in self.transformer["InputPathsMap"].items():
            text = text.replace(f"<{name}>", json.dumps(detail[path.removeprefix("$.detail.")]))
        return {item["name"]: item["value"] for item in json.loads(text)["environmentVariablesOverride"]}


def read_stages(assembly: Assembly, stack: str) -> tuple[Stage, ...]:
    """The stages after Source of a stack's pipeline."""
    values = Values(assembly)
    [pipeline] = [p for p in assembly.resources("AWS::CodePipeline::Pipeline") if p.stack == stack]
    projects = _projects(assembly, values)
    return tuple(_stage(stage, projects, values) for stage in pipeline.properties["Stages"][1:])


def policies(assembly: Assembly) -> dict[str, list[dict[str, Any]]]:
    """Role as `<stack>.<logical id>` to the statements of all its policies, references resolved.

    Conditions are left out: the stand-in for IAM refuses whatever has one, because it does not know their context.
    """
    values = Values(assembly)
    found: dict[str, list[dict[str, Any]]] = {}
    for policy in assembly.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        document = values.of(policy.properties["PolicyDocument"])
        statements = [{k: v for k, v in s.items() if k != "Condition"} for s in document["Statement"]]
        for role in policy.properties.get("Roles", ()):
            found.setdefault(f"{policy.stack}.{role['Ref']}", []).extend(statements)
    return found


def _projects(assembly: Assembly, values: Values) -> dict[str, Resource]:
    return {values.of(p.properties["Name"]): p for p in assembly.resources("AWS::CodeBuild::Project")}


def _stage(declared: Mapping[str, Any], projects: Mapping[str, Resource], values: Values) -> Stage:
    [action] = declared["Actions"]
    condition = None
    for entry in declared.get("BeforeEntry", {}).get("Conditions", ()):
        [rule] = entry["Rules"]
        condition = (rule["Configuration"]["Variable"], rule["Configuration"]["Value"])
    if action["ActionTypeId"]["Provider"] != "CodeBuild":
        return Stage(declared["Name"], None, None, None, {}, None, condition)
    added = json.loads(action["Configuration"].get("EnvironmentVariables", "[]"))
    built = _build_stage(declared["Name"], projects[action["Configuration"]["ProjectName"]], values)
    return replace(
        built,
        reads=action["InputArtifacts"][0]["Name"],
        writes=action["OutputArtifacts"][0]["Name"] if action.get("OutputArtifacts") else None,
        variables={**built.variables, **{item["name"]: item["value"] for item in added}},
        condition=condition,
    )


def _build_stage(name: str, project: Resource, values: Values) -> Stage:
    """What a project runs, as whom and with which variables."""
    variables = project.properties["Environment"].get("EnvironmentVariables", ())
    return Stage(
        name=name,
        reads=None,
        writes=None,
        spec=project.properties["Source"]["BuildSpec"],
        variables={item["Name"]: values.of(item["Value"]) for item in variables},
        role=f"{project.stack}.{project.properties['ServiceRole']['Fn::GetAtt'][0]}",
        condition=None,
    )
