"""The rules as a step of every synthesis: a finding stops it, as one of cdk-nag's does."""

from pathlib import Path

import jsii
from aws_cdk import (
    App,
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Validations,
)
from cdk_nag import AwsSolutionsChecks

from infra.analysis.finding import Finding
from infra.analysis.platform_rules import findings
from infra.analysis.template import Assembly


class AnalysisError(Exception):
    """A synthesised template breaks a rule."""


@jsii.implements(IPolicyValidationPlugin)
class PlatformChecks:
    """Runs the rules of `infra.analysis.platform_rules` over the templates of a synthesis."""

    @property
    def name(self) -> str:
        """The heading of the report."""
        return "PlatformChecks"

    @property
    def version(self) -> str | None:
        """None: the rules have no releases of their own."""
        return None

    @property
    def rule_ids(self) -> list[str] | None:
        """None: only the CDK's usage statistics would ask."""
        return None

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Report every finding."""
        paths = [Path(path) for path in context.template_paths]
        found = findings(Assembly.read(paths))
        return PolicyValidationPluginReport(
            success=not found, violations=[_violation(finding, paths) for finding in found]
        )


def synthesise(app: App) -> None:
    """Write the assembly, checked by AwsSolutions and by our own rules.

    Raises:
        AnalysisError: a check found something; the CDK has printed what and where.
    """
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), PlatformChecks())
    try:
        app.synth()
    except RuntimeError as error:  # what jsii makes of every exception of the CDK
        if "ValidationFailed" not in str(error):
            raise
        if "WithErrors" in str(error):  # the CDK's own, of which there is no report
            raise AnalysisError(str(error)) from None
        raise AnalysisError(
            "the analysis of the templates found something: see above, or validation-report.json"
        ) from None


def _violation(finding: Finding, paths: list[Path]) -> PolicyViolation:
    stack, _, logical_id = finding.where.partition("/")
    template = next(str(path) for path in paths if path.name == f"{stack}.template.json")
    return PolicyViolation(
        rule_name=finding.rule,
        description=f"{finding.where} {finding.text}",
        severity="error",
        violating_resources=[
            PolicyViolatingResource(
                resource_logical_id=logical_id, template_path=template, locations=["Properties"]
            )
        ],
    )
