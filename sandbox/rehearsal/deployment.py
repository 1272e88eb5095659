"""What a deployment of the stacks does to the stand-ins: policies, the copies of plugins.zip and requirements.txt, MWAA."""

import json
from collections.abc import Mapping
from typing import Any

from infra.analysis.template import Assembly, Resource
from sandbox.rehearsal.cloud import Cloud
from sandbox.rehearsal.intrinsics import Values


class Deployment:
    """Carries out what of a template the rehearsal is about, and takes the rest as done.

    `environments` are the properties of the MWAA environment, one entry for each time that they changed: what
    CloudFormation would hand to CreateEnvironment and UpdateEnvironment.
    """

    def __init__(self, cloud: Cloud, prefix: str) -> None:
        self.environments: list[Mapping[str, Any]] = []
        self._cloud = cloud
        self._prefix = prefix
        self._templates: dict[str, Mapping[str, Any]] = {}
        self._copies: dict[str, object] = {}
        self._versions: dict[tuple[str, str], str] = {}

    def apply(self, stack_name: str, template: str) -> None:
        """Deploy one stack.

        Raises:
            ClientError: the role of a copy may not do it.
            LookupError: the stack imports what no stack exports that was deployed before it.
        """
        name = stack_name.removeprefix(self._prefix)
        self._templates[name] = json.loads(template)
        assembly = Assembly(self._templates)
        self._cloud.grant(assembly, name)
        for resource in assembly.resources("Custom::AWS"):
            if resource.stack == name and self._copies.get(resource.logical_id) != resource.properties:
                self._copy(assembly, resource)
        for environment in assembly.resources("AWS::MWAA::Environment"):
            properties = Values(assembly, self._versions).of(environment.properties)
            if environment.stack == name and properties not in self.environments[-1:]:
                self.environments.append(properties)

    def _copy(self, assembly: Assembly, resource: Resource) -> None:
        """Do the call of an AwsCustomResource in the role of its function, and keep the version that S3 answers."""
        verb = "Update" if resource.logical_id in self._copies else "Create"
        call = json.loads(Values(assembly).of(resource.properties[verb]))
        function = assembly.templates[resource.stack]["Resources"][
            resource.properties["ServiceToken"]["Fn::GetAtt"][0]
        ]
        role = function["Properties"]["Role"]["Fn::GetAtt"][0]
        copied = self._cloud.client("s3", f"{resource.stack}.{role}").copy_object(**call["parameters"])
        self._versions[resource.logical_id, "VersionId"] = copied["VersionId"]
        self._copies[resource.logical_id] = resource.properties
