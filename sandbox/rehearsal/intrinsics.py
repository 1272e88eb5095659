"""What a template's references would be once it is deployed, for an account that is only played."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.analysis.template import Assembly

ACCOUNT, REGION = "123456789012", "eu-west-1"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
_SERVICES = {
    "AWS::S3::Bucket": "s3",
    "AWS::KMS::Key": "kms",
    "AWS::SNS::Topic": "sns",
}


@dataclass(frozen=True)
class Values:
    """Resolves intrinsic functions: a resource is called by its logical id in lower case.

    `known` are attributes by logical id and name that came out of a deployment.
    """

    assembly: Assembly
    known: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, value: Any) -> Any:
        """A value of a template with every function worked out."""
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(function, argument)] = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._function(function, argument)
        return {key: self.of(item) for key, item in value.items()}

    def _function(self, function: str, argument: Any) -> Any:
        if function == "Ref":
            return _PSEUDO.get(argument) or self._reference(argument)
        if function == "Fn::GetAtt":
            return self._attribute(*argument)
        if function == "Fn::Join":
            return str(argument[0]).join(self.of(argument[1]))
        if function == "Fn::Split":
            return self.of(argument[1]).split(argument[0])
        if function == "Fn::Select":
            return self.of(argument[1])[int(argument[0])]
        if function == "Fn::Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda found: self._function("Ref", found[1]), argument)
        if function == "Fn::ImportValue":
            return self._import(argument)
        raise NotImplementedError(
            f"the template uses {function}, which no part of the rehearsed pipeline did before"
        )

    def _reference(self, logical_id: str) -> str:
        """A resource by its name, a topic by its ARN."""
        is_topic = self._type(logical_id) == "AWS::SNS::Topic"
        return self._attribute(logical_id, "Arn") if is_topic else logical_id.lower()

    def _attribute(self, logical_id: str, attribute: str) -> str:
        if (logical_id, attribute) in self.known:
            return self.known[logical_id, attribute]
        name = logical_id.lower()
        if attribute != "Arn":
            return f"{name}.{attribute}".lower()
        kind = self._type(logical_id)
        if kind == "AWS::IAM::Role":
            return f"arn:aws:iam::{ACCOUNT}:role/{name}"
        return (
            f"arn:aws:s3:::{name}"
            if kind == "AWS::S3::Bucket"
            else f"arn:aws:{_SERVICES.get(kind, 'other')}:{REGION}:{ACCOUNT}:{name}"
        )

    def _type(self, logical_id: str) -> str:
        return next((r.type for r in self.assembly.resources() if r.logical_id == logical_id), "")

    def _import(self, name: str) -> Any:
        for template in self.assembly.templates.values():
            outputs: Mapping[str, Any] = template.get("Outputs", {})
            for output in outputs.values():
                if output.get("Export", {}).get("Name") == name:
                    return self.of(output["Value"])
        raise LookupError(f"no stack exports {name}")
