"""Quotas of AWS that a template can break: what no deployment could make is found before it is deployed.

Sizes are those of the longest values that references may stand for, so that a template that passes here passes anywhere.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from infra.analysis.finding import Finding
from infra.analysis.template import Assembly, Resource

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html; white space does not count.
MANAGED_POLICY_SIZE = 6_144
_INLINE_POLICIES_SIZE = 10_240
_TRUST_SIZE = 2_048
_MANAGED_POLICIES_OF_A_ROLE = 10
_ROLES = 1_000
_MANAGED_POLICIES = 1_500
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_OF_A_STACK = {"Resources": 500, "Outputs": 200, "Parameters": 200, "Mappings": 200}
_TEMPLATE_SIZE = 1_000_000
# Of a resource's own policy, by its type and the property that holds it.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
# https://docs.aws.amazon.com/general/latest/gr/sns.html
# https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
_OWN_POLICIES = {
    "AWS::S3::BucketPolicy": ("PolicyDocument", 20_480),
    "AWS::KMS::Key": ("KeyPolicy", 32_768),
    "AWS::SNS::TopicPolicy": ("PolicyDocument", 30_720),
    "AWS::SSO::PermissionSet": ("InlinePolicy", 32_768),
}
_STATEMENTS_OF_A_TOPIC = 100
_TAGS = 50
_RULES_OF_A_BUCKET = (
    1_000  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
)
_TEXT_OF_AN_ACTION = 1_000  # https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html

# The longest that a reference can stand for.
_LONGEST = {"AccountId": 12, "Region": len("ap-southeast-1"), "Partition": len("aws-us-gov"), "URLSuffix": 17}
_LONGEST_ARN = 100  # of a bucket 76, of a key 85, of a role 95


def longest(text: str) -> int:
    """The length of a text in which references stand as <Name>, once they are resolved."""
    total = 0
    for piece in re.split(r"(<[^<>]+>|\$\{[^{}]+\})", text):
        if piece[:1] in ("<", "$"):
            total += _LONGEST.get(piece.strip("<>${}").removeprefix("AWS::"), _LONGEST_ARN)
        else:
            total += len(piece)
    return total


def policies_fit(assembly: Assembly) -> Iterator[Finding]:
    """IAM refuses a policy that is too long, at the end of a deployment of forty minutes."""
    inline: Counter[str] = Counter()
    for policy in assembly.resources("AWS::IAM::Policy"):
        for role in policy.properties.get("Roles", ()):
            inline[f"{policy.stack}/{_name(assembly, role)}"] += _size(
                assembly, policy.properties["PolicyDocument"]
            )
    for role in assembly.resources("AWS::IAM::Role"):
        for own in role.properties.get("Policies", ()):
            inline[role.address] += _size(assembly, own["PolicyDocument"])
        trust = _size(assembly, role.properties["AssumeRolePolicyDocument"])
        yield from _over(role.address, "trust policy", trust, _TRUST_SIZE, "characters")
    for address, size in inline.items():
        yield from _over(address, "inline policies together", size, _INLINE_POLICIES_SIZE, "characters")
    for policy in assembly.resources("AWS::IAM::ManagedPolicy"):
        size = _size(assembly, policy.properties["PolicyDocument"])
        yield from _over(policy.address, "managed policy", size, MANAGED_POLICY_SIZE, "characters")


def own_policies_fit(assembly: Assembly) -> Iterator[Finding]:
    """So do buckets, keys, topics and permission sets."""
    for kind, (name, most) in _OWN_POLICIES.items():
        for resource in assembly.resources(kind):
            document = resource.properties.get(name)
            if document:
                yield from _over(resource.address, name, _size(assembly, document), most, "characters")
    for topic in assembly.resources("AWS::SNS::TopicPolicy"):
        count = len(topic.properties["PolicyDocument"]["Statement"])
        yield from _over(topic.address, "policy", count, _STATEMENTS_OF_A_TOPIC, "statements")


def roles_have_few_policies(assembly: Assembly) -> Iterator[Finding]:
    """A role takes ten managed policies, unless AWS was asked for more."""
    attached: Counter[str] = Counter()
    for policy in assembly.resources("AWS::IAM::ManagedPolicy"):
        for role in policy.properties.get("Roles", ()):
            attached[f"{policy.stack}/{_name(assembly, role)}"] += 1
    for role in assembly.resources("AWS::IAM::Role"):
        attached[role.address] += len(role.properties.get("ManagedPolicyArns", ()))
    for address, count in attached.items():
        yield from _over(address, "role", count, _MANAGED_POLICIES_OF_A_ROLE, "managed policies")


def the_account_has_room(assembly: Assembly) -> Iterator[Finding]:
    """What the whole platform makes, against what an account may have of it."""
    for kind, what, most in (
        ("AWS::IAM::Role", "roles", _ROLES),
        ("AWS::IAM::ManagedPolicy", "managed policies", _MANAGED_POLICIES),
    ):
        resources = list(assembly.resources(kind))
        if resources:
            yield from _over(resources[-1].address, "the platform", len(resources), most, what)


def stacks_fit(assembly: Assembly) -> Iterator[Finding]:
    """CloudFormation takes so many resources and outputs of one stack, and so long a template."""
    for stack, template in assembly.templates.items():
        for section, most in _OF_A_STACK.items():
            yield from _over(f"{stack}/", "the stack", len(template.get(section, {})), most, section.lower())
        size = len(json.dumps(template, separators=(",", ":")))
        yield from _over(f"{stack}/", "the template", size, _TEMPLATE_SIZE, "characters")


def tags_fit(assembly: Assembly) -> Iterator[Finding]:
    """The CDK adds tags of its own to those of the parameters."""
    for resource in assembly.resources():
        count = len(resource.properties.get("Tags") or ())
        yield from _over(resource.address, "the resource", count, _TAGS, "tags")


def lifecycles_fit(assembly: Assembly) -> Iterator[Finding]:
    """Each unit has a rule of its own in the lake."""
    for bucket in assembly.resources("AWS::S3::Bucket"):
        rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", ())
        yield from _over(bucket.address, "the bucket", len(rules), _RULES_OF_A_BUCKET, "lifecycle rules")


def actions_fit(assembly: Assembly) -> Iterator[Finding]:
    """CodePipeline takes so much text of each setting of an action."""
    for pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        for name, text in _settings(pipeline):
            size = longest(assembly.text(text))
            yield from _over(pipeline.address, name, size, _TEXT_OF_AN_ACTION, "characters")


QUOTA_RULES: tuple[Callable[[Assembly], Iterator[Finding]], ...] = (
    policies_fit,
    own_policies_fit,
    roles_have_few_policies,
    the_account_has_room,
    stacks_fit,
    tags_fit,
    lifecycles_fit,
    actions_fit,
)


def _over(where: str, what: str, count: int, most: int, unit: str) -> Iterator[Finding]:
    if count > most:
        yield Finding("QuotaKept", where, f"{what} has {count:,} {unit}; AWS takes {most:,}")


def _size(assembly: Assembly, document: Any) -> int:
    """Of a policy, as IAM counts it."""
    return longest(json.dumps(_plain(assembly, document), separators=(",", ":")))


def _plain(assembly: Assembly, value: Any) -> Any:
    """A document in which every function of CloudFormation has become text."""
    if isinstance(value, list):
        return [_plain(assembly, item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
        return assembly.text(value)
    return {key: _plain(assembly, item) for key, item in value.items()}


def _name(assembly: Assembly, role: Any) -> str:
    return assembly.text(role).strip("<>")


def _settings(pipeline: Resource) -> Iterator[tuple[str, Any]]:
    for stage in pipeline.properties["Stages"]:
        for action in stage["Actions"]:
            for name, text in action.get("Configuration", {}).items():
                yield f"{name} of {action['Name']}", text
