"""How the tests read the templates: one resource, one role's statements, one pipeline."""

from collections.abc import Mapping
from typing import Any

from infra.analysis.template import Assembly, Resource


def only(assembly: Assembly, kind: str) -> Resource:
    [resource] = assembly.resources(kind)
    return resource


def environment(assembly: Assembly) -> Mapping[str, Any]:
    return only(assembly, "AWS::MWAA::Environment").properties


def statements(assembly: Assembly, role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in assembly.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        if any(role in assembly.text(reference) for reference in policy.properties.get("Roles", ()))
        for statement in policy.properties["PolicyDocument"]["Statement"]
    ]


def pipeline(assembly: Assembly, name: str) -> Mapping[str, Any]:
    [found] = [
        p for p in assembly.resources("AWS::CodePipeline::Pipeline") if p.properties["Name"].endswith(name)
    ]
    return found.properties


def policy_of(assembly: Assembly, resource: Resource) -> str:
    return assembly.templates[resource.stack]["Resources"][resource.logical_id].get(
        "DeletionPolicy", "Delete"
    )


def projects(assembly: Assembly, stack: str) -> list[Mapping[str, Any]]:
    return [p.properties for p in assembly.resources("AWS::CodeBuild::Project") if p.stack == stack]


def actions(assembly: Assembly, role: str) -> set[str]:
    return {action for s in statements(assembly, role) for action in listed(s["Action"])}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
