"""The rules: each a function from the templates to findings, each for something that went wrong somewhere once."""

from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from infra.analysis.finding import Finding
from infra.analysis.privileges import Privilege, privileges
from infra.analysis.quota_rules import QUOTA_RULES
from infra.analysis.template import Assembly
from infra.release.release_manifest import CANARY_FILE

_WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion")
_LOG_KINDS = ("DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs")
# What makes a source poll (or start the pipeline beside its trigger) unless it is false, by provider.
_POLLING = {
    "CodeCommit": "PollForSourceChanges",
    "CodeStarSourceConnection": "DetectChanges",
    "GitHub": "PollForSourceChanges",
    "S3": "PollForSourceChanges",
}
# The Deploy and Verify stages, and what empties the bucket before its stack is deleted.
_MAY_WRITE_DAGS = ("-deploy", "-verify")
_MAY_WRITE_CANARY = "-publish"  # the deployment's own function, and this one file


def no_open_assume_role(assembly: Assembly) -> Iterator[Finding]:
    """A role that may assume any role may do anything that any role may."""
    for privilege in _allowed(assembly):
        if _covers(privilege.action, "sts:AssumeRole") and any(mark in privilege.resource for mark in "*?"):
            yield Finding(
                "AssumeRoleNamed", privilege.principal, f"may assume {privilege.resource}; name the roles"
            )


def no_wild_actions(assembly: Assembly) -> Iterator[Finding]:
    """An action pattern grows with every action that AWS adds."""
    for privilege in _allowed(assembly):
        if "*" in privilege.action:
            yield Finding("ActionNamed", privilege.principal, f"may {privilege.action}; name the actions")


def only_pipeline_writes_dags(assembly: Assembly) -> Iterator[Finding]:
    """Whoever writes dags/ runs code as Airflow: that is for the reviewed pipeline, not for a hand."""
    names = {
        role.address: assembly.text(role.properties.get("RoleName", ""))
        for role in assembly.resources("AWS::IAM::Role")
    }
    buckets = _dag_buckets(assembly)
    for privilege in _allowed(assembly):
        writes = any(_covers(privilege.action, write) for write in _WRITES)
        reaches = any(_reaches(privilege.resource, bucket) for bucket in buckets)
        name = names.get(privilege.principal, "")
        canary = name.endswith(_MAY_WRITE_CANARY) and privilege.resource.endswith(f"/dags/{CANARY_FILE}")
        if writes and reaches and not canary and not name.endswith(_MAY_WRITE_DAGS):
            yield Finding(
                "DagsByPipelineOnly", privilege.principal, f"may {privilege.action} on {privilege.resource}"
            )


def dags_are_guarded(assembly: Assembly) -> Iterator[Finding]:
    """An administrator of the account has every privilege; only the bucket's own policy can keep hands off."""
    guarded = {
        assembly.text(policy.properties["Bucket"])
        for policy in assembly.resources("AWS::S3::BucketPolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and set(_WRITES) <= set(statement["Action"])
        and "dags/*" in assembly.text(statement["Resource"])
        and "aws:PrincipalArn" in statement.get("Condition", {}).get("ArnNotEquals", {})
    }
    for environment in assembly.resources("AWS::MWAA::Environment"):
        bucket = assembly.text(environment.properties["SourceBucketArn"]).removesuffix(".Arn>") + ">"
        if bucket not in guarded:
            yield Finding("DagsGuarded", environment.address, f"nothing denies writing to dags/ of {bucket}")


def no_web_login_for_services(assembly: Assembly) -> Iterator[Finding]:
    """A DAG that can mint a web login token can be any user of Airflow."""
    roles = {role.address for role in assembly.resources("AWS::IAM::Role")}
    for privilege in _allowed(assembly):
        if _covers(privilege.action, "airflow:CreateWebLoginToken") and privilege.principal in roles:
            yield Finding("NoWebLoginForServices", privilege.principal, "may create a web login token")


def no_polling(assembly: Assembly) -> Iterator[Finding]:
    """A pipeline that polls starts late and costs a call a minute."""
    for pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        for stage in pipeline.properties["Stages"]:
            for action in stage["Actions"]:
                configuration = action.get("Configuration", {})
                flag = _POLLING.get(action["ActionTypeId"]["Provider"])
                if flag and str(configuration.get(flag, True)).lower() != "false":
                    yield Finding(
                        "NoPolling", pipeline.address, f"{action['Name']} polls; set {flag} to false"
                    )


def no_privileged_builds(assembly: Assembly) -> Iterator[Finding]:
    """A privileged build is root on the machine that builds."""
    for project in assembly.resources("AWS::CodeBuild::Project"):
        if project.properties["Environment"].get("PrivilegedMode"):
            yield Finding("NoPrivilegedBuilds", project.address, "runs privileged")


def no_shared_roles(assembly: Assembly) -> Iterator[Finding]:
    """With a role of two stages, the weaker of them has the rights of the stronger."""
    users = Counter(
        assembly.text(project.properties["ServiceRole"]) + project.stack
        for project in assembly.resources("AWS::CodeBuild::Project")
    )
    for project in assembly.resources("AWS::CodeBuild::Project"):
        role = assembly.text(project.properties["ServiceRole"])
        if users[role + project.stack] > 1:
            yield Finding("NoSharedRoles", project.address, f"shares the role {role} with another build")


def all_logs_on(assembly: Assembly) -> Iterator[Finding]:
    """MWAA's logging rule: all five kinds, at INFO or more."""
    for environment in assembly.resources("AWS::MWAA::Environment"):
        logging = environment.properties.get("LoggingConfiguration", {})
        for kind in _LOG_KINDS:
            if not logging.get(kind, {}).get("Enabled") or logging[kind].get("LogLevel") not in (
                "INFO",
                "DEBUG",
            ):
                yield Finding("AllLogsOn", environment.address, f"{kind} is not at INFO")


RULES: tuple[Callable[[Assembly], Iterator[Finding]], ...] = (
    no_open_assume_role,
    no_wild_actions,
    only_pipeline_writes_dags,
    dags_are_guarded,
    no_web_login_for_services,
    no_polling,
    no_privileged_builds,
    no_shared_roles,
    all_logs_on,
    *QUOTA_RULES,
)


def findings(assembly: Assembly) -> list[Finding]:
    """Everything that any rule finds."""
    return [finding for rule in RULES for finding in rule(assembly)]


def _allowed(assembly: Assembly) -> Iterator[Privilege]:
    return (privilege for privilege in privileges(assembly) if privilege.effect == "Allow")


def _covers(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def _dag_buckets(assembly: Assembly) -> list[str]:
    return [
        assembly.text(environment.properties["SourceBucketArn"])
        for environment in assembly.resources("AWS::MWAA::Environment")
    ]


def _reaches(resource: str, bucket: str) -> bool:
    """Whether a resource pattern can stand for an object below dags/ of the bucket."""
    place, slash, key = resource.partition("/")
    below = key.startswith("dags/") or any(fnmatchcase(path, key) for path in ("dags/x", "dags/unit/x.py"))
    if place == bucket:
        return below
    if _is_pattern_of_buckets(place):
        return below or not slash
    return fnmatchcase(f"{bucket}/dags/x", resource)


def _is_pattern_of_buckets(resource: str) -> bool:
    """Whether the part of an ARN before the key may stand for more buckets than one."""
    return resource == "*" or (":s3:" in resource and any(mark in resource for mark in "*?"))
