"""What a template's references would be once it is deployed, for an account that is only played."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    "AWS::IAM::Role": "iam",
}


@dataclass(frozen=True)
class Values:
    """Resolves intrinsic functions: a resource is called by its logical id in lower case."""

    assembly: Assembly

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
            return _PSEUDO.get(argument, argument.lower())
        if function == "Fn::GetAtt":
            return self._attribute(*argument)
        if function == "Fn::Join":
            return str(argument[0]).join(self.of(argument[1]))
        if function == "Fn::Split":
            return self.of(argument[1]).split(argument[0])
        if function == "Fn::Select":
            return self.of(argument[1])[int(argument[0])]
        if function == "Fn::ImportValue":
            return self._import(argument)
        raise NotImplementedError(
            f"the template uses {function}, which no part of the rehearsed pipeline did before"
        )

    def _attribute(self, logical_id: str, attribute: str) -> str:
        if attribute != "Arn":
            return f"{logical_id}.{attribute}".lower()
        kind = next(
            resource.type for resource in self.assembly.resources() if resource.logical_id == logical_id
        )
        if kind == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{logical_id.lower()}"
        return f"arn:aws:{_SERVICES.get(kind, 'other')}:{REGION}:{ACCOUNT}:{logical_id.lower()}"

    def _import(self, name: str) -> Any:
        for template in self.assembly.templates.values():
            outputs: Mapping[str, Any] = template.get("Outputs", {})
            for output in outputs.values():
                if output.get("Export", {}).get("Name") == name:
                    return self.of(output["Value"])
        raise LookupError(f"no stack exports {name}")
