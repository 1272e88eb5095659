"""A synthesised template as the checks read it: resources by type, and values as plain text."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Resource:
    """One resource; `properties` are as CloudFormation gets them."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]

    @property
    def address(self) -> str:
        """Stack and logical id, for a message."""
        return f"{self.stack}/{self.logical_id}"


class Assembly:
    """The templates of one synthesis, by stack."""

    def __init__(self, templates: Mapping[str, Mapping[str, Any]]) -> None:
        self.templates = dict(sorted(templates.items()))

    @classmethod
    def read(cls, paths: Iterable[Path]) -> "Assembly":
        """Read `<stack>.template.json` files."""
        return cls(
            {path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8")) for path in paths}
        )

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of these types (of every type without)."""
        for stack, template in self.templates.items():
            for logical_id, resource in template.get("Resources", {}).items():
                if not types or resource["Type"] in types:
                    yield Resource(stack, logical_id, resource["Type"], resource.get("Properties", {}))

    def text(self, value: Any) -> str:
        """A value in which references stand as <Name>, the account and the region as words."""
        if not isinstance(value, dict):
            return str(value)
        [(function, argument)] = value.items()
        if function == "Ref":
            return f"<{argument.removeprefix('AWS::')}>"
        if function == "Fn::GetAtt":
            return f"<{argument[0]}.{argument[1]}>"
        if function == "Fn::Join":
            return str(argument[0]).join(self.text(part) for part in argument[1])
        if function == "Fn::ImportValue":
            return self._imported(argument)
        if function == "Fn::Sub":
            return argument if isinstance(argument, str) else argument[0]
        return f"<{function}>"

    def _imported(self, export: Any) -> str:
        """What an import stands for in the stack that exports it, so that it reads alike in both."""
        for template in self.templates.values():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == export:
                    return self.text(output["Value"])
        return f"<import {export}>"
