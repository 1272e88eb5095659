"""Rights that no call uses: either AWS's own services use them in the role's name, and a sentence says so, or they are too many."""

from collections.abc import Iterable
from re import fullmatch, sub

from sandbox.audit.account import Account
from sandbox.audit.calls import Call

# Role and action, as patterns, to who uses the right.
USED_BY_AWS = {
    (
        r".*",
        r"logs:(CreateLogStream|PutLogEvents)",
    ): "CodeBuild or Lambda writes the log of the role's own run.",
    (
        r".*pipeline\..*Role",
        r"codebuild:\w+",
    ): "CodePipeline, or EventBridge, starts builds; CodeBuild writes reports.",
    (
        r"catalogue\.(Catalogue|Start)Role",
        r"(codebuild|kms):\w+",
    ): "EventBridge starts the build; CodeBuild and S3 encrypt what it writes.",
    (r".*pipeline\..*Role", r"codecommit:\w+"): "CodePipeline and CodeBuild fetch the source.",
    (
        r".*pipeline\.Pipeline(Start)?Role",
        r"(sns|codepipeline|codecommit):\w+",
    ): "CodePipeline asks for approval, EventBridge starts it.",
    (
        r".*pipeline\..*Role",
        r"(s3:(GetObject|GetObjectVersion|PutObject)|kms:\w+)",
    ): "CodePipeline and CodeBuild move artifacts and caches.",
    (
        r"environment\.ExecutionRole",
        r"(airflow|cloudwatch|logs|sqs|kms):\w+",
    ): "MWAA runs Airflow itself: queue, logs, metrics.",
    (
        r"environment\.ExecutionRole",
        r"s3:(List|Get)(Bucket|Account|Encryption)\w*",
    ): "MWAA checks its bucket when it starts.",
    (
        r"data\.Writer\w+",
        r"secretsmanager:GetSecretValue",
    ): "Airflow's secrets backend, in a connection that names the role.",
    (
        r"data\.Writer\w+",
        r"s3:ListMultipartUploadParts",
    ): "An upload that broke off is found again by hand.",
    (
        r"data\.Warehouse\w+Unload",
        r"s3:AbortMultipartUpload",
    ): "Redshift gives up the file of an unload that it cannot end.",
    (
        r"readers\.Reader\w+",
        r"s3:ListMultipartUploadParts",
    ): "Athena writes large answers in parts.",
    (r"network\.VpcFlows\w+", r"\w+:\w+"): "The VPC writes its flow log.",
}


def unused_rights(account: Account, calls: Iterable[Call]) -> list[str]:
    """A sentence for every right that nobody is known to use, and for every reason that fits no right."""
    made = {(account.full(call.role), call.action) for call in calls if call.allowed}
    found, fitting = [], set()
    for role in account.roles():
        for action in sorted(_actions(account.role(role).policies)):
            if (role, action) in made:
                continue
            name = sub(r"[0-9A-F]{8}$", "", role)
            fits = {rule for rule in USED_BY_AWS if fullmatch(rule[0], name) and fullmatch(rule[1], action)}
            fitting |= fits
            if not fits:
                found.append(f"{role} may {action}, which no call uses")
    return found + [
        f"no right is used as {rule[0]} {rule[1]} says" for rule in USED_BY_AWS if rule not in fitting
    ]


def _actions(policies: Iterable[object]) -> set[str]:
    found: set[str] = set()
    for policy in policies:
        assert isinstance(policy, dict)
        for statement in policy["Statement"]:
            action = statement["Action"]
            found.update([action] if isinstance(action, str) else action)
    return found


def unknown_calls(account: Account, calls: Iterable[Call], seen: Iterable[Call]) -> list[str]:
    """A sentence for every action that a role was seen to call and that no simulation covers."""
    simulated = {(account.full(call.role), call.action) for call in calls if call.allowed}
    made = {(call.role, call.action) for call in seen}
    return [
        f"{role} was seen to call {action}, which is not simulated: add it to sandbox/audit/calls.py"
        for role, action in sorted(made - simulated)
    ]
