"""The templates as they would stand in an account: roles with their policies, buckets and keys with theirs, names worked out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.analysis.template import Assembly, Resource
from sandbox.rehearsal.intrinsics import ACCOUNT, REGION, Values


@dataclass(frozen=True)
class Role:
    """A role, what it may do, and who may become it."""

    arn: str
    policies: Sequence[Mapping[str, Any]]
    trust: Mapping[str, Any]


class Account:
    """Roles and resources by `<stack>.<beginning of the logical id>`, which is unique."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._arns = {(r.stack, r.logical_id): _arn(r) for r in assembly.resources() if _arn(r)}

    def arn(self, name: str) -> str:
        """The ARN of a role, a bucket or a key."""
        return self._arns[self._find(name, "")]

    def role(self, name: str) -> Role:
        """A role with the statements of all its policies."""
        stack, logical_id = self._find(name, "AWS::IAM::Role")
        [resource] = [r for r in self._assembly.resources() if (r.stack, r.logical_id) == (stack, logical_id)]
        policies = [
            self._of(stack, policy.properties["PolicyDocument"])
            for policy in self._assembly.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
            if policy.stack == stack and {"Ref": logical_id} in policy.properties.get("Roles", ())
        ]
        return Role(
            self._arns[stack, logical_id],
            policies,
            self._of(stack, resource.properties["AssumeRolePolicyDocument"]),
        )

    def roles(self) -> Iterator[str]:
        """The name of every role."""
        return (r.address.replace("/", ".") for r in self._assembly.resources("AWS::IAM::Role"))

    def full(self, beginning: str) -> str:
        """The whole name of the role that begins like this."""
        return next(role for role in self.roles() if role.startswith(beginning))

    def policy_of(self, arn: str) -> Mapping[str, Any] | None:
        """The policy of a bucket (also of an object in it), of a key or of a topic."""
        for resource in self._assembly.resources("AWS::S3::BucketPolicy"):
            bucket = self._of(resource.stack, resource.properties["Bucket"])
            if arn.split("/", maxsplit=1)[0] == f"arn:aws:s3:::{bucket}":
                return dict(self._of(resource.stack, resource.properties["PolicyDocument"]))
        for key in self._assembly.resources("AWS::KMS::Key"):
            if arn == self._arns[key.stack, key.logical_id]:
                return dict(self._of(key.stack, key.properties["KeyPolicy"]))
        for policy in self._assembly.resources("AWS::SNS::TopicPolicy"):
            topics = [self._arns[policy.stack, topic["Ref"]] for topic in policy.properties["Topics"]]
            if arn in topics:
                return dict(self._of(policy.stack, policy.properties["PolicyDocument"]))
        for name in self.roles():
            if arn == self.role(name).arn:
                return self.role(name).trust
        return None

    def _find(self, name: str, kind: str) -> tuple[str, str]:
        stack, _, beginning = name.partition(".")
        [found] = [
            (r.stack, r.logical_id)
            for r in self._assembly.resources(*([kind] if kind else []))
            if r.stack == stack
            and r.logical_id.startswith(beginning)
            and (r.stack, r.logical_id) in self._arns
        ]
        return found

    def _of(self, stack: str, value: Any) -> Any:
        """A value of a stack; other stacks, from which it may import, have resources of the same logical ids."""
        known = {(logical_id, "Arn"): arn for (_, logical_id), arn in self._arns.items()}
        known |= {(logical_id, "Arn"): arn for (own, logical_id), arn in self._arns.items() if own == stack}
        return Values(self._assembly, known).of(self._imported(value))

    def _imported(self, value: Any) -> Any:
        """The same value, with what it imports worked out where it is exported."""
        if isinstance(value, list):
            return [self._imported(item) for item in value]
        if not isinstance(value, dict):
            return value
        if list(value) != ["Fn::ImportValue"]:
            return {key: self._imported(item) for key, item in value.items()}
        [(stack, exported)] = [
            (stack, output["Value"])
            for stack, template in self._assembly.templates.items()
            for output in template.get("Outputs", {}).values()
            if output.get("Export", {}).get("Name") == value["Fn::ImportValue"]
        ]
        return self._of(stack, exported)


def _arn(resource: Resource) -> str:
    name = resource.logical_id.lower()
    if resource.type == "AWS::IAM::Role":
        return (
            f"arn:aws:iam::{ACCOUNT}:role/{resource.properties.get('RoleName') or f'{resource.stack}-{name}'}"
        )
    if resource.type == "AWS::S3::Bucket":
        return f"arn:aws:s3:::{name}"
    if resource.type == "AWS::KMS::Key":
        return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{resource.stack}-{name}"
    if resource.type == "AWS::SNS::Topic":
        return f"arn:aws:sns:{REGION}:{ACCOUNT}:{resource.properties.get('TopicName') or f'{resource.stack}-{name}'}"
    return ""
