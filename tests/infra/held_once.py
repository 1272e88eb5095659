"""cfn-lint holds a resource against AWS's schemas once, however many templates have it: that is nearly all of its time.

What it says of a resource depends on the resource, on those that it refers to, and on its template's parameters, conditions and mappings.
A unit of `many_units` differs from the next one in its number only, and no schema knows one of its numbers.
What is said of a template as a whole, such as of its size, of names that occur twice and of references, is still said of each.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.jsonschema import ValidationError, Validator, _keywords

_SURROUNDINGS = ("Parameters", "Conditions", "Mappings")
_NUMBER = re.compile(r"(?<=business_unit_)\d{3}(?!\d)")  # of `many_units`
_each = _keywords.patternProperties


class HeldOnce:
    """In the place of cfn-lint's `patternProperties`: all of a template's resources, less those that were held before."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.again = 0  # how often a resource was met that had been held

    def __call__(
        self, validator: Validator, patterns: Any, instance: Any, schema: Any
    ) -> Iterator[ValidationError]:
        """The findings; a resource with one is held again in each other template that has it."""
        if list(validator.context.path.path) != ["Resources"]:
            yield from _each(validator, patterns, instance, schema)
            return
        signs = signs_of(validator.cfn.template)
        fresh = {sign: name for name, sign in signs.items() if sign not in self.held}
        self.again += len(signs) - len(fresh)
        found = list(_each(validator, patterns, {name: instance[name] for name in fresh.values()}, schema))
        spoilt = {error.path[0] for error in found if error.path}
        self.held.update(sign for sign, name in fresh.items() if name not in spoilt)
        yield from found


def signs_of(template: Mapping[str, Any]) -> dict[str, str]:
    """Logical id → what is equal for two resources exactly if they and their surroundings are."""
    resources = template["Resources"]
    around = json.dumps([template.get(section) for section in _SURROUNDINGS])
    signs: dict[str, str] = {}

    def sign(name: str) -> str:
        if name not in signs:
            # The CDK names policies by their own ids.
            text = _NUMBER.sub(
                "", json.dumps([around, behind(resources[name])]).replace(f'"{name}"', '"itself"')
            )
            signs[name] = hashlib.sha256(text.encode()).hexdigest()
        return signs[name]

    def behind(value: Any) -> Any:
        """The value, with the signs of resources in place of their ids. They cannot refer to each other in a circle."""
        match value:
            case {"Ref": str(other)} if other in resources:
                return {"Ref": sign(other)}
            case {"Fn::GetAtt": [str(other), attribute]} if other in resources:
                return {"Fn::GetAtt": [sign(other), attribute]}
            case dict():
                return {
                    key: named(inner) if key == "DependsOn" else behind(inner) for key, inner in value.items()
                }
            case list():
                return [behind(inner) for inner in value]
        return value

    def named(value: Any) -> list[str]:
        return [sign(other) for other in ([value] if isinstance(value, str) else value) if other in resources]

    return {name: sign(name) for name in resources}
